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
import { addRows } from '../query/narrow.ts';
import type { CodeColumn, Codes } from '../state/columns/column.ts';
import { BLOCK, type Narrow, type Table } from '../state/table.ts';

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
  /**
   * Takes the deals that stay where they are out of a block: those without an answer, those whose answer is their own stage,
   * and those that are held for the answer that they have.
   */
  readonly moving: Narrow;
  /** Takes the deals that are not held out of a block. */
  readonly holding: Narrow;
  /** Whether the deal's pipeline has a table. */
  has(row: number): boolean;
}

/** `config`: the settings to use instead of the state's, for a draft that has just changed them. */
export function bindTransitions(scope: Scope, config: Config = scope.state.config): BoundTransitions {
  const { state } = scope;
  const deals = state.table('deal');
  const tables = new Map<string | undefined, ReturnType<typeof bindTable>>();

  function tableOf(id: string | undefined) {
    let table = tables.get(id);
    if (!table) {
      const pipeline = config.pipelines.find(p => p.id === id);
      table = bindTable(pipeline ? compileTransitions(pipeline, config) : [], scope);
      tables.set(id, table);
    }
    return table;
  }

  // A move by hand asks for one deal, whose record is at hand, so that no column is loaded for it.
  const tableFor = (row: number) => tableOf(deals.word(row, 'pipeline'));
  const rooms = [new Uint8Array(BLOCK), new Uint8Array(BLOCK)] as const;
  return {
    answer: row => tableFor(row).answer(row),
    explain: row => tableFor(row).explain(row),
    has: row => tableFor(row).rows > 0,
    moving: (among, from) => {
      const [moving, its] = rooms.map(room => room.subarray(0, among.length)) as [Uint8Array, Uint8Array];
      const pipelines = deals.column('pipeline') as CodeColumn;
      moving.fill(0);
      const codes = pipelines.part(from, among.length);
      for (const code of codesIn(codes)) {
        its.set(among);
        keepCode(its, codes, code);
        if (!its.includes(1)) continue;
        tableOf(pipelines.words[code]).moving(its, from);
        if (its.includes(1)) addRows(moving, its);
      }
      among.set(moving);
    },
    holding: (among, from) => keepHeld(among, heldIn(deals, from, among.length)?.codes),
    stage: row => deals.word(row, 'stage')!,
    held: row => {
      const word = deals.word(row, HELD);
      return word === undefined ? undefined : word === NO_ANSWER ? null : word;
    },
  };
}

function bindTable(rows: readonly CompiledRow[], scope: Scope) {
  const deals = scope.state.table('deal');
  const bound = rows.map((row, i) => {
    // Bound when the first deal needs it: a move by hand asks for one deal, but the columns have all of them.
    let when: BoundQuery | undefined;
    const bind = () => (when ??= row.when!().bind(scope));
    const test = row.when && ((deal: number) => (when ?? bind()).test(deal));
    return { ...row, rule: i + 1, bind, test };
  });
  const rooms = [new Uint8Array(BLOCK), new Uint8Array(BLOCK)] as const;
  /** Takes the rows that stay in their stage, by the answer of the table, out of a block. */
  const moving: Narrow = (among, from) => {
    const stages = deals.column('stage') as CodeColumn;
    const codes = stages.part(from, among.length);
    const [left, its] = rooms.map(room => room.subarray(0, among.length)) as [Uint8Array, Uint8Array];
    const held = heldIn(deals, from, among.length);
    left.set(among);
    among.fill(0);
    for (const { to, from: stagesBefore, when, bind } of bound) {
      its.set(left);
      if (stagesBefore) keepStages(its, codes, stages.words, stagesBefore);
      if (when && its.includes(1)) bind().narrow(its, from);
      if (!its.includes(1)) continue;
      decide(its, codes, stages.words.indexOf(to), left, among);
      if (held) decideHeld(its, held.codes, held.words.indexOf(to), among);
    }
    if (held && left.includes(1)) decideHeld(left, held.codes, held.words.indexOf(NO_ANSWER), among);
  };
  return {
    rows: rows.length,
    moving,
    answer(row: number): Answer | undefined {
      const stage = deals.word(row, 'stage')!;
      // By number: an iterator makes an object for each row of the table, of each deal.
      for (let i = 0; i < bound.length; i++) {
        const each = bound[i]!;
        if ((!each.from || each.from.has(stage)) && (!each.test || each.test(row))) return each;
      }
      return undefined;
    },
    explain: (row: number): RowExplanation[] =>
      bound.map(each => {
        const holds = !each.from || each.from.has(deals.word(row, 'stage')!);
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

/** Returns for which answers the deals of a block are held; undefined if no deal is held. */
function heldIn(deals: Table, from: number, count: number) {
  const held = deals.column(HELD) as CodeColumn;
  return held.words.length === 0 ? undefined : { words: held.words, codes: held.part(from, count) };
}

/** The word of the column for deals that are held while no row applies. */
const NO_ANSWER = '';

/** Takes out the rows that are not held: those without a code. */
function keepHeld(among: Uint8Array, held: Codes | undefined): void {
  if (!held) among.fill(0);
  else for (let i = 0; i < among.length; i++) if (held[i]! < 0) among[i] = 0;
}

function keepCode(among: Uint8Array, codes: Codes, code: number): void {
  for (let i = 0; i < among.length; i++) if (codes[i] !== code) among[i] = 0;
}

/** Takes rows for which there is an answer out of `left`, and adds those that have another stage to `moving`. */
function decide(its: Uint8Array, codes: Codes, to: number, left: Uint8Array, moving: Uint8Array): void {
  for (let i = 0; i < its.length; i++) {
    if (its[i] === 0) continue;
    left[i] = 0;
    if (codes[i] !== to || to < 0) moving[i] = 1;
  }
}

/** Corrects `moving` for the held rows among those with an answer: they move if they are held for another answer. */
function decideHeld(its: Uint8Array, held: Codes, answer: number, moving: Uint8Array): void {
  for (let i = 0; i < its.length; i++)
    if (its[i] === 1 && held[i]! >= 0) moving[i] = Number(held[i] !== answer);
}

/** Returns the codes that are in an array. */
function codesIn(codes: Codes): Iterable<number> {
  const first = codes[0] ?? -1;
  // Nearly always: an iterator would take longer than all the rest.
  for (let i = 0; i < codes.length; i++) if (codes[i] !== first) return new Set(codes);
  return [first];
}

function keepStages(
  among: Uint8Array,
  codes: Codes,
  words: readonly string[],
  stages: ReadonlySet<string>,
): void {
  const holds = Uint8Array.from([0, ...words.map(word => Number(stages.has(word)))]);
  for (let i = 0; i < among.length; i++) among[i]! &= holds[codes[i]! + 1]!;
}
