/** Terms on references: which records a row points to, by id or by natural key, as far as the viewer may see them. */
import { type Kind, refNumber } from '../domain/kinds.ts';
import type { Field } from '../kinds/field.ts';
import { definitionOf } from '../kinds/define.ts';
import { columnsOf } from '../kinds/fields.ts';
import { keysOf } from '../kinds/natural-keys.ts';
import { onlyEquals } from './operators.ts';
import type { Term } from './parse.ts';
import { type CompiledTerm, type Scope, seenRow } from './scope.ts';
import type { NumberColumn, NumbersColumn, TextColumn } from '../state/columns/column.ts';
import { needleOf } from '../state/columns/texts.ts';
import { rowsNamed } from '../state/named-rows.ts';
import type { State } from '../state/state.ts';
import type { Table } from '../state/table.ts';

/** References to records of the kinds that the field may refer to; other references in its column do not count. */
export function compileRef(term: Term, field: Field, kind: Kind): CompiledTerm {
  onlyEquals(term);
  return {
    timed: false,
    bind: scope => {
      const wanted = refsNamed(scope.state, field.refs!, term.values, term.operator === ':');
      const refs = refsOf(scope, field, kind);
      return {
        test: row => {
          const named = wanted();
          let none = true;
          for (let k = 0; k < refs.length; k++) {
            const each = refs[k]!;
            const count = each.count(row);
            for (let i = 0; i < count; i++) {
              const ref = each.get(row, i);
              if (ref === 0) continue;
              if (named.has(ref)) return true;
              none = false;
            }
          }
          return none && named.has(0);
        },
        actual: row =>
          refs
            .flatMap(each => Array.from({ length: each.count(row) }, (_, i) => each.get(row, i)))
            .filter(ref => ref > 0)
            .map(ref => scope.state.kinds.makeId(scope.state.kinds.refKind(ref)!, refNumber(ref)))
            .join(',') || 'none',
      };
    },
  };
}

/** Whether a row refers to any record that counts. */
export function hasRefs(scope: Scope, field: Field, kind: Kind): (row: number) => boolean {
  const refs = refsOf(scope, field, kind);
  return row =>
    refs.some(each => {
      const count = each.count(row);
      for (let i = 0; i < count; i++) if (each.get(row, i) > 0) return true;
      return false;
    });
}

/** The references of a row in one column; 0 if there is none that counts. */
interface Refs {
  count(row: number): number;
  get(row: number, i: number): number;
}

function refsOf(scope: Scope, field: Field, kind: Kind): Refs[] {
  const { state } = scope;
  const paths = field.parts ?? [field.path, ...(field.also ?? [])];
  const kinds = field.refs!;
  const rowOf = new Map(kinds.map(each => [each, seenRow(scope, each)]));
  // A reference to a record that is hidden from the viewer does not count; a reference to a record that is gone makes
  // no difference.
  const isHidden = scope.sees
    ? (ref: number) => {
        const of = state.kinds.refKind(ref)!;
        const number = refNumber(ref);
        return state.table(of).row(number) >= 0 && rowOf.get(of)!(number) < 0;
      }
    : () => false;
  return paths.map(path => {
    const column = state.table(kind).column(path) as NumberColumn | NumbersColumn;
    const listed =
      definitionOf(state.kinds, kind).fields.find(each => each.path === path && !each.read)?.refs?.[0] ??
      kinds[0]!;
    if (column.type === 'numbers')
      return {
        count: row => column.size(row),
        get: (row, i) => {
          const ref = state.kinds.refTo(listed, column.at(row, i));
          return !kinds.includes(listed) || isHidden(ref) ? 0 : ref;
        },
      };
    const counts = (ref: number) => ref > 0 && kinds.includes(state.kinds.refKind(ref)!) && !isHidden(ref);
    return {
      count: () => 1,
      get: row => {
        const ref = column.get(row);
        return counts(ref) ? ref : 0;
      },
    };
  });
}

/**
 * Returns the references that values name, by id or by natural key (a contact's e-mail or name, an account's or
 * deal's name), 0 for none; or by a part of a name or title, if a part is enough. A name that no record has is not an
 * error. The references are searched for again after a change of a record that may have such a name.
 */
function refsNamed(
  state: State,
  kinds: readonly Kind[],
  values: readonly string[],
  isPart: boolean,
): () => ReadonlySet<number> {
  const fixed: number[] = [];
  const names: string[] = [];
  for (const value of values) {
    const id = state.kinds.parseId(value);
    if (value === 'none') fixed.push(0);
    else if (!id) names.push(value);
    else if (kinds.includes(id.kind)) fixed.push(state.kinds.refOf(value));
  }
  let found: ReadonlySet<number> = new Set(fixed);
  if (names.length === 0) return () => found;
  const tables = kinds.map(kind => state.table(kind));
  let version = -1;
  return () => {
    let now = 0;
    for (const table of tables) now += table.version;
    if (now !== version) {
      version = now;
      const named = tables.flatMap(table =>
        keysOf(state.config, table.kind).flatMap(key =>
          names.flatMap(name =>
            rowsNamed(table, key, name, state.config).map(row =>
              state.kinds.refTo(table.kind, table.number(row)),
            ),
          ),
        ),
      );
      found = new Set([
        ...fixed,
        ...named,
        ...(isPart ? tables.flatMap(table => rowsCalled(state, table, names)) : []),
      ]);
    }
    return found;
  };
}

/** Returns the references to rows whose name or title contains one of the texts. */
function rowsCalled({ kinds, config }: State, table: Table, texts: readonly string[]): number[] {
  const found: number[] = [];
  for (const path of ['name', 'title']) {
    if (columnsOf(config, table.kind).get(path)?.type !== 'text') continue;
    const column = table.column(path) as TextColumn;
    for (const text of texts)
      column.search(needleOf(text), row => {
        if (table.live(row)) found.push(kinds.refTo(table.kind, table.number(row)));
      });
  }
  return found;
}
