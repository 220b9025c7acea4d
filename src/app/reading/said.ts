/**
 * Formats the values of fields for people: names of stages, users and records in place of their ids, times in the
 * workspace's zone.
 */
import { type Config, pipelineOf, stageOf } from '../../domain/config.ts';
import { inWords } from '../../domain/in-words.ts';
import type { Kind } from '../../domain/kinds.ts';
import { amount } from '../../domain/money.ts';
import { isEmpty, type Json, type Rec } from '../../domain/records.ts';
import { fieldTypes } from '../../kinds/field-types.ts';
import type { Field } from '../../kinds/field.ts';
import type { View } from '../core/view.ts';

/** Returns a value of a field, of a record, as people read it; '' for an empty one. The viewer may see the value. */
type Say = (value: Json | undefined, record: Rec) => string;

/** Returns the function that says values of a field. */
export function sayingOf(view: View, kind: Kind, field: Field): Say {
  const { config } = view.state;
  const { print } = fieldTypes[field.type];
  const say = byPath[kind]?.[field.path]?.(config) ?? byType[field.type]?.(view) ?? namesOf(config, field);
  return (value, record) => (isEmpty(value) ? '' : (say?.(value, record) ?? print(value)));
}

/**
 * Returns the name of a field for people: its label, or for a day or time the short name that queries also accept:
 * `close`.
 */
export const labelOf = (field: Field): string => field.label ?? shortLabelOf(field) ?? inWords(field.name);

/** Returns the short name of a day or a time, if it has one. */
export const shortLabelOf = ({ type, custom, aliases }: Field): string | undefined =>
  (type === 'day' || type === 'instant') && !custom ? aliases[0] : undefined;

type SayFull = (value: Json, record: Rec) => string | undefined;

/** The name of a stage depends on the pipeline of the deal. */
const stage = (config: Config): SayFull => {
  const names = new Map<string, string>();
  return (value, { pipeline }) => {
    const key = `${String(pipeline)}/${String(value)}`;
    let name = names.get(key);
    if (name === undefined) {
      const known = stageOf(pipelineOf(config, String(pipeline)), String(value));
      names.set(key, (name = known?.name ?? String(value)));
    }
    return name;
  };
};

const byPath: { readonly [kind in Kind]?: { readonly [path: string]: (config: Config) => SayFull } } = {
  deal: { stage, closedStage: stage },
};

const refs =
  (view: View): SayFull =>
  value =>
    (Array.isArray(value) ? value : [value]).map(id => nameOf(view, String(id))).join(', ');

const byType: { readonly [type in Field['type']]?: (view: View) => SayFull } = {
  instant: view => value => (typeof value === 'string' ? humanInstant(view, value) : undefined),
  ref: refs,
  refs,
  user: view => value => userName(view.state.config, String(value)),
  money:
    () =>
    (value, { currency }) =>
      typeof value === 'string'
        ? amount(value, typeof currency === 'string' ? currency : undefined)
        : undefined,
};

/** Of a closed set whose values have names beside their ids. */
function namesOf(config: Config, field: Field): SayFull | undefined {
  if (!field.names) return undefined;
  const names = new Map<string, string>();
  // The first of several names of one value is used.
  for (const { id, name } of field.names(config)) if (!names.has(id)) names.set(id, name);
  return value => names.get(String(value));
}

/** Returns the name of a user; the id, such as a login name, of one that the workspace does not know. */
export const userName = ({ users }: Config, id: string): string =>
  (Object.hasOwn(users, id) && users[id]?.name) || id;

/** `2026-05-03 14:20` in the workspace's time zone. */
export function humanInstant(view: View, instant: string): string {
  const { zone } = view.clock;
  const ms = Date.parse(instant);
  const day = zone.day(ms);
  const minutes = Math.floor((ms - zone.midnight(day)) / 60_000);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${day} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Returns the name or title, else the id, of a record in the trash that the viewer would see; undefined for all others. */
export function nameInTrash(view: View, id: string): string | undefined {
  const record = view.trashed(id)?.record;
  if (!record) return undefined;
  const known = record.name ?? record.title;
  return typeof known === 'string' ? known : id;
}

/** Returns the name of a record for people: its name or title, otherwise its id. */
export function nameOf(view: View, id: string): string {
  const parsed = view.kinds.parseId(id);
  if (!parsed) return id;
  const table = view.state.table(parsed.kind);
  const row = table.row(parsed.number);
  if (row < 0) {
    const removed = nameInTrash(view, id);
    return removed === undefined ? id : `${removed} (in the trash)`;
  }
  if (!view.sees(parsed.kind, row)) return id;
  const { name, title } = table.record(row);
  const known = name ?? title;
  return typeof known === 'string' ? known : id;
}

/** Returns a record's id and name: `D1 Chairs`; the id alone if it has no name that the viewer sees. */
export function withName(view: View, id: string): string {
  const name = nameOf(view, id);
  return name === id ? id : `${id} ${name}`;
}
