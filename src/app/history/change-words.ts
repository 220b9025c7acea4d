/** Changes of a record in words for people: moved, won, and fields by their labels with names for values. */
import { definitionOf } from '../../kinds/define.ts';
import type { Config } from '../../domain/config.ts';
import { inWords } from '../../domain/in-words.ts';
import type { Kind } from '../../domain/kinds.ts';
import { isEmpty, isObject, type Json, type Rec } from '../../domain/records.ts';
import { findField, storedFieldsOf } from '../../kinds/fields.ts';
import { allAutomations } from '../../engine/built-in.ts';
import type { View } from '../core/view.ts';
import { labelOf, nameOf, sayingOf, userName } from '../reading/said.ts';
import type { HistoryChange, HistoryEntry } from './history.ts';

/** The action in a word or two, and its details. */
export interface InWords {
  readonly what: string;
  readonly text: string;
}

/** Whether a command imports records from elsewhere: `import`, `event import`. */
export const isImport = (via: string): boolean => via.split(' ').at(-1) === 'import';

/** Fields that follow from other changed fields, and are not mentioned separately. */
const following = new Set(['closedAt', 'closedStage', 'held', 'lostReason']);

/** Returns a change of a record in words, in a transaction made by `via`; undefined if people need not know of it. */
export function changeWords(view: View, change: HistoryChange, via: string): InWords | undefined {
  const { id, op, set } = change;
  const kind = change.kind as Kind;
  const { inPipelines } = definitionOf(view.kinds, kind);
  const now = view.state.get(id) ?? view.state.trash().get(id)?.record;
  const name = now?.title ?? now?.name;
  const text = typeof name === 'string' ? name : '';
  if (op === 'add') return { what: isImport(via) ? 'imported' : 'added', text };
  if (op === 'rm') return { what: 'moved to the trash', text };
  const say = speaker(view, kind, set, now ?? { id });
  const parts: InWords[] = [];
  if (set.status && inPipelines) parts.push(closing(set.status[1], set.lostReason?.[1]));
  if (set.stage || set.pipeline) parts.push({ what: 'moved', text: moved(set, say) });
  const isSaid = (path: string) =>
    !following.has(path) && !(inPipelines && ['status', 'stage', 'pipeline'].includes(path));
  const others = Object.keys(set)
    .filter(isSaid)
    .map(path => fieldWords(view.config, kind, path, say));
  if (others.length > 0) parts.push({ what: 'changed', text: others.join('; ') });
  if (parts.length === 0) return undefined;
  return {
    what: parts[0]!.what,
    text: parts
      .map(part => part.text)
      .filter(part => part !== '')
      .join('; '),
  };
}

const closing = (status: Json, reason: Json | undefined): InWords => ({
  what: status === 'open' ? 'reopened' : String(status),
  text: isEmpty(reason) ? '' : String(reason),
});

/** Formats the value of a field before (0) or after (1) a change. */
type Speaker = (path: string, side: 0 | 1) => string;

function speaker(view: View, kind: Kind, set: HistoryChange['set'], now: Rec): Speaker {
  // The pipeline of a stage's name, and the currency of an amount, are those of the same side of the change.
  const record = (side: 0 | 1): Rec => {
    const known = ['pipeline', 'currency'].flatMap(path => (set[path] ? [[path, set[path][side]]] : []));
    return { ...now, ...Object.fromEntries(known) };
  };
  return (path, side) => {
    const value = set[path]?.[side];
    const field = fieldAt(view.state.config, kind, path);
    if (field) return sayingOf(view, kind, field)(value, record(side));
    return isEmpty(value) ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  };
}

function moved(set: HistoryChange['set'], say: Speaker): string {
  const path = (side: 0 | 1) =>
    [set.pipeline && say('pipeline', side), set.stage && say('stage', side)]
      .filter(part => part !== undefined && part !== '')
      .join(': ');
  return `${path(0)} → ${path(1)}`;
}

function fieldWords(config: Config, kind: Kind, path: string, say: Speaker): string {
  if (path === 'adjustments') return 'score adjusted';
  const [before, after] = [say(path, 0), say(path, 1)];
  const label = labelAt(config, kind, path);
  if (after === '') return `${label} ${before} removed`;
  return before === '' ? `${label} ${after}` : `${label} ${before} → ${after}`;
}

/** The field of a path, also one that is stored and not shown, such as the further e-mails. */
const fieldAt = (config: Config, kind: Kind, path: string) =>
  findField(config, kind, path) ?? storedFieldsOf(config, kind).find(field => field.path === path);

function labelAt(config: Config, kind: Kind, path: string): string {
  const field = fieldAt(config, kind, path);
  return field ? labelOf(field) : inWords(path.replace(/^fields\./, ''));
}

/** A field of a change as people read it; an empty value is ''. */
export interface SaidField {
  readonly path: string;
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** Returns every field of a change of a record by its label, with names for the ids in its values. */
export function saidFields(view: View, change: HistoryChange): SaidField[] {
  const kind = change.kind as Kind;
  const { fields, ...others } = change.set;
  const set = { ...others, ...eachCustom(fields) };
  const now = view.state.get(change.id) ?? view.state.trash().get(change.id)?.record;
  const say = speaker(view, kind, set, now ?? { id: change.id });
  return Object.keys(set).map(path => ({
    path,
    label: labelAt(view.config, kind, path),
    before: say(path, 0),
    after: say(path, 1),
  }));
}

/** Splits custom fields, which are in one object when a record is added or removed. */
function eachCustom(fields: readonly [Json, Json] | undefined): HistoryChange['set'] {
  const [old, value] = fields ?? [null, null];
  const of = (custom: Json, name: string): Json => (isObject(custom) ? (custom[name] ?? null) : null);
  const names = [old, value].flatMap(custom => (isObject(custom) ? Object.keys(custom) : []));
  return Object.fromEntries(names.map(name => [`fields.${name}`, [of(old, name), of(value, name)]]));
}

/** Returns the name or title of the changed record; '' if it has none that the viewer sees. */
export function nameIn(view: View, { id, set }: HistoryChange): string {
  const known = nameOf(view, id);
  if (known !== id) return known.replace(/ \(in the trash\)$/, '');
  const said = [set.title, set.name]
    .flatMap(values => values ?? [])
    .findLast(each => typeof each === 'string');
  return typeof said === 'string' ? said : '';
}

/** Returns the author of an entry of the history: a rule, the transitions of a pipeline, or a user by name. */
export function doneBy(view: View, { by, why }: HistoryEntry): string {
  if (why && 'automation' in why && why.automation !== undefined) {
    const rule = allAutomations(view.config).find(({ id }) => id === why.automation);
    return rule?.name ?? why.automation;
  }
  return why && 'transition' in why && why.transition !== undefined
    ? 'transition'
    : userName(view.state.config, by);
}
