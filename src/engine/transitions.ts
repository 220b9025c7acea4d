/**
 * Automatic moves between stages: an ordered decision table per pipeline. The first row that applies decides; a row
 * that names the present stage keeps the deal there. The result depends only on the state, which has the mark of a
 * move by hand (`held`).
 */
import { memoBy } from '../domain/memo.ts';
import type { Config, Pipeline } from '../domain/config.ts';
import { HELD } from '../kinds/deal.ts';
import { type BoundQuery, compileText, type Explanation, type Query } from '../query/compile.ts';
import type { Scope } from '../query/scope.ts';
import type { CodeColumn } from '../state/columns/column.ts';

/** The answer of the table for a deal: the row that decided, from 1, and the stage that it names. */
export interface Answer {
  readonly rule: number;
  readonly to: string;
}

interface CompiledRow {
  readonly to: string;
  /** Stage ids; undefined for any. */
  readonly from: ReadonlySet<string> | undefined;
  /** Compiled at first use: a single move by hand needs no row after the first one that applies. */
  readonly when: (() => Query) | undefined;
}

/** Returns the rows of a pipeline, made once. A wrong query throws USAGE; lint and loading report its place. */
const compileTransitions = memoBy((pipeline: Pipeline, config: Config): readonly CompiledRow[] =>
  pipeline.transitions.map(({ to, from, when }) => ({
    to,
    from: from && stagesNamed(pipeline, from),
    when: when === undefined ? undefined : compilingOnce(when, config),
  })),
);

function compilingOnce(text: string, config: Config): () => Query {
  let query: Query | undefined;
  return () => (query ??= compileText(text, 'deal', config));
}

/** Returns the stages that a list of stage ids and `group:NAME` names. */
function stagesNamed(pipeline: Pipeline, names: readonly string[]): ReadonlySet<string> {
  return new Set(
    names.flatMap(name =>
      name.startsWith('group:')
        ? pipeline.stages.filter(s => s.group === name.slice(6)).map(s => s.id)
        : [name],
    ),
  );
}

export interface RowExplanation {
  readonly rule: number;
  readonly to: string;
  /** Whether the deal is in one of the stages from which the row moves. */
  readonly from: { readonly holds: boolean; readonly stages: readonly string[] | undefined };
  readonly when: Explanation | undefined;
  readonly applies: boolean;
}

export interface BoundTransitions {
  /** Returns the table's present answer for a deal; undefined if no row applies. */
  answer(row: number): Answer | undefined;
  /** Returns the answer for which the deal is held: null for "no row applies"; undefined if it is not held. */
  held(row: number): string | null | undefined;
  stage(row: number): string;
  explain(row: number): RowExplanation[];
  /** Whether the deal's pipeline has a table. */
  has(row: number): boolean;
}

/** `config`: the settings to use instead of the state's, for a draft that has just changed them. */
export function bindTransitions(scope: Scope, config: Config = scope.state.config): BoundTransitions {
  const { state } = scope;
  const deals = state.table('deal');
  const pipelines = deals.column('pipeline') as CodeColumn;
  const stages = deals.column('stage') as CodeColumn;
  const held = deals.column(HELD) as CodeColumn;
  const tables: (ReturnType<typeof bindTable> | undefined)[] = [];

  function tableOf(row: number) {
    const code = pipelines.get(row);
    let table = tables[code];
    if (!table) {
      const pipeline = config.pipelines.find(p => p.id === pipelines.words[code]);
      table = bindTable(pipeline ? compileTransitions(pipeline, config) : [], scope, stages);
      tables[code] = table;
    }
    return table;
  }

  return {
    answer: row => tableOf(row).answer(row),
    explain: row => tableOf(row).explain(row),
    has: row => tableOf(row).rows > 0,
    stage: row => stages.words[stages.get(row)]!,
    held: row => {
      const code = held.get(row);
      return code < 0 ? undefined : held.words[code] || null;
    },
  };
}

function bindTable(rows: readonly CompiledRow[], scope: Scope, stages: CodeColumn) {
  const bound = rows.map((row, i) => {
    // Bound when the first deal needs it: a move by hand asks for one deal, but the columns have all of them.
    let when: BoundQuery | undefined;
    const bind = () => (when ??= row.when!().bind(scope));
    const test = row.when && ((deal: number) => (when ?? bind()).test(deal));
    // Whether the row moves from a stage, by the stage's code; codes may be added while we run.
    const fromCode: boolean[] = [];
    const isFrom = row.from && ((code: number) => (fromCode[code] ??= row.from!.has(stages.words[code]!)));
    return { ...row, rule: i + 1, bind, isFrom, test };
  });
  return {
    rows: rows.length,
    answer(row: number): Answer | undefined {
      const stage = stages.get(row);
      // By number: an iterator makes an object for each row of the table, of each deal.
      for (let i = 0; i < bound.length; i++) {
        const each = bound[i]!;
        if ((!each.isFrom || each.isFrom(stage)) && (!each.test || each.test(row))) return each;
      }
      return undefined;
    },
    explain: (row: number): RowExplanation[] =>
      bound.map(each => {
        const holds = !each.isFrom || each.isFrom(stages.get(row));
        const when = each.when && each.bind().explain(row);
        return {
          rule: each.rule,
          to: each.to,
          from: { holds, stages: each.from && [...each.from] },
          when,
          applies: holds && (when?.holds ?? true),
        };
      }),
  };
}
