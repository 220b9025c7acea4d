/**
 * The records whose id or name begins with what is typed. All rows are matched before the limit applies, and only matches
 * are read, so completion finds every record and stays quick.
 */
import type { View } from '../../app/core/view.ts';
import { fold } from '../../domain/fold.ts';
import type { Kind } from '../../domain/kinds.ts';
import { type Rec, recognisedBy } from '../../domain/records.ts';
import { definitionOf, type Key } from '../../kinds/define.ts';
import { keysOf, keyValues } from '../../kinds/natural-keys.ts';
import { BETWEEN_TEXTS } from '../../kinds/several-cells.ts';
import type { CodeColumn, TextColumn } from '../../state/columns/column.ts';
import { needleOf } from '../../state/columns/texts.ts';
import type { Argument } from '../args/argument.ts';
import type { Candidate } from './candidate.ts';

/** The most records of a kind that are offered: about a screen of a shell. */
const RECORDS = 40;
/** The most ids in the description of a name that several records share. */
const NAMED = 3;

/** Returns the records that an argument may name and that begin with what is typed, the newest first. */
export function recordsLike(
  view: View,
  { kinds = [], type, offers }: Pick<Argument, 'kinds' | 'type' | 'offers'>,
  partial: string,
): Candidate[] {
  if (type === 'trashed') return kinds.flatMap(kind => trashed(view, kind));
  return kinds.flatMap(kind => {
    if (view.state.table(kind).rows === 0) return [];
    const fits = fitting(view, kind, offers);
    const ids = byId(view, kind, partial, fits);
    // A text that begins ids is hardly a name, so no column of names is read for it.
    return ids.length > 0 && /\d$/.test(partial) ? ids : [...ids, ...byName(view, kind, partial, fits)];
  });
}

type Fits = (row: number) => boolean;

/** Returns a function that says whether a row is live, visible to the viewer, and satisfies `offers`: `status:open`. */
export function fitting(view: View, kind: Kind, offers: string | undefined): Fits {
  const table = view.state.table(kind);
  const isThere = (row: number) => table.live(row) && view.sees(kind, row);
  if (offers === undefined) return isThere;
  const [path, values] = offers.split(':') as [string, string];
  const column = table.column(path) as CodeColumn;
  const codes = values.split(',').map(word => column.words.indexOf(word));
  return row => codes.includes(column.get(row)) && isThere(row);
}

function byId(view: View, kind: Kind, partial: string, fits: Fits): Candidate[] {
  const { letter } = definitionOf(view.kinds, kind);
  const match = /^([a-z]?)(\d*)$/i.exec(partial);
  if (!match || (match[1] !== '' && match[1]!.toUpperCase() !== letter)) return [];
  if (match[1] === '' && match[2] !== '') return [];
  const wanted = Number(match[2]);
  const table = view.state.table(kind);
  const found: Candidate[] = [];
  for (let row = table.rows - 1; row >= 0 && found.length < RECORDS; row--) {
    if (wanted > 0 && !beginsWith(table.number(row), wanted)) continue;
    if (fits(row)) found.push({ value: table.id(row), about: aboutOf(table.record(row)) });
  }
  return found;
}

/** Whether the digits of a number begin with those of another. */
function beginsWith(number: number, wanted: number): boolean {
  let its = number;
  while (its > wanted) its = Math.trunc(its / 10);
  return its === wanted;
}

/** Returns the records of which a natural key (title, name, address) begins with what is typed. */
function byName(view: View, kind: Kind, partial: string, fits: Fits): Candidate[] {
  if (partial === '') return [];
  const keys = keysOf(view.state.config, kind).filter(key => !key.isPhone);
  const named = (key: Key) => byKey(view, kind, key, partial, fits);
  const found = keys.filter(each => each.path !== EXTERNAL).flatMap(named);
  // Few people type ids of other programs, so their column is read only if no name matches.
  return found.length > 0 ? found : keys.filter(each => each.path === EXTERNAL).flatMap(named);
}

const EXTERNAL = 'externalId';

function byKey(view: View, kind: Kind, key: Key, partial: string, fits: Fits): Candidate[] {
  const table = view.state.table(kind);
  const column = table.column(key.path) as TextColumn;
  const rows: number[] = [];
  const add = (row: number) => void rows.push(row);
  if (key.several) column.search(needleOf(BETWEEN_TEXTS + partial), add);
  else column.begin(needleOf(partial), add);
  const wanted = fold(partial);
  const isHere = (value: string) => fold(value).startsWith(wanted);
  const found = new Map<string, Found>();
  // The lengths of the found names: a name of another length cannot be one of them, and is not read.
  const sizes = new Set<number>();
  for (const row of rows.sort((a, b) => b - a)) {
    const isFull = found.size >= RECORDS;
    if (isFull && (key.unique || !sizes.has(column.size(row)))) continue;
    const name = column.get(row);
    const known = found.get(name);
    if ((isFull && !known) || !fits(row)) continue;
    if (known) known.ids.push(table.id(row));
    else {
      const record = table.record(row);
      sizes.add(column.size(row));
      found.set(name, {
        values: keyValues(key, record).filter(isHere),
        ids: [table.id(row)],
        about: aboutOf(record),
      });
    }
  }
  return [...found.values()].flatMap(each =>
    each.values.map(value => ({ value, about: inWords(each, value, view.kinds.pluralOf(kind)) })),
  );
}

interface Found {
  /** The values of the key that begin with what is typed. */
  readonly values: readonly string[];
  /** The records that have the key: several deals may share a title. */
  readonly ids: string[];
  readonly about: string | undefined;
}

/** Returns the description of a found key: `D12`, `C3 Jane Roe`, `3 deals: D12, D9, D4`. */
function inWords({ ids, about = '' }: Found, value: string, kinds: string): string {
  if (ids.length === 1) return about === value || about === '' ? ids[0]! : `${ids[0]!} ${about}`;
  return `${ids.length} ${kinds}: ${ids.slice(0, NAMED).join(', ')}${ids.length > NAMED ? ', ...' : ''}`;
}

const trashed = (view: View, kind: Kind): Candidate[] =>
  view.trash(kind).map(({ id, record }) => ({ value: id, about: aboutOf(record) }));

/** Returns the text by which people recognise a record, on one short line. */
const aboutOf = (record: Rec): string | undefined =>
  recognisedBy(record)
    ?.slice(0, 60)
    .replace(/[\p{Cc}\p{Cf}]/gu, ' ');
