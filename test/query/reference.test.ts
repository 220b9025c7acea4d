/**
 * Random queries on random records: what the compiled query says, against plain records looked at the slow way.
 * Nothing of src/query is used for the latter: every term comes with a predicate of its own.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Kind, numberOf } from '../../src/domain/kinds.ts';
import type { Json, Rec } from '../../src/domain/records.ts';
import type { Table } from '../../src/state/table.ts';
import { type BoundQuery, compileText, type Explanation } from '../../src/query/compile.ts';
import { applyAll, askOften, changesBetween, clock, config, NOW, scopeOf, stateOf } from './world.ts';
import { runs } from '../effort.ts';

const DAY = 86_400_000;
const now = Date.parse(NOW);
const ago = (days: number, ms = 0) => new Date(now - days * DAY - ms).toISOString();

// ---- records

const some = <T>(...values: T[]) => fc.constantFrom(...values);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const instant = some(
  ...[
    NOW,
    ago(0, 1),
    ago(0, -1),
    ago(0.5),
    ago(1),
    ago(7),
    ago(7, 1),
    ago(30),
    ago(30, 1),
    ago(29.9),
    ago(91),
  ],
  ...[
    '2026-03-28T23:00:00.000Z',
    '2026-03-29T21:59:59.999Z',
    '2026-03-29T22:00:00.000Z',
    '2025-10-26T22:59:59.999Z',
  ],
);
const day = some(
  '2026-09-13',
  '2026-09-14',
  '2026-09-15',
  '2026-09-16',
  '2026-09-30',
  '2026-10-01',
  '2026-06-30',
  '2025-12-31',
);
const text = some('Oak', 'öak desk', 'CHAIRS', 'chairs, oak', 'Łódź', 'a\noak', '');
const tags = maybe(fc.subarray(['vip', 'cold', 'new'], { minLength: 1 }));
const owner = maybe(some('ana', 'ben', 'cho'));
const amount = some('0.00', '999.99', '1000.00', '1000.01', '5000.00');
const numbered = (letter: string, most: number) =>
  maybe(fc.integer({ min: 1, max: most }).map(n => letter + n));
const contact = numbered('C', 4);
const account = numbered('A', 3);
const deal = numbered('D', 6);
const made = { createdAt: instant, updatedAt: instant };
const adjustments = maybe(
  fc.array(
    fc.record({ score: some('default', 'heat'), by: some(5, -3), at: instant, until: maybe(instant) }),
    { maxLength: 2, minLength: 1 },
  ),
);

const shapes: { readonly [kind in Kind]?: Record<string, fc.Arbitrary<unknown>> } = {
  deal: {
    title: text.filter(t => t !== ''),
    value: amount,
    currency: some('EUR', 'USD'),
    description: maybe(text),
    tags,
    owner,
    account,
    place: some(
      ['sales', 'to-contact'],
      ['sales', 'proposal'],
      ['sales', 'customer'],
      ['service', 'intake'],
      ['service', 'proposal'],
    ),
    status: some('open', 'open', 'won', 'lost'),
    contacts: maybe(fc.subarray(['C1', 'C2', 'C3', 'C4'], { minLength: 1 })),
    expectedClose: maybe(day),
    stageSince: instant,
    closedAt: maybe(instant),
    adjustments,
    ...made,
    fields: maybe(
      fc.record({
        product: maybe(text),
        seats: maybe(some(-1, 0, 4.5)),
        trial: maybe(fc.boolean()),
        renewal: maybe(day),
        regions: maybe(fc.subarray(['north', 'south'], { minLength: 1 })),
        qualification: maybe(some('unknown', 'target group')),
      }),
    ),
  },
  contact: {
    name: text.filter(t => t !== ''),
    email: maybe(some('a@x.example', 'b@x.example')),
    account,
    owner,
    tags,
    consent: maybe(fc.boolean()),
    adjustments,
    ...made,
  },
  account: { name: some('Acme', 'Łódź', 'Oak'), parent: account, owner, tags, ...made },
  task: {
    title: text,
    type: some('call', 'todo', 'gone'),
    for: fc.oneof(deal, deal, contact, account),
    due: maybe(day),
    status: some('open', 'done'),
    doneAt: instant,
    assignee: owner,
    ...made,
  },
  activity: {
    type: some('call', 'note', 'note', 'email'),
    for: fc.oneof(deal, deal, contact, account),
    at: instant,
    by: some('ana', 'tester'),
    text: maybe(text),
    ...made,
  },
  event: {
    name: some('form.submitted', 'email.opened'),
    contact,
    at: instant,
    props: maybe(fc.record({ n: maybe(some<Json>(1, '2', 'x', true)) })),
    ...made,
  },
  invoice: { deal, account, contact, amount, currency: some('EUR'), paid: maybe(day), ...made },
};
const letters: { readonly [kind: Kind]: readonly [string, number] } = {
  deal: ['D', 6],
  contact: ['C', 4],
  account: ['A', 3],
  task: ['T', 8],
  activity: ['V', 6],
  event: ['E', 6],
  invoice: ['I', 6],
};

/** What is empty is not stored; a done task alone has a time at which it was done. */
function stored(id: string, values: Record<string, unknown>): Rec {
  const { place, ...rest } = values;
  if (place) [rest.pipeline, rest.stage] = place as [string, string];
  if (rest.status === 'open') delete rest.doneAt;
  const clean = (object: object): object =>
    Object.fromEntries(
      Object.entries(object).flatMap(([key, value]) => {
        if (value === undefined || value === '') return [];
        const inner = typeof value === 'object' && !Array.isArray(value) ? clean(value as object) : value;
        return typeof inner === 'object' && Object.keys(inner as object).length === 0 ? [] : [[key, inner]];
      }),
    );
  return { id, ...clean(rest) } as Rec;
}

const world: fc.Arbitrary<Rec[]> = fc
  .tuple(
    ...Object.entries(letters).map(([kind, [letter, most]]) =>
      fc
        .tuple(
          fc.subarray(Array.from({ length: most }, (_, i) => i + 1)),
          fc.array(fc.record(shapes[kind as Kind]!), { minLength: most, maxLength: most }),
        )
        .map(([numbers, values]) => numbers.map(n => stored(letter + n, values[n - 1]!))),
    ),
  )
  .map(kinds => kinds.flat());

// ---- looked at the slow way

type Holds = (rec: Rec, all: readonly Rec[]) => boolean;
interface NaiveTerm {
  readonly text: string;
  readonly holds: Holds;
}

const fold = (s: string) =>
  s.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ł', 'l').replaceAll('\n', ' ');
const list = (value: Json | undefined): string[] =>
  Array.isArray(value) ? (value as string[]) : typeof value === 'string' ? [value] : [];
const byId = (all: readonly Rec[], id: Json | undefined) => all.find(r => r.id === id);
const of = (all: readonly Rec[], letter: string) => all.filter(r => r.id.startsWith(letter));
const about = (all: readonly Rec[], letter: string, field: string, id: string | undefined) =>
  of(all, letter).filter(r => id !== undefined && list(r[field]).includes(id));
const inZone = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Amsterdam' });
const dayOf = (at: Json | undefined) => (typeof at === 'string' ? inZone.format(new Date(at)) : undefined);
const today = '2026-09-14';
const custom = (rec: Rec, name: string): Json | undefined =>
  (rec.fields as Record<string, Json> | undefined)?.[name];

type Get = (rec: Rec, all: readonly Rec[]) => Json | undefined;
const field =
  (name: string): Get =>
  rec =>
    rec[name];
const customField =
  (name: string): Get =>
  rec =>
    custom(rec, name);

const operators = ['', '=', '>', '>=', '<', '<='] as const;
type Operator = (typeof operators)[number];
const compared = <T extends number | string>(operator: Operator, value: T, from: T, to: T): boolean =>
  ({
    '': value >= from && value <= to,
    '=': value >= from && value <= to,
    '>': value > to,
    '>=': value >= from,
    '<': value < from,
    '<=': value <= to,
  })[operator];

/** A number or day that a record has, compared with one of these. */
function ordered<T extends number | string>(
  name: string,
  get: (rec: Rec, all: readonly Rec[]) => T | undefined,
  values: readonly (readonly [text: string, from: T, to: T])[],
): fc.Arbitrary<NaiveTerm> {
  const holdsFor =
    (test: (value: T) => boolean): Holds =>
    (rec, all) => {
      const value = get(rec, all);
      return value !== undefined && test(value);
    };
  const value = some(...values);
  return fc.oneof(
    fc.tuple(some(...operators), value).map(([operator, [said, from, to]]) => ({
      text: `${name}:${operator}${said}`,
      holds: holdsFor(v => compared(operator, v, from, to)),
    })),
    fc.tuple(value, value).map(([a, b]) => {
      const [[low, from], [high, , to]] = a[1] <= b[1] ? [a, b] : [b, a];
      return { text: `${name}:${low}..${high}`, holds: holdsFor(v => v >= from && v <= to) };
    }),
    fc.tuple(value, value).map(([a, b]) => ({
      text: `${name}:${a[0]},${b[0]}`,
      holds: holdsFor(v => [a, b].some(([, from, to]) => v >= from && v <= to)),
    })),
  );
}

const numbers = (...values: number[]) => values.map(v => [String(v), v, v] as const);
const periods = [
  ['today', today, today],
  ['tomorrow', '2026-09-15', '2026-09-15'],
  ['2026-03-29', '2026-03-29', '2026-03-29'],
  ['2026-09', '2026-09-01', '2026-09-30'],
  ['2026Q2', '2026-04-01', '2026-06-30'],
  ['2025', '2025-01-01', '2025-12-31'],
  ['eom', '2026-09-30', '2026-09-30'],
  ['-30d', '2026-08-15', '2026-08-15'],
] as const;
const dayField = (name: string, get: Get) =>
  ordered(name, (rec, all) => get(rec, all) as string | undefined, periods);
const instantField = (name: string, key: string) => ordered(name, rec => dayOf(rec[key]), periods);
const numberField = (name: string, get: Get, ...values: number[]) =>
  ordered(
    name,
    (rec, all) => {
      const value = get(rec, all);
      return value === undefined ? undefined : Number(value);
    },
    numbers(...values),
  );
/** `30d` alone is any moment of the thirtieth day; compared it is exact. */
const durationField = (
  name: string,
  since: (rec: Rec, all: readonly Rec[]) => string,
): fc.Arbitrary<NaiveTerm> =>
  fc.tuple(some(...operators), some(7, 30, 91)).map(([operator, days]) => ({
    text: `${name}:${operator}${days}d`,
    holds: (rec, all) => {
      const age = now - Date.parse(since(rec, all));
      return compared(operator, age, days * DAY, operator === '' ? (days + 1) * DAY - 1 : days * DAY);
    },
  }));

const quoted = (s: string) => (/^[\w@.-]+$/.test(s) ? s : `"${s}"`);
/** A field that holds words; `none` is a record that has none of it. */
const wordField = (name: string, get: Get, ...values: string[]): fc.Arbitrary<NaiveTerm> =>
  fc.subarray(values, { minLength: 1, maxLength: 2 }).map(wanted => ({
    text: `${name}:${wanted.map(quoted).join(',')}`,
    holds: (rec, all) => {
      const has = list(get(rec, all));
      return has.some(w => wanted.includes(w)) || (has.length === 0 && wanted.includes('none'));
    },
  }));
const textField = (name: string, get: Get): fc.Arbitrary<NaiveTerm> =>
  fc
    .tuple(some('', '='), fc.subarray(['oak', 'OAK desk', 'chairs', 'lodz'], { minLength: 1, maxLength: 2 }))
    .map(([operator, wanted]) => ({
      text: `${name}:${operator}${wanted.map(quoted).join(',')}`,
      holds: (rec, all) => {
        const value = fold((get(rec, all) as string | undefined) ?? '');
        return wanted.some(w => (operator === '=' ? value === fold(w) : value.includes(fold(w))));
      },
    }));
const presence = (name: string, has: Holds): fc.Arbitrary<NaiveTerm> =>
  some('has', 'no').map(word => ({
    text: `${word}:${name}`,
    holds: (rec, all) => has(rec, all) === (word === 'has'),
  }));
const present = (name: string, get: Get) => presence(name, (rec, all) => get(rec, all) !== undefined);
const fixed = (text: string, holds: Holds): fc.Arbitrary<NaiveTerm> => fc.constant({ text, holds });
/** Of a related record: a record without one never matches. Bare words have no field to say whose. */
const through = (
  name: string,
  get: (rec: Rec, all: readonly Rec[]) => Rec | undefined,
  term: fc.Arbitrary<NaiveTerm>,
) =>
  term
    .filter(t => /^(?!has:|no:)[a-z]/.test(t.text) && t.text.includes(':'))
    .map(t => ({
      text: `${name}.${t.text}`,
      holds: (rec: Rec, all: readonly Rec[]) => {
        const related = get(rec, all);
        return related !== undefined && t.holds(related, all);
      },
    }));

/** The living account that a record names, its primary contact, the deal that it is for. */
const accountOf: Get = rec => rec.account;
const related = (get: Get, letter: string) => (rec: Rec, all: readonly Rec[]) => {
  const id = get(rec, all);
  return typeof id === 'string' && id.startsWith(letter) ? byId(all, id) : undefined;
};
const primary: Get = rec => list(rec.contacts)[0];

function refField(name: string, get: Get, names: Record<string, (r: Rec) => boolean>, ...ids: string[]) {
  return fc.subarray([...ids, ...Object.keys(names), 'none'], { minLength: 1, maxLength: 3 }).map(wanted => ({
    text: `${name}:${wanted.map(quoted).join(',')}`,
    holds: (rec: Rec, all: readonly Rec[]) => {
      const refs = list(get(rec, all));
      if (refs.length === 0) return wanted.includes('none');
      return refs.some(
        id => wanted.includes(id) || all.some(r => r.id === id && wanted.some(w => names[w]?.(r))),
      );
    },
  }));
}
const accountNames = { acme: (r: Rec) => fold(String(r.name)).includes('acme') };
const contactNames = { 'A@x.example': (r: Rec) => r.email === 'a@x.example' };

const tasksOf = (all: readonly Rec[], rec: Rec) => about(all, 'T', 'for', rec.id);
const openTasks = (all: readonly Rec[], rec: Rec) => tasksOf(all, rec).filter(t => t.status === 'open');
const isOverdue = (t: Rec) => t.due !== undefined && (t.due as string) < today;

function lastContact(rec: Rec, all: readonly Rec[]): string {
  const moments = [
    ...tasksOf(all, rec).map(t => t.createdAt!),
    ...tasksOf(all, rec)
      .filter(t => t.status === 'done' && t.type === 'call')
      .map(t => t.doneAt as string),
    ...about(all, 'V', 'for', rec.id)
      .filter(v => v.type !== 'note')
      .map(v => v.at as string),
  ];
  return moments.filter(at => at <= NOW).reduce((a, b) => (a > b ? a : b), rec.createdAt!);
}

function nextAction(rec: Rec, all: readonly Rec[]): { word: string; day: string | undefined } {
  const open = openTasks(all, rec);
  const next = open.flatMap(t => (t.due === undefined ? [] : [t.due as string])).sort()[0];
  if (open.length === 0) return { word: 'none', day: undefined };
  const word =
    next === undefined || next > '2026-09-15'
      ? 'scheduled'
      : next < today
        ? 'overdue'
        : next === today
          ? 'today'
          : 'upcoming';
  return { word, day: next };
}

/** The events of a deal's contacts, an account's contacts, or a contact. */
function eventsOf(rec: Rec, all: readonly Rec[]): Rec[] {
  const contacts = rec.id.startsWith('C')
    ? [rec.id]
    : rec.id.startsWith('D')
      ? list(rec.contacts)
      : about(all, 'C', 'account', rec.id).map(c => c.id);
  return contacts.filter(id => byId(all, id)).flatMap(id => about(all, 'E', 'contact', id));
}
const happened = (events: readonly Rec[], name: string, within: number) =>
  events.some(
    e => e.name === name && Date.parse(e.at as string) <= now && now - Date.parse(e.at as string) <= within,
  );

function paidInvoices(rec: Rec, all: readonly Rec[]): number {
  const isFor = (invoice: Rec) => {
    if (rec.id.startsWith('C')) return invoice.contact === rec.id;
    if (rec.id.startsWith('A')) return invoice.account === rec.id;
    const names = (id: Json | undefined, mine: Json | undefined) =>
      id !== undefined && id === mine && byId(all, id) !== undefined;
    return (
      invoice.deal === rec.id ||
      names(invoice.account, rec.account) ||
      names(invoice.contact, primary(rec, all))
    );
  };
  return of(all, 'I').filter(i => isFor(i) && i.paid !== undefined && (i.paid as string) <= today).length;
}

/** The scores of world.ts: of contacts, points for a form within 90 days and for a tag; of deals, for being won. */
function score(rec: Rec, all: readonly Rec[]): number {
  const name = rec.id.startsWith('C') ? 'default' : 'heat';
  let sum = rec.status === 'won' ? 7 : 0;
  if (rec.id.startsWith('C') && happened(eventsOf(rec, all), 'form.submitted', 90 * DAY)) sum += 20;
  if (rec.id.startsWith('C') && list(rec.tags).includes('vip')) sum += 5;
  for (const each of (rec.adjustments ?? []) as unknown as {
    score: string;
    by: number;
    at: string;
    until?: string;
  }[])
    if (each.score === name && each.at <= NOW && (each.until === undefined || each.until > NOW))
      sum += each.by;
  return sum;
}

const searched = (rec: Rec, all: readonly Rec[], fields: readonly string[]) => [
  ...fields.map(name => rec[name]),
  ...about(all, 'V', 'for', rec.id)
    .filter(v => v.type === 'note')
    .map(v => v.text),
  ...(rec.id.startsWith('C') ? [rec.email] : []),
  // A deal is found by its people too.
  ...(rec.id.startsWith('D')
    ? [byId(all, rec.account)?.name, ...list(rec.contacts).flatMap(id => namesOf(byId(all, id)))]
    : []),
];
const namesOf = (contact: Rec | undefined) => [contact?.name, contact?.email];
const bareWords = (fields: readonly string[], withNotes = true): fc.Arbitrary<NaiveTerm> =>
  some('oak', 'ÖAK', '"oak desk"', 'desk', 'łodz', '"chairs, oak"', 'text:chairs,desk').map(text => ({
    text,
    holds: (rec, all) => {
      const wanted = text.startsWith('text:') ? text.slice(5).split(',') : [text.replaceAll('"', '')];
      const texts = withNotes ? searched(rec, all, fields) : fields.map(name => rec[name]);
      return texts.some(t => typeof t === 'string' && wanted.some(w => fold(t).includes(fold(w))));
    },
  }));

/** What deals, contacts and accounts have in common. */
const subjectTerms: readonly fc.Arbitrary<NaiveTerm>[] = [
  durationField('idle', lastContact),
  numberField('tasks.open', (rec, all) => openTasks(all, rec).length, 0, 1, 2),
  numberField('tasks.done', (rec, all) => tasksOf(all, rec).length - openTasks(all, rec).length, 0, 1),
  numberField('tasks.overdue', (rec, all) => openTasks(all, rec).filter(isOverdue).length, 0, 1),
  fixed('is:overdue', (rec, all) => openTasks(all, rec).some(isOverdue)),
  presence('task', (rec, all) => tasksOf(all, rec).length > 0),
  presence('activity', (rec, all) => about(all, 'V', 'for', rec.id).length > 0),
  wordField(
    'next-action',
    (rec, all) => nextAction(rec, all).word,
    'overdue',
    'today',
    'upcoming',
    'scheduled',
    'none',
  ),
  dayField('next-action', (rec, all) => nextAction(rec, all).day).filter(t => !/[:,]today/.test(t.text)),
  numberField('invoices.paid', paidInvoices, 0, 1, 2),
  fc.tuple(some('form.submitted', 'email.opened'), some(undefined, 7, 30)).map(([name, days]) => ({
    text: `event:${name}${days === undefined ? '' : `@${days}d`}`,
    holds: (rec: Rec, all: readonly Rec[]) =>
      happened(eventsOf(rec, all), name, (days ?? Number.POSITIVE_INFINITY) * DAY),
  })),
  wordField('tag', field('tags'), 'vip', 'cold', 'none'),
  wordField('owner', field('owner'), 'ana', 'ben', 'none'),
  fixed('owner:me', rec => rec.owner === 'ana'),
  fixed('owner:team:north', rec => rec.owner === 'ana' || rec.owner === 'ben'),
  present('owner', field('owner')),
  instantField('created', 'createdAt'),
  instantField('updated', 'updatedAt'),
];

const dealsOf = (all: readonly Rec[], rec: Rec) =>
  about(all, 'D', rec.id.startsWith('C') ? 'contacts' : 'account', rec.id);
const countDeals = (status: string) =>
  numberField(
    `deals.${status}`,
    (rec, all) => dealsOf(all, rec).filter(d => d.status === status).length,
    0,
    1,
    2,
  );
/** The sums in cents of what is open or won, of each currency; 0 where there is nothing. */
function dealsValue(rec: Rec, all: readonly Rec[]): number[] {
  const counted = dealsOf(all, rec).filter(d => d.status !== 'lost');
  const sums = ['EUR', 'USD'].flatMap(currency => {
    const own = counted.filter(d => d.currency === currency);
    return own.length === 0 ? [] : own.reduce((sum, d) => sum + Math.round(Number(d.value) * 100), 0);
  });
  return sums.length === 0 ? [0] : sums;
}
/** What contacts and accounts have beside that: their deals. */
const customerTerms: readonly fc.Arbitrary<NaiveTerm>[] = [
  countDeals('open'),
  countDeals('won'),
  countDeals('lost'),
  presence('deal', (rec, all) => dealsOf(all, rec).length > 0),
  fc.tuple(some(...operators), some(0, 1000, 1000.01, 5999.99)).map(([operator, value]) => ({
    text: `deals.value:${operator}${value}`,
    holds: (rec: Rec, all: readonly Rec[]) =>
      dealsValue(rec, all).some(sum => compared(operator, sum, value * 100, value * 100)),
  })),
];

const accountTerms: readonly fc.Arbitrary<NaiveTerm>[] = [
  ...subjectTerms,
  ...customerTerms,
  textField('name', field('name')),
  bareWords(['name', 'description']),
  wordField(
    'contact-tag',
    (rec, all) => about(all, 'C', 'account', rec.id).flatMap(c => list(c.tags)),
    'vip',
    'cold',
  ),
  presence('contact', (rec, all) => about(all, 'C', 'account', rec.id).length > 0),
  refField('parent', field('parent'), accountNames, 'A1', 'A2'),
];

const contactTerms: readonly fc.Arbitrary<NaiveTerm>[] = [
  ...subjectTerms,
  ...customerTerms,
  textField('name', field('name')),
  bareWords(['name']),
  present('email', field('email')),
  refField('account', accountOf, accountNames, 'A1', 'A2'),
  fixed('consent:yes', rec => rec.consent === true),
  fixed('consent:no', rec => rec.consent === false),
  numberField('score', score, 0, 5, 25),
  presence('event', (rec, all) => eventsOf(rec, all).length > 0),
  through('account', related(accountOf, 'A'), fc.oneof(...accountTerms)),
];

const groups: Record<string, string> = { 'to-contact': 'sales', proposal: 'sales', customer: 'customers' };
const groupOf: Get = rec => (rec.pipeline === 'sales' ? groups[rec.stage as string] : undefined);
const limits: Record<string, number> = { 'sales/to-contact': 7, 'service/proposal': 1 };

const dealTerms: readonly fc.Arbitrary<NaiveTerm>[] = [
  ...subjectTerms,
  textField('title', field('title')),
  textField('product', customField('product')),
  bareWords(['title', 'description']),
  numberField('value', field('value'), 0, 1000, 5000),
  numberField('seats', customField('seats'), -1, 0, 4.5),
  dayField('close', field('expectedClose')),
  dayField('renewal', customField('renewal')),
  instantField('closed', 'closedAt'),
  durationField('stage-age', rec => rec.stageSince as string),
  wordField('stage', field('stage'), 'to-contact', 'proposal', 'customer'),
  wordField('pipeline', field('pipeline'), 'sales', 'service'),
  wordField('status', field('status'), 'open', 'won', 'lost'),
  wordField('is', field('status'), 'open', 'won', 'lost'),
  wordField('group', groupOf, 'sales', 'customers'),
  wordField('currency', field('currency'), 'EUR', 'USD'),
  wordField('regions', customField('regions'), 'north', 'south'),
  wordField('qualification', customField('qualification'), 'unknown', 'target group'),
  fixed('trial:yes', rec => custom(rec, 'trial') === true),
  present('trial', customField('trial')),
  present('close', field('expectedClose')),
  present('contact', field('contacts')),
  present('group', groupOf),
  refField('contact', field('contacts'), contactNames, 'C1', 'C2'),
  refField('account', accountOf, accountNames, 'A1', 'A2'),
  wordField(
    'contact-tag',
    (rec, all) => list(rec.contacts).flatMap(id => list(byId(all, id)?.tags)),
    'vip',
    'cold',
  ),
  numberField('score', score, 0, 7),
  fixed('is:rotting', rec => {
    const limit = limits[`${rec.pipeline}/${rec.stage}`];
    return (
      rec.status === 'open' && limit !== undefined && now - Date.parse(rec.stageSince as string) > limit * DAY
    );
  }),
  fixed('@hot', rec => rec.status === 'open' && Number(rec.value) > 5000),
  through('contact', related(primary, 'C'), fc.oneof(...contactTerms)),
  through('account', related(accountOf, 'A'), fc.oneof(...accountTerms)),
  presence('contact.email', (rec, all) => related(primary, 'C')(rec, all)?.email !== undefined),
];

const target =
  (letter: string): Get =>
  rec =>
    list(rec.for)[0]?.startsWith(letter) ? rec.for : undefined;
const forTerms: readonly fc.Arbitrary<NaiveTerm>[] = [
  refField('for', field('for'), { ...accountNames, ...contactNames }, 'D1', 'C1', 'A1'),
  refField('deal', target('D'), {}, 'D1', 'D2'),
  refField('account', target('A'), accountNames, 'A1'),
  present('deal', target('D')),
  through('deal', related(field('for'), 'D'), fc.oneof(...dealTerms.slice(0, -3))),
];

const terms: { readonly [kind in Kind]?: readonly fc.Arbitrary<NaiveTerm>[] } = {
  deal: dealTerms,
  contact: contactTerms,
  account: accountTerms,
  task: [
    ...forTerms,
    textField('title', field('title')),
    bareWords(['title'], false),
    dayField('due', field('due')),
    instantField('done', 'doneAt'),
    wordField('type', field('type'), 'call', 'todo'),
    wordField('status', field('status'), 'open', 'done'),
    wordField('assignee', field('assignee'), 'ana', 'none'),
    fixed('is:overdue', rec => rec.status === 'open' && isOverdue(rec)),
  ],
  activity: [
    ...forTerms,
    textField('text', field('text')),
    instantField('at', 'at'),
    wordField('type', field('type'), 'call', 'note'),
    wordField('by', field('by'), 'ana', 'tester'),
  ],
  event: [
    wordField('name', field('name'), 'form.submitted', 'email.opened'),
    instantField('at', 'at'),
    refField('contact', field('contact'), contactNames, 'C1'),
    through('contact', related(field('contact'), 'C'), fc.oneof(...contactTerms)),
    fixed('prop.n:>=1', rec => ['1', '2'].includes(String((rec.props as { n?: Json } | undefined)?.n))),
    fixed('prop.n:2,true', rec => ['2', 'true'].includes(String((rec.props as { n?: Json } | undefined)?.n))),
    presence('prop.n', rec => (rec.props as { n?: Json } | undefined)?.n !== undefined),
  ],
  invoice: [
    numberField('amount', field('amount'), 0, 1000),
    dayField('paid', field('paid')),
    fixed('is:paid', rec => rec.paid !== undefined && (rec.paid as string) <= today),
    fixed('is:open', rec => !(rec.paid !== undefined && (rec.paid as string) <= today)),
    refField(
      'for',
      rec => [rec.deal, rec.account, rec.contact].filter(r => r !== undefined) as Json,
      accountNames,
      'D1',
      'C1',
      'A1',
    ),
    refField('account', accountOf, accountNames, 'A1'),
    through('account', related(accountOf, 'A'), fc.oneof(...accountTerms)),
  ],
};

// ---- whole queries

interface NaiveQuery extends NaiveTerm {
  /** Its terms from left to right. */
  readonly terms: readonly NaiveTerm[];
}

function queries(kind: Kind): fc.Arbitrary<NaiveQuery> {
  const leaf = fc.oneof(...terms[kind]!).map((term): NaiveQuery => ({ ...term, terms: [term] }));
  return fc.letrec<{ query: NaiveQuery }>(tie => ({
    query: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 3, arbitrary: leaf },
      {
        weight: 1,
        arbitrary: tie('query').map(q => ({
          text: `not (${q.text})`,
          holds: (r: Rec, all: readonly Rec[]) => !q.holds(r, all),
          terms: q.terms,
        })),
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(some(' ', ' or '), fc.array(tie('query'), { minLength: 2, maxLength: 4 }))
          .map(([glue, parts]) => ({
            text: parts.map(p => `(${p.text})`).join(glue),
            holds: (r: Rec, all: readonly Rec[]) =>
              glue === ' ' ? parts.every(p => p.holds(r, all)) : parts.some(p => p.holds(r, all)),
            terms: parts.flatMap(p => p.terms),
          })),
      },
    ),
  })).query;
}

function leaves(explanation: Explanation): Explanation[] {
  return explanation.parts ? explanation.parts.flatMap(leaves) : [explanation];
}

/** Compares a bound query with the slow way, for every record of the kind, down to each term. */
function compare(
  bound: BoundQuery,
  query: NaiveQuery,
  kind: Kind,
  records: readonly Rec[],
  table: Table,
): void {
  const all = of(records, letters[kind]![0]);
  const among = new Set(table.select(bound.narrow));
  expect(among.size).toBe(all.filter(rec => query.holds(rec, records)).length);
  // Of a block that does not begin with the first row, as all but the first block.
  const from = table.rows >> 1;
  const block = new Uint8Array(table.rows - from).fill(1);
  bound.narrow(block, from);
  for (const rec of all) {
    const row = table.row(numberOf(rec.id));
    if (row >= from)
      expect({ id: rec.id, isLeft: block[row - from] === 1 }).toEqual({ id: rec.id, isLeft: among.has(row) });
    expect({ id: rec.id, isAmong: among.has(row) }).toEqual({
      id: rec.id,
      isAmong: query.holds(rec, records),
    });
    expect({ id: rec.id, holds: bound.test(row) }).toEqual({ id: rec.id, holds: query.holds(rec, records) });
    const explained = bound.explain(row);
    expect(explained.holds).toBe(bound.test(row));
    if (query.text.includes('@hot')) continue; // A view is explained by what it says.
    expect(leaves(explained).map(({ term, holds }) => ({ term, holds }))).toEqual(
      query.terms.map(term => ({ term: term.text, holds: term.holds(rec, records) })),
    );
    for (const { actual } of leaves(explained)) expect(actual).toEqual(expect.any(String));
  }
}

describe.each(Object.keys(terms) as Kind[])('random queries of %s records', kind => {
  const letter = letters[kind]![0];

  it('equal the answers of plain records, before and after changes', () => {
    fc.assert(
      fc.property(world, world, queries(kind), (before, after, query) => {
        const compiled = compileText(query.text, kind, config);
        const state = stateOf(before);
        const bound = compiled.bind(scopeOf(state));
        const table = state.table(kind);
        compare(bound, query, kind, before, table);
        if (before.some(r => r.id.startsWith(letter))) askOften(bound);
        compare(bound, query, kind, before, table);
        applyAll(state, changesBetween(before, after));
        compare(bound, query, kind, after, table);
        // A query that was bound to what is there now says the same.
        compare(compiled.bind(scopeOf(state)), query, kind, after, table);
        compare(compiled.bind(scopeOf(state.fork())), query, kind, after, table);
      }),
      { numRuns: runs(40) },
    );
  });
});

it('the clock of these tests is that of the workspace', () => {
  expect(clock.zone.day(now)).toBe(today);
  expect(dayOf(NOW)).toBe(today);
});
