import type { Config, Pipeline } from '../domain/config.ts';
import { usage } from '../domain/errors.ts';
import { suggestion } from '../domain/nearest.ts';
import { hasAccess, type Viewer } from './viewer.ts';

/** The pipeline of an id or name that the viewer has access to; without a name, the first. USAGE where there is none. */
export function pipelineIn(config: Config, viewer: Viewer, name: string | undefined): Pipeline {
  const known = config.pipelines.filter(p => hasAccess(p, viewer));
  const found =
    name === undefined
      ? known[0]
      : known.find(p => p.id === name || p.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  if (name === undefined) throw usage('the workspace has no pipeline', 'crm pipeline add NAME');
  throw usage(
    `unknown pipeline ${JSON.stringify(name)}`,
    suggestion(
      name,
      known.map(p => p.id),
      'pipelines',
    ),
  );
}
