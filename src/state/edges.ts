/** Which rows of a table point to which rows of another one, read from the columns of fields: what `Links` are made of. */
import type { Kind, Kinds } from '../domain/kinds.ts';
import { definitionOf } from '../kinds/define.ts';
import { type NumberColumn, type NumbersColumn, PART } from './columns/column.ts';
import type { Table } from './table.ts';

type Found = (row: number) => void;

/** The edges from rows that point to their targets, as they are now. */
export interface Edges {
  /** Calls `found` with each row that a row points to. */
  targets(row: number, found: Found): void;
  /** Calls `found` with each row that points to a target, in no particular order. */
  sources(target: number, found: Found): void;
  /** Calls `found` with each row that points and a row that it points to, in the order of the rows that point. */
  each(found: (row: number, target: number) => void): void;
}

/** Returns the edges from the rows of one table to those of another by a field, and by the lists that count like it. */
export function edgesBetween(kinds: Kinds, from: Table, field: string, to: Table): Edges {
  const [first, ...others] = [field, ...alsoPointing(kinds, to.kind, from, field)].map(path => {
    const column = from.column(path) as NumberColumn | NumbersColumn;
    return column.type === 'numbers' ? byList(column, from, to) : byReference(kinds, column, from, to);
  });
  if (others.length === 0) return first!;
  const all = [first!, ...others];
  const targets: Edges['targets'] = (row, found) => {
    for (const each of all) each.targets(row, found);
  };
  return {
    targets,
    sources: (target, found) => {
      for (const each of all) each.sources(target, found);
    },
    each: rowByRow(from, targets),
  };
}

/**
 * Returns the paths of lists of records of `to` that count like a field: the contacts that a meeting was with, beside
 * the one that it is for.
 */
function alsoPointing(kinds: Kinds, to: Kind, from: Table, path: string): string[] {
  const { fields } = definitionOf(kinds, from.kind);
  const also = fields.find(each => each.path === path)?.also ?? [];
  return also.filter(each => fields.some(list => list.path === each && list.refs?.includes(to)));
}

/** Returns the edges by a list of numbers of records. */
function byList(column: NumbersColumn, from: Table, to: Table): Edges {
  const targets: Edges['targets'] = (row, found) => {
    if (!from.live(row)) return;
    const numbers = column.get(row);
    for (let i = 0; i < numbers.length; i++) {
      const target = to.row(numbers[i]!);
      if (target >= 0) found(target);
    }
  };
  return {
    targets,
    sources: sourcesBy(column, from, to, number => number),
    each: rowByRow(from, targets),
  };
}

/** Returns the edges by a reference to one record. */
function byReference(kinds: Kinds, column: NumberColumn, from: Table, to: Table): Edges {
  const numberIn = kinds.numbersOf(to.kind);
  /** Returns the row to which a reference of a live row leads, or -1. */
  const targetOf = (row: number, ref: number): number => {
    const number = numberIn(ref);
    return number > 0 && from.live(row) ? to.row(number) : -1;
  };
  return {
    targets: (row, found) => {
      const target = targetOf(row, column.get(row));
      if (target >= 0) found(target);
    },
    sources: sourcesBy(column, from, to, number => kinds.refTo(to.kind, number)),
    each: found => {
      const { rows } = from;
      for (let start = 0; start < rows; start += PART) {
        const refs = column.part(start, Math.min(PART, rows - start));
        for (let i = 0; i < refs.length; i++) {
          const target = targetOf(start + i, refs[i]!);
          if (target >= 0) found(start + i, target);
        }
      }
    },
  };
}

/** Asks all rows for their targets, one by one. */
const rowByRow =
  (from: Table, targets: Edges['targets']): Edges['each'] =>
  found => {
    let row = 0;
    const foundTarget = (target: number) => found(row, target);
    for (const { rows } = from; row < rows; row++) targets(row, foundTarget);
  };

/** Finds the rows whose column has the value that stands for a record. */
function sourcesBy(
  column: NumberColumn | NumbersColumn,
  from: Table,
  to: Table,
  cellOf: (number: number) => number,
): Edges['sources'] {
  return (target, found) => {
    const number = to.number(target);
    if (to.row(number) !== target) return;
    column.equal(cellOf(number), row => {
      if (from.live(row)) found(row);
    });
  };
}
