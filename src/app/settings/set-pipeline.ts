/** Changes the settings of a pipeline beside its stages and transitions. */
import { assignments, type Pipeline } from '../../domain/config.ts';
import type { Draft } from '../../state/draft.ts';
import { usage } from '../../domain/errors.ts';
import { isCurrency } from '../../domain/money.ts';
import type { Viewer } from '../core/viewer.ts';
import { pathOf } from '../core/pipelines.ts';
import { asList, asOneOf, asText, asTruth, type SettingKeys, type SettingValues } from './setting-keys.ts';
import { editSettings } from './settings.ts';

/** What `crm pipeline set` may change; `assign` and `among` together are the pipeline's `assign`. */
export const pipelineKeys: SettingKeys = {
  name: { read: asText, required: true },
  currency: {
    read: asCurrency,
    option: { takes: 'CODE', help: "the currency of its deals (default: the workspace's)" },
  },
  entry: { read: asText },
  access: {
    read: asList,
    option: { takes: 'USERS', help: 'users and team:NAME with access (default: everybody)', isList: true },
  },
  card: { read: asList },
  requires: { read: asList },
  'lost-reasons': { read: asList },
  'requires-reason': { read: asTruth },
  assign: {
    read: asOneOf(assignments),
    option: {
      takes: 'WAY',
      help: 'how new deals get an owner: round-robin, round-robin-value, least-busy (default: none)',
    },
  },
  among: {
    read: asList,
    option: { takes: 'USERS', help: 'the users and team:NAME to assign to', isList: true },
  },
};

function asCurrency(text: string): string {
  const code = text.toUpperCase();
  if (isCurrency(code)) return code;
  throw usage(`${JSON.stringify(text)} is not a currency`, 'accepted: an ISO 4217 code such as EUR or USD');
}

const places: Readonly<Record<string, readonly string[]>> = {
  assign: ['assign', 'by'],
  among: ['assign', 'among'],
};

export async function setPipeline(
  draft: Draft,
  viewer: Viewer,
  pipeline: Pipeline,
  values: SettingValues,
): Promise<void> {
  await editSettings(draft, viewer, pathOf(pipeline), tree => {
    for (const [key, value] of values) {
      const path = places[key] ?? [key];
      if (value === undefined) tree.take(key === 'assign' ? ['assign'] : path);
      else if (path.length > 1 && !tree.get(path.slice(0, 1))) tree.put(['assign'], { [path[1]!]: value });
      else tree.put(path, value);
    }
  });
}
