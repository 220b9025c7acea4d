/** Saved views: queries with names. */

import type { Config, View } from '../../domain/config.ts';
import type { Draft } from '../../state/draft.ts';
import { conflict, usage } from '../../domain/errors.ts';
import type { Kind } from '../../domain/kinds.ts';
import { requireId, requireName } from '../../domain/names.ts';
import { suggestion } from '../../domain/nearest.ts';
import { compileText } from '../../query/compile.ts';
import type { Viewer } from '../core/viewer.ts';
import { asText, putSettings, type SettingKeys, type SettingValues } from './setting-keys.ts';
import { editSettings, takeOut } from './settings.ts';

/** What `crm view set` may change. */
export const viewKeys: SettingKeys = {
  query: { read: asText, required: true },
  of: { read: asText, required: true },
};

/** The view of a name, with or without its `@`; USAGE if there is none. */
export function viewNamed(config: Config, name: string): View {
  const id = name.replace(/^@/, '');
  const view = config.views.find(v => v.id === id);
  if (view) return view;
  const known = config.views.map(v => v.id);
  throw usage(
    `unknown view ${JSON.stringify(name)}`,
    suggestion(id, known, 'views') ?? 'crm view add NAME QUERY',
  );
}

/** Saves a query of a kind under a new name. */
export async function addView(
  draft: Draft,
  viewer: Viewer,
  id: string,
  kind: Kind,
  query: string,
): Promise<void> {
  requireName('a view', id);
  requireId(id, 'a name for a view');
  if (draft.config.views.some(view => view.id === id)) throw conflict(`there is a view ${id} already`);
  compileText(query, kind, draft.config);
  await editSettings(draft, viewer, 'crm.yaml', tree =>
    tree.put(['views', id], { of: draft.config.kinds.pluralOf(kind), query }),
  );
}

export async function setView(
  draft: Draft,
  viewer: Viewer,
  view: View,
  values: SettingValues,
): Promise<void> {
  const { of, query } = { ...view, ...Object.fromEntries(values) };
  const kind = draft.config.kinds.names.find(k => draft.config.kinds.pluralOf(k) === of || k === of);
  if (!kind)
    throw usage(
      `unknown kind ${JSON.stringify(of)}`,
      suggestion(
        of,
        draft.config.kinds.names.map(kind => draft.config.kinds.pluralOf(kind)),
        'kinds',
      ),
    );
  compileText(query, kind, draft.config);
  await editSettings(draft, viewer, 'crm.yaml', tree =>
    putSettings(tree, ['views', view.id], new Map([...values, ['of', draft.config.kinds.pluralOf(kind)]])),
  );
}

/** Removes a view; FAILED if another view or a rule asks for it. */
export async function removeView(draft: Draft, viewer: Viewer, { id }: View): Promise<void> {
  await takeOut(draft, viewer, 'crm.yaml', `the view ${id}`, tree => tree.take(['views', id]));
}
