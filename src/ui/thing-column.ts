/** Columns of things that are not records: settings, history, lists of what the program knows. */
import type { Column } from './format.ts';

/** A column of things that are not records; one that is `jsonOnly` comes only with JSON, or if it is asked for. */
export type ThingColumn<R> = Column<R> & { readonly jsonOnly?: boolean };

/** Makes a column of values: lists have commas between their items, and null is empty. */
export function plainColumn<R>(
  name: string,
  value: (row: R) => unknown,
  extra: Partial<Column<R>> = {},
): Column<R> {
  const text = (row: R): string => {
    const it = value(row);
    return it === undefined || it === null
      ? ''
      : typeof it === 'object'
        ? Array.isArray(it)
          ? it.join(',')
          : JSON.stringify(it)
        : String(it);
  };
  return { name, text, json: row => value(row) ?? null, ...extra };
}
