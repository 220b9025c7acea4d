/** All that a state says, as plain data: so that two of them can be compared, however they came to be. */
import { recordKinds } from '../../src/kinds/index.ts';
import type { Column } from '../../src/state/columns/column.ts';
import type { Config } from '../../src/domain/config.ts';
import { columnsOf } from '../../src/kinds/fields.ts';
import { type Kind, namedKindNames } from '../../src/domain/kinds.ts';
import { State } from '../../src/state/state.ts';
import { MemorySource } from '../../src/state/source.ts';

/** The state before the first transaction. */
export function emptyState(config: Config): State {
  return new State(
    {
      seq: 0,
      seqOf: () => 0,
      source: () => new MemorySource([]),
      named: () => [],
      trash: () => [],
      next: () => 1,
    },
    config,
  );
}

/** Settings with nothing in them but these custom fields of deals. */
export function configOf(fields: Config['fields'][string] = []): Config {
  return {
    kinds: recordKinds,
    name: 'Test',
    timezone: 'UTC',
    currency: 'EUR',
    users: {},
    teams: {},
    holidays: [],
    taskTypes: {},
    fields: { deal: fields, contact: [], account: [], activity: [] },
    scores: [],
    views: [],
    imports: {},
    pipelines: [],
    automations: [],
    broken: [],
    warnings: [],
    templates: {},
    brokenTemplates: [],
  };
}

/** What a row has in a column, codes as the words that they stand for. */
export function cellOf(column: Column, row: number): unknown {
  switch (column.type) {
    case 'number':
    case 'text':
      return column.get(row);
    case 'code':
      return column.words[column.get(row)] ?? null;
    case 'codes':
      return Array.from(column.get(row), code => column.words[code]);
    case 'numbers':
      return Array.from(column.get(row));
  }
}

/** Fields that point to records, as queries follow them. */
export const pointers: readonly (readonly [to: Kind, from: Kind, field: string])[] = [
  ['contact', 'deal', 'contacts'],
  ['account', 'deal', 'account'],
  ['account', 'contact', 'account'],
  ['deal', 'task', 'for'],
  ['contact', 'task', 'for'],
  ['account', 'task', 'for'],
  ['contact', 'event', 'contact'],
];

export function contentsOf(state: State): object {
  const kinds = Object.fromEntries(
    recordKinds.names.map(kind => {
      const table = state.table(kind);
      const rows = table.liveRows();
      const columns = [...columnsOf(state.config, kind).keys()].map(key => {
        const column = table.column(key);
        return [key, rows.map(row => cellOf(column, row))];
      });
      return [
        kind,
        {
          next: state.nextNumber(kind),
          size: table.size,
          records: rows.map(row => table.record(row)),
          byId: rows.map(row => [table.id(row), table.row(table.number(row)) === row]),
          columns: Object.fromEntries(columns),
        },
      ];
    }),
  );
  const links = pointers.map(([to, from, field]) => {
    const target = state.table(to);
    const links = state.links(to, from, field);
    const found = target.liveRows().map(row => {
      const ids: string[] = [];
      links.some(row, child => {
        ids.push(state.table(from).id(child));
        return false;
      });
      return [target.id(row), ids.sort()];
    });
    return [`${to} ${from}.${field}`, Object.fromEntries(found)];
  });
  return {
    seq: state.seq,
    kinds,
    links: Object.fromEntries(links),
    named: namedKindNames.map(kind => [...state.named(kind).values()].sort((a, b) => (a.id < b.id ? -1 : 1))),
    trash: [...state.trash().values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}
