/**
 * Finds the records that use a setting: a pipeline, stage, user, task type, option or custom field. Every removal of
 * a setting and every restore of a record asks here, so that live records and those in the trash count alike
 * everywhere.
 */
import { definitionOf } from '../../kinds/define.ts';
import { isThere, type Place, placesOf, type Setting, wordsAt } from '../core/named-settings.ts';
import { wholeScope } from '../../query/whole-scope.ts';
import { withArticle } from '../../domain/article.ts';
import { type Config, pipelineOf, customFieldsOf } from '../../domain/config.ts';
import { usage } from '../../domain/errors.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { isEmpty, valueAt } from '../../domain/records.ts';
import { series } from '../../domain/series.ts';
import { fieldsOf } from '../../kinds/fields.ts';
import { presenceOf } from '../../query/field-terms.ts';
import type { Column } from '../../state/columns/column.ts';
import type { Draft } from '../../state/draft.ts';

/** A record that names a setting, and the path of the field that does. */
export interface Use {
  readonly id: string;
  readonly kind: Kind;
  readonly path: string;
  readonly isTrashed: boolean;
}

/** Returns every record that uses a setting: the live ones by kind and id, then those in the trash. */
export function usesOf(draft: Draft, setting: Setting): Use[] {
  const all = placesOf(setting);
  return [...all.flatMap(place => liveUses(draft, setting, place)), ...trashedUses(draft, setting, all)];
}

function liveUses({ state, clock }: Draft, setting: Setting, { kind, path, where = {} }: Place): Use[] {
  const table = state.table(kind);
  const field = fieldsOf(state.config, kind).find(each => each.path === path && !each.read);
  // A query cannot ask for a value that the settings do not have.
  if (table.rows === 0 || !field) return [];
  const tests =
    setting.type === 'field'
      ? [presenceOf(field, kind).bind(wholeScope(state, clock, '')).test]
      : [has(table.column(path), setting.id)];
  for (const [other, word] of Object.entries(where)) tests.push(has(table.column(other), word));
  return table
    .liveRows()
    .filter(row => tests.every(test => test(row)))
    .map(row => ({ id: table.id(row), kind, path, isTrashed: false }));
}

/** Returns a test of whether a row of a column has a word. */
function has(column: Column, word: string): (row: number) => boolean {
  if (column.type !== 'code' && column.type !== 'codes') return () => false;
  const code = column.words.indexOf(word);
  if (code < 0) return () => false;
  if (column.type === 'code') return row => column.get(row) === code;
  return row => {
    for (let i = 0; i < column.size(row); i++) if (column.at(row, i) === code) return true;
    return false;
  };
}

function trashedUses({ state }: Draft, setting: Setting, all: readonly Place[]): Use[] {
  return [...state.trash().values()].flatMap(({ id, record }) => {
    const kind = state.kinds.kindOf(id);
    const place = all.find(
      each =>
        each.kind === kind &&
        (setting.type === 'field'
          ? !isEmpty(valueAt(record, each.path))
          : wordsAt(record, each.path).includes(setting.id)) &&
        Object.entries(each.where ?? {}).every(([path, word]) => record[path] === word),
    );
    return place ? [{ id, kind, path: place.path, isTrashed: true }] : [];
  });
}

/** Lists the settings that another version lacks; the stages of a missing pipeline are not listed as well. */
export function removedBetween(before: Config, after: Config): Setting[] {
  const all: Setting[] = [
    ...before.pipelines.flatMap(({ id, stages }): Setting[] => [
      { type: 'pipeline', id },
      ...(pipelineOf(after, id)
        ? stages.map(stage => ({ type: 'stage' as const, id: stage.id, pipeline: id }))
        : []),
    ]),
    ...Object.keys(before.users).map(id => ({ type: 'user' as const, id })),
    ...Object.keys(before.taskTypes).map(id => ({ type: 'task type' as const, id })),
    ...before.kinds.extensible.flatMap(kind =>
      customFieldsOf(before, kind).flatMap(({ name, options = [] }) =>
        options.map(id => ({ type: 'option' as const, id, kind, field: name })),
      ),
    ),
  ];
  return all.filter(setting => isThere(before, setting) && !isThere(after, setting));
}

/**
 * Says which settings that records need are missing in other settings, as the end of a sentence (`has the stage x,
 * which holds a deal, D1`); undefined if none is. An inactive user may keep customers: only work needs an active
 * owner. Records of `takenBack` do not count while they are in the trash.
 */
export function lacking(
  draft: Draft,
  settings: Config,
  takenBack: ReadonlySet<string> = new Set(),
): string | undefined {
  for (const setting of removedBetween(draft.config, settings)) {
    const isKept = setting.type === 'user' && Object.hasOwn(settings.users, setting.id);
    const uses = usesOf(draft, setting).filter(
      ({ id, kind, isTrashed }) =>
        (!isKept || isWork(settings.kinds, kind)) && !(isTrashed && takenBack.has(id)),
    );
    if (uses.length > 0)
      return `has ${nameOf(setting)}, ${saidOf[setting.type]} ${countOf(settings.kinds, uses, setting)}`;
  }
  return undefined;
}

/** Throws USAGE if records use a removed setting without a replacement; `option` is the option that names one. */
export function requireReplacement(
  { kinds }: Config,
  setting: Setting,
  uses: readonly Use[],
  replacement: unknown,
  option: string,
): void {
  if (uses.length === 0 || replacement !== undefined) return;
  const says = setting.type === 'pipeline' || setting.type === 'stage' ? 'still holds' : 'is still used by';
  throw usage(`${nameOf(setting)} ${says} ${countOf(kinds, uses, setting)}`, `${option} moves them`);
}

/** Whether records of a kind are work, which needs an active owner. */
export const isWork = (kinds: Kinds, kind: Kind): boolean => definitionOf(kinds, kind).isWork === true;

const saidOf: { readonly [type in Setting['type']]: string } = {
  pipeline: 'which holds',
  stage: 'which holds',
  user: 'who still has',
  'task type': 'which is used by',
  field: 'which is used by',
  option: 'which is used by',
};

/** Names a setting in a sentence: `the option large of size`. */
export const nameOf = (setting: Setting): string =>
  `the ${setting.type} ${setting.id}${setting.type === 'option' ? ` of ${setting.field}` : ''}`;

/**
 * Counts uses by kind: `2 deals and a task, T1, 1 of them in the trash`. For a user, deals and tasks are called open.
 */
export function countOf(kinds: Kinds, uses: readonly Use[], { type }: Setting): string {
  const ids = new Map<Kind, Set<string>>();
  for (const { id, kind } of uses) ids.set(kind, (ids.get(kind) ?? new Set()).add(id));
  const texts = kinds.names.flatMap(kind => {
    const its = ids.get(kind);
    if (!its) return [];
    const open = type === 'user' && isWork(kinds, kind) ? 'open ' : '';
    return its.size === 1
      ? `${withArticle(open + kind)}, ${[...its][0]}`
      : `${its.size} ${open}${kinds.pluralOf(kind)}`;
  });
  const trashed = new Set(uses.filter(use => use.isTrashed).map(use => use.id)).size;
  const text = series(texts);
  if (trashed === 0) return text;
  const isOne = ids.size === 1 && [...ids.values()][0]!.size === 1;
  return `${text}${isOne ? ', in the trash' : `, ${trashed} of them in the trash`}`;
}
