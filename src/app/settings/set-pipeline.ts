/** Changing what a pipeline's file says beside its stages and transitions. */
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
  currency: { read: asCurrency },
  entry: { read: asText },
  access: { read: asList },
  card: { read: asList },
  requires: { read: asList },
  'lost-reasons': { read: asList },
  'requires-reason': { read: asTruth },
  assign: { read: asOneOf(assignments) },
  among: { read: asList },
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
