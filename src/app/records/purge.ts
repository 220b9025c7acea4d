/**
 * `crm purge`: erases records and their parts from everything that the workspace keeps. Other records lose only their
 * references to them; other texts that mention them are listed, and left to people.
 */
import { definitionOf } from '../../kinds/define.ts';
import { type Reference, referencesOf } from '../core/references.ts';
import type { Viewer } from '../core/viewer.ts';
import type { Writer } from '../core/writer.ts';
import { type Change, type Erasure, idOf, kindOf } from '../../domain/changes.ts';
import { failed, notFound } from '../../domain/errors.ts';
import { fold } from '../../domain/fold.ts';
import { isNamed, type Kind, type Kinds } from '../../domain/kinds.ts';
import { isObject, type Json, type Rec } from '../../domain/records.ts';
import type { NumberColumn, NumbersColumn } from '../../state/columns/column.ts';
import { backwards } from '../../store/journal/journal.ts';
import { encodeLeft, type Journal, without } from '../../store/journal/journal.ts';

/** A text that stays although it names an erased record. */
export interface Mention {
  /** The record, or the path of a file. */
  readonly id: string;
  readonly field: string | null;
  /** history: the present text does not mention it any more, but an earlier transaction does. */
  readonly in: 'record' | 'trash' | 'file' | 'history';
}

export interface Purged {
  readonly named: readonly string[];
  /** All erased records: the named ones first, then their parts. */
  readonly erased: readonly string[];
  /** Records that pointed to these, and no longer do. */
  readonly detached: readonly string[];
  readonly mentions: readonly Mention[];
}

/**
 * Erases the records of these keys (ids or natural keys), which may be in the trash; calls `forgetting` with their
 * addresses before they are gone.
 */
export async function purge(
  writer: Writer,
  journal: Journal,
  keys: readonly string[],
  forgetting: (addresses: readonly string[]) => void = () => {},
): Promise<Purged> {
  const { draft, view } = writer;
  mayPurge(view.viewer);
  const named = [...new Set(keys.map(key => findAny(writer, key)))];
  const erased = withParts(writer, await withMerged(writer, journal, named));
  const names = new Names(draft.state.kinds);
  for (const id of erased) names.add(recordOf(writer, id));
  forgetting([...erased].flatMap(id => addressesOf(recordOf(writer, id))));
  const detached = detach(writer, erased);
  for (const id of erased) draft.apply({ kind: draft.state.kinds.kindOf(id), id, rm: { id }, purge: true });
  draft.trigger = false;
  draft.erases = await erasures(journal, erased, draft.seq, names);
  return {
    named,
    erased: [...erased],
    detached,
    mentions: [...mentionsNow(writer, names), ...(await mentionsBefore(writer, journal, erased, names))],
  };
}

function mayPurge({ user, role }: Viewer): void {
  if (role !== 'admin' && role !== 'manager')
    throw failed(`${user} is ${role} and may not purge`, 'a manager or an admin may: --as USER');
}

/** Unlike others, a purge finds what is in the trash too. */
function findAny({ view }: Writer, key: string): string {
  const found = view.lookup(view.kinds.names, key);
  if (found) return found;
  const trashed = view.kinds.names.flatMap(kind => view.findTrashed(kind, key) ?? []);
  if (trashed.length > 1)
    throw failed(
      `${JSON.stringify(key)} is ambiguous: ${trashed.map(({ id }) => id).join(', ')}`,
      'name one by its id',
    );
  if (trashed[0]) return trashed[0].id;
  throw notFound(
    `there is no record ${JSON.stringify(key)}, not in the trash either`,
    'crm history says whether it was purged',
  );
}

const recordOf = ({ draft }: Writer, id: string): Rec => draft.get(id) ?? draft.state.trash().get(id)!.record;

/**
 * Adds the records in the trash that were merged into them, directly or through others: they are the same person or
 * company.
 */
async function withMerged(
  { draft }: Writer,
  journal: Journal,
  named: readonly string[],
): Promise<readonly string[]> {
  const trash = draft.state.trash();
  const all = new Set(named);
  // From the last merge to the first, what one was merged into is known before what was merged into that one.
  for await (const { changes } of backwards(journal))
    for (const change of changes)
      if (change.why?.into !== undefined && all.has(change.why.into) && trash.has(idOf(change)))
        all.add(idOf(change));
  return [...all];
}

/** The records with all that is a part of them, or of such a part. */
function withParts(writer: Writer, ids: readonly string[]): Set<string> {
  const { draft, config } = writer;
  const erased = new Set(ids);
  for (let before = 0; before < erased.size; ) {
    before = erased.size;
    const addresses = new Set([...erased].flatMap(id => addressesOf(recordOf(writer, id))));
    for (const kind of draft.state.kinds.names) {
      const parts = referencesOf(config, kind).filter(field => field.belongs);
      for (const field of parts) for (const id of pointing(writer, kind, field, erased)) erased.add(id);
      for (const { id, record } of draft.state.trash().values())
        if (
          draft.state.kinds.kindOf(id) === kind &&
          parts.some(field => erased.has(record[field.path] as string))
        )
          erased.add(id);
    }
    if (addresses.size === 0) continue;
    const messages = draft.state.table('message');
    for (const row of messages.liveRows())
      if (addresses.has(address(messages.record(row).to))) erased.add(messages.id(row));
  }
  return erased;
}

const listed = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

const addressesOf = ({ email, otherEmails }: Rec): string[] =>
  [email, ...listed(otherEmails)].map(address).filter(text => text !== '');

const address = (value: Json | undefined): string =>
  typeof value === 'string' ? value.trim().toLowerCase() : '';

/** Records of a kind that point by a field to one of these. */
function pointing({ draft }: Writer, kind: Kind, field: Reference, ids: ReadonlySet<string>): string[] {
  const table = draft.state.table(kind);
  const targets = [...ids]
    .filter(id => field.refs.includes(draft.state.kinds.kindOf(id)))
    .map(id => draft.state.kinds.refOf(id));
  if (table.rows === 0 || targets.length === 0) return [];
  const column = table.column(field.path) as NumberColumn | NumbersColumn;
  const refs = new Set(targets);
  // A list holds numbers of records of one kind.
  const numbers = new Set(targets.map(ref => draft.state.kinds.numberIn(field.refs[0]!, ref)));
  const isFound = (row: number) =>
    column.type === 'numbers'
      ? Array.from(column.get(row)).some(n => numbers.has(n))
      : refs.has(column.get(row));
  return table
    .liveRows()
    .filter(isFound)
    .map(row => table.id(row));
}

/** Removes the erased records from the fields of others; returns the ids of these. */
function detach(writer: Writer, erased: ReadonlySet<string>): string[] {
  const { draft, config } = writer;
  const detached = new Set<string>();
  for (const kind of draft.state.kinds.names)
    for (const field of referencesOf(config, kind)) {
      if (field.belongs) continue;
      for (const id of pointing(writer, kind, field, erased)) {
        if (erased.has(id)) continue;
        const value = draft.record(id)[field.path];
        const left = Array.isArray(value) ? value.filter(each => !erased.has(each as string)) : null;
        draft.set(id, { [field.path]: left });
        detached.add(id);
      }
    }
  return [...detached];
}

/** Returns what transaction `purge` erases from each earlier one; collects the names of erased records in `names`. */
async function erasures(
  journal: Journal,
  erased: ReadonlySet<string>,
  purge: number,
  names: Names,
): Promise<Erasure[]> {
  const found: Erasure[] = [];
  for await (const tx of backwards(journal)) {
    const concerned = tx.changes.filter(change => erased.has(idOf(change)));
    if (concerned.length === 0) continue;
    for (const change of concerned) for (const record of saidBy(change)) names.add(record);
    found.push({ seq: tx.seq, now: encodeLeft(without(tx, erased, purge)).now });
  }
  return found.reverse();
}

/** A change as records: of a set what was before, and what after it. */
function saidBy(change: Change): Rec[] {
  if ('add' in change) return [change.add];
  if ('rm' in change) return [change.rm];
  const side = (i: 0 | 1) =>
    Object.fromEntries(Object.entries(change.set).map(([path, values]) => [path, values[i]]));
  return [0, 1].map(i => ({ ...side(i as 0 | 1), id: change.id }));
}

/** The names of erased people, to find other texts that mention them. */
class Names {
  readonly #texts = new Map<string, string>();
  readonly #kinds: Kinds;

  constructor(kinds: Kinds) {
    this.#kinds = kinds;
  }

  add(record: Rec): void {
    const kind = this.#kinds.kindOf(record.id);
    if (!definitionOf(this.#kinds, kind).throughDeals) return;
    const { name, email, phone, domain, otherEmails, otherPhones, otherDomains } = record;
    const others = [otherEmails, otherPhones, otherDomains].flatMap(listed);
    for (const value of [name, email, phone, domain, ...others])
      if (typeof value === 'string' && value.trim().length > 2) this.#texts.set(fold(value.trim()), value);
  }

  get size(): number {
    return this.#texts.size;
  }

  /** Whether a text has one of them in it, as a whole word. */
  in(text: string): boolean {
    const folded = fold(text);
    return [...this.#texts.keys()].some(name => {
      for (let at = folded.indexOf(name); at >= 0; at = folded.indexOf(name, at + 1))
        if (!isWord(folded[at - 1]) && !isWord(folded[at + name.length])) return true;
      return false;
    });
  }

  /** The fields of a record that have one in their text, by path. */
  inRecord(record: Rec): string[] {
    return Object.entries(record).flatMap(([field, value]) =>
      isObject(value)
        ? Object.keys(value).flatMap(name => (this.inValue(value[name]) ? `${field}.${name}` : []))
        : this.inValue(value)
          ? field
          : [],
    );
  }

  inValue(value: Json | undefined): boolean {
    if (typeof value === 'string') return this.in(value);
    if (Array.isArray(value)) return value.some(each => this.inValue(each as Json));
    return isObject(value) && Object.values(value).some(each => this.inValue(each));
  }
}

const isWord = (letter: string | undefined): boolean => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);

/** Records, files and what is in the trash, as they are now. */
function mentionsNow({ draft }: Writer, names: Names): Mention[] {
  if (names.size === 0) return [];
  const found: Mention[] = [];
  for (const kind of draft.state.kinds.names) {
    const table = draft.state.table(kind);
    for (const row of table.liveRows()) {
      const record = table.record(row);
      for (const field of names.inRecord(record)) found.push({ id: record.id, field, in: 'record' });
    }
  }
  for (const { id, record } of draft.state.trash().values())
    for (const field of names.inRecord(record)) found.push({ id, field, in: 'trash' });
  for (const { id, text } of draft.state.named('file').values())
    if (names.inValue(text)) found.push({ id, field: null, in: 'file' });
  return found;
}

/** Yields texts in earlier transactions that the records and files no longer have. */
async function mentionsBefore(
  { draft }: Writer,
  journal: Journal,
  erased: ReadonlySet<string>,
  names: Names,
): Promise<Mention[]> {
  const found = new Map<string, Mention>();
  if (names.size === 0) return [];
  for await (const { changes } of backwards(journal))
    for (const change of changes) {
      const id = idOf(change);
      if (erased.has(id)) continue;
      const kind = kindOf(change);
      const now = isNamed(kind) ? draft.state.named(kind).get(id) : draft.get(id);
      for (const record of saidBy(change))
        for (const path of names.inRecord(record)) {
          const isSaidNow = now ? names.inRecord(now).includes(path) : draft.state.trash().has(id);
          const field = isNamed(kind) ? null : path;
          if (!isSaidNow) found.set(`${id} ${path}`, { id, field, in: 'history' });
        }
    }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
