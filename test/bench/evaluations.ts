/**
 * How many conditions of rules are asked of a record in a second, by CPU time: inside `plan` at a quiet sweep of
 * 100,000 deals under 20 rules and 8 transitions, and in json-rules-engine with the same conditions. Prints both as
 * JSON. `plan` asks each rule twice, as of the last sweep and as of now, and the transitions as well; counted is one
 * answer per rule and deal.
 */
import { recordKinds } from '../../src/kinds/index.ts';
import { Engine } from 'json-rules-engine';
import { nothing } from '../../src/app/automation/rehearsal.ts';
import { planInput } from '../../src/app/automation/plan-input.ts';
import { checkConfig } from '../../src/app/core/check-config.ts';
import type { ColumnData } from '../../src/state/columns/column.ts';
import { DAY, formatInstant } from '../../src/domain/dates.ts';
import type { ColumnSpec } from '../../src/kinds/define.ts';
import type { Rec } from '../../src/domain/records.ts';
import { type Base, State } from '../../src/state/state.ts';
import { MemorySource } from '../../src/state/source.ts';
import { plan } from '../../src/engine/plan.ts';
import { languages } from '../languages.ts';

const DEALS = 100_000;
/** json-rules-engine is asked about so many of them: it takes seconds for these. */
const ASKED_OF_PEER = 500;
const RUNS = 5;
const NOW = Date.parse('2026-09-14T08:00:00Z');

interface Condition {
  readonly query: string;
  readonly fact: string;
  readonly operator: string;
  readonly value: unknown;
}

const stages = ['asked', 'offered', 'promised', 'waiting'];
const condition = (query: string, fact: string, operator: string, value: unknown): Condition => ({
  query,
  fact,
  operator,
  value,
});
const over = (value: number) => condition(`value.over:${value}`, 'value', 'greaterThan', value);
const inStage = (stage: string) => condition(`stage:${stage}`, 'stage', 'equal', stage);
const isOpen = condition('is:open', 'status', 'equal', 'open');
const olderThan = (days: number) => condition(`created:<-${days}d`, 'age', 'greaterThan', days);
const untagged = condition('not tag:cold', 'tags', 'doesNotContain', 'cold');

/** All that a rule asks must hold; they hold for few deals, and for the same ones at both times. */
const rules: readonly (readonly Condition[])[] = Array.from({ length: 20 }, (_, n) => [
  isOpen,
  over(10_000 + n * 2_000),
  ...(n % 2 === 0 ? [inStage(stages[n % 4]!), untagged] : [olderThan(90 + n)]),
]);

const files = new Map([
  ['crm.yaml', 'name: Bench\ntimezone: Europe/Amsterdam\ncurrency: EUR\n'],
  [
    'pipelines/sales.yaml',
    `name: Sales\nstages:\n${stages.map(id => `  - { id: ${id}, name: ${id} }\n`).join('')}transitions:\n${Array.from(
      { length: 8 },
      (_, n) => `  - { to: ${stages[n % 4]}, when: 'is:lost value.over:${90_000 + n}' }\n`,
    ).join('')}`,
  ],
  ...rules.map((conditions, n): [string, string] => [
    `automations/rule-${n}.yaml`,
    `for: deal\non:\n  - matches: { query: '${conditions.map(c => c.query).join(' ')}' }\nsteps:\n  - add-tag: seen\n`,
  ]),
]);

const deals: Rec[] = Array.from({ length: DEALS }, (_, n) => {
  const createdAt = formatInstant(NOW - ((n * 7) % 200) * DAY - DAY / 2);
  return {
    id: `D${n + 1}`,
    title: `Deal ${n}`,
    value: `${(n * 37) % 60_000}.50`,
    currency: 'EUR',
    pipeline: 'sales',
    stage: stages[n % 4]!,
    status: n % 3 === 0 ? 'won' : 'open',
    tags: n % 5 === 0 ? ['cold'] : ['vip'],
    createdAt,
    updatedAt: createdAt,
    stageSince: createdAt,
  };
});

/** As it is with a projection: columns are copied, and not made of records. */
class Projected extends MemorySource {
  readonly #columns = new Map<string, ColumnData>();
  override column(spec: ColumnSpec): ColumnData {
    let data = this.#columns.get(spec.key);
    if (!data) this.#columns.set(spec.key, (data = super.column(spec)));
    return structuredClone(data);
  }
}

const { config, problems } = checkConfig(files, recordKinds, languages);
if (!config || problems.length > 0) throw new Error(JSON.stringify(problems));
const projected = new Projected(deals);
const base: Base = {
  ...nothing,
  seq: 1,
  seqOf: () => 1,
  source: kind => (kind === 'deal' ? projected : new MemorySource([])),
  named: kind => (kind === 'cursor' ? [{ id: 'engine', seq: 1, at: formatInstant(NOW - 60_000) }] : []),
  next: kind => (kind === 'deal' ? DEALS + 1 : 1),
};
const state = new State(base, config);
// One change, so that rules which time alone cannot start are asked as well.
state.apply({ kind: 'deal', id: 'D1', set: { title: ['Deal 0', 'Deal'] } }, formatInstant(NOW - 1000), 2);
const input = planInput({
  state,
  since: state.log(),
  stageSince: new Map(),
  activated: new Map(),
  now: NOW,
  languages: { texts: undefined as never, crons: undefined as never },
});

function ours(): number {
  const begin = process.cpuUsage();
  const { trace } = plan(input);
  const { user, system } = process.cpuUsage(begin);
  if (trace.automations.length > 0 || trace.transitions.length > 0) throw new Error('the sweep is not quiet');
  return (DEALS * rules.length) / ((user + system) / 1e6);
}

async function theirs(): Promise<number> {
  const engine = new Engine(
    rules.map(conditions => ({
      conditions: { all: conditions.map(({ fact, operator, value }) => ({ fact, operator, value })) },
      event: { type: 'fires' },
    })),
  );
  const records = deals.slice(0, ASKED_OF_PEER).map(deal => ({
    ...deal,
    value: Number(deal.value),
    age: (NOW - Date.parse(deal.createdAt!)) / DAY,
  }));
  const begin = process.cpuUsage();
  for (const record of records) await engine.run(record);
  const { user, system } = process.cpuUsage(begin);
  return (records.length * rules.length) / ((user + system) / 1e6);
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;

async function measure(): Promise<void> {
  const rates: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  for (let run = 0; run < RUNS; run++) {
    rates.ours.push(ours());
    rates.theirs.push(await theirs());
  }
  process.stdout.write(JSON.stringify({ ours: median(rates.ours), theirs: median(rates.theirs) }));
}

void measure();
