/** A small workspace in memory: a state of plain records, and the changes that lead from one set of records to another. */
import { added } from '../added.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { checkConfig } from '../../src/app/core/check-config.ts';
import { type Change, setChange } from '../../src/domain/changes.ts';
import type { Config } from '../../src/domain/config.ts';
import type { Clock } from '../../src/domain/clock.ts';
import { type Kind, numberOf } from '../../src/domain/kinds.ts';
import type { Rec } from '../../src/domain/records.ts';
import { type Base, State } from '../../src/state/state.ts';
import { MemorySource } from '../../src/state/source.ts';
import { zone } from '../../src/domain/zone.ts';
import { type BoundQuery, compileText } from '../../src/query/compile.ts';
import type { Scope } from '../../src/query/scope.ts';
import { wholeScope } from '../../src/query/whole-scope.ts';
import { languages } from '../languages.ts';

export const crmYaml = `name: Test
timezone: Europe/Amsterdam
currency: EUR
users:
  ana: { name: Ana Ruiz, email: ana@example.com, role: manager }
  ben: { name: Ben Bos, email: ben@example.com }
  cho: { name: Cho, role: restricted }
teams: { north: [ana, ben], empty: [] }
task-types: { call: { contact: true }, email: { contact: true }, meeting: { contact: true }, todo: {} }
fields:
  deal:
    product: { type: text }
    website: { type: link }
    seats: { type: number }
    budget: { type: money }
    renewal: { type: date }
    trial: { type: boolean }
    qualification: { type: choice, options: [unknown, target group, not a target] }
    regions: { type: choices, options: [north, south, none] }
    leadSource: { type: text }
    po-number: { type: text }
  contact:
    level: { type: choice, options: [junior, senior] }
  account:
    employees: { type: number }
scores:
  default:
    for: contact
    rules:
      - { when: 'event:form.submitted', points: 20, expires: 90d }
      - { when: 'tag:vip', points: 5 }
  heat: { for: deal, rules: [{ when: 'is:won', points: 7 }] }
views:
  hot: { of: deals, query: 'is:open value.over:5k' }
  mine: { of: deals, query: 'owner:me' }
  hot-mine: { of: deals, query: '@hot @mine' }
  people: { of: contacts, query: 'has:email' }
`;

export const salesYaml = `name: Sales
stages:
  - { id: to-contact, name: To contact, group: sales, rotting: 7d }
  - { id: proposal, name: Proposal sent, group: sales }
  - { id: customer, name: Customer, group: customers }
`;

export const serviceYaml = `name: Service desk
currency: USD
stages:
  - { id: intake, name: Intake }
  - { id: proposal, name: Proposal sent, rotting: 1d }
`;

export const files: ReadonlyMap<string, string> = new Map([
  ['crm.yaml', crmYaml],
  ['pipelines/sales.yaml', salesYaml],
  ['pipelines/service.yaml', serviceYaml],
]);

/** The settings that files say; fails where they are wrong. */
export function configOf(of: ReadonlyMap<string, string>): Config {
  const { config, problems } = checkConfig(of, recordKinds, languages);
  if (!config || problems.length > 0) throw new Error(JSON.stringify(problems));
  return config;
}

export const config = configOf(files);

/** Monday, 10:00 in Amsterdam. */
export const NOW = '2026-09-14T08:00:00.000Z';
export const clock: Clock = { now: Date.parse(NOW), zone: zone('Europe/Amsterdam') };

const kindOfId = (id: string): Kind => recordKinds.kindOf(id);
const inOrder = (records: readonly Rec[], kind: Kind): Rec[] =>
  records.filter(r => kindOfId(r.id) === kind).sort((a, b) => numberOf(a.id) - numberOf(b.id));

/** A state that has just these records. */
export function stateOf(records: readonly Rec[], settings: Config = config): State {
  const base: Base = {
    seq: 0,
    seqOf: () => 0,
    source: kind => new MemorySource(inOrder(records, kind)),
    named: () => [],
    trash: () => [],
    next: kind => numberOf(inOrder(records, kind).at(-1)?.id ?? 'X0') + 1,
  };
  return new State(base, settings);
}

/** What leads from some records to others, in such an order that nothing refers to what is not there yet. */
export function changesBetween(before: readonly Rec[], after: readonly Rec[]): Change[] {
  const old = new Map(before.map(r => [r.id, r]));
  const now = new Map(after.map(r => [r.id, r]));
  const removed = before.filter(r => !now.has(r.id));
  const fresh = (['account', 'contact', 'deal', 'task', 'activity', 'event', 'invoice'] as const).flatMap(
    kind => inOrder(after, kind).filter(r => !old.has(r.id)),
  );
  return [
    ...fresh.map((add): Change => added(add)),
    ...after.flatMap(rec => {
      const was = old.get(rec.id);
      if (!was) return [];
      const fields = Object.fromEntries([...Object.keys(was), ...Object.keys(rec)].map(k => [k, rec[k]]));
      const change = setChange(kindOfId(rec.id), was, fields);
      if (!change) return [];
      // What otherwise follows from the time of the change.
      const derived = ['updatedAt', 'stageSince'].filter(name => rec[name] !== undefined);
      return {
        ...change,
        set: {
          ...change.set,
          ...Object.fromEntries(derived.map(name => [name, [was[name] ?? null, rec[name]!] as const])),
        },
      };
    }),
    ...removed.map((rm): Change => ({ kind: kindOfId(rm.id), id: rm.id, rm })),
  ];
}

export function applyAll(state: State, changes: readonly Change[]): void {
  for (const change of changes) state.apply(change, NOW, 1);
}

export const scopeOf = (state: State, me = 'ana'): Scope => wholeScope(state, clock, me);

export const bind = (text: string, kind: Kind, state: State, me = 'ana'): BoundQuery =>
  compileText(text, kind, state.config).bind(scopeOf(state, me));

/** Asks often enough for a query to think about all rows at once. */
export function askOften(bound: BoundQuery): void {
  for (let i = 0; i < 100; i++) bound.test(0);
}

/** The ids of the live records for which a query holds, joined by spaces; asked of many rows at once, it holds for the same. */
export function found(state: State, kind: Kind, bound: BoundQuery): string {
  const table = state.table(kind);
  const live = table.liveRows();
  const rows = live.filter(row => bound.test(row));
  const among = new Uint8Array(table.rows);
  for (const row of live) among[row] = 1;
  bound.narrow(among, 0);
  const together = live.filter(row => among[row] === 1);
  if (String(together) !== String(rows)) throw new Error(`row by row ${rows}, together ${together}`);
  return rows.map(row => table.id(row)).join(' ');
}

/**
 * Records with the same ids but other contents, some missing and some too many: where to come from when a bound
 * query is to follow changes.
 */
export function otherwise(records: readonly Rec[]): Rec[] {
  return recordKinds.names.flatMap(kind => {
    const own = inOrder(records, kind);
    const rotated = own.map((rec, i): Rec => ({ ...own[(i + 1) % own.length]!, id: rec.id }));
    const surplus = own.map((rec): Rec => ({ ...rec, id: rec.id[0] + String(numberOf(rec.id) + 500) }));
    return [...rotated.filter((_, i) => i % 3 !== 1), ...surplus];
  });
}
