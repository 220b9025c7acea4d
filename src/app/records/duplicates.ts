/**
 * Finds contacts and accounts that are probably there twice. Records are compared only within blocks that share a key (a
 * phone, a name, the beginning of a name at one company), so that the time grows with their number and not its square.
 */
import { fold } from '../../domain/fold.ts';
import { providerOf } from '../../domain/mail-providers.ts';
import { distance } from '../../domain/nearest.ts';
import { definitionOf } from '../../kinds/define.ts';
import { textsIn } from '../../kinds/several-cells.ts';
import type { NumberColumn, TextColumn } from '../../state/columns/column.ts';
import type { View } from '../core/view.ts';
import { withoutForm, wordsOf } from './near-names.ts';

export interface Duplicate {
  /** From 0 to 1: how sure it is that they are the same. */
  readonly score: number;
  /** The record that stays in a merge: the older one. */
  readonly into: string;
  readonly from: string;
  readonly intoName: string;
  readonly fromName: string;
  /** The reasons, the strongest first. */
  readonly reasons: readonly string[];
}

/** The kinds that are compared. */
export const comparedKinds = ['contact', 'account'] as const;
export type ComparedKind = (typeof comparedKinds)[number];

/** The compared parts of a record: folded texts. */
interface Compared {
  readonly row: number;
  readonly name: string;
  /** The words of the name, without a legal form. */
  readonly words: readonly string[];
  /** The digits of the name: names that differ in these are of different records. */
  readonly digits: string;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  /** Of the account itself, or of addresses, those of mail providers left out. */
  readonly domains: readonly string[];
  /** The number of a contact's account; 0 for none. */
  readonly account: number;
}

interface Evidence {
  readonly score: number;
  readonly reason: string;
}

/** A way to find pairs: the keys of a record, and what two records that share one are to each other. */
interface Way {
  keys(one: Compared): readonly string[];
  compare(one: Compared, other: Compared): Evidence | undefined;
  /** Whether a key that many records share proves nothing: a common name, the phone of a switchboard. */
  readonly isWeak?: true;
}

/** In larger blocks of a weak key nobody is compared; in those of others each with as many neighbours. */
const LARGE = 12;
/** The least score of a pair that is listed. */
const LEAST = 0.5;

/** Returns the likely pairs, the likeliest first; of equal ones, the older first. */
export function duplicates(view: View, kind: ComparedKind): Duplicate[] {
  const all = readers[kind](view);
  const found = new Map<number, { one: Compared; other: Compared; evidence: Evidence[] }>();
  for (const way of ways[kind])
    for (const [a, b] of pairsOf(all, way)) {
      const evidence = way.compare(a, b);
      if (!evidence) continue;
      const [one, other] = a.row < b.row ? [a, b] : [b, a];
      const key = one.row * 2 ** 26 + other.row;
      const known = found.get(key);
      if (!known) found.set(key, { one, other, evidence: [evidence] });
      else if (known.evidence.every(({ reason }) => reason !== evidence.reason))
        known.evidence.push(evidence);
    }
  const table = view.state.table(kind);
  const nameOf = (row: number) => String(table.record(row).name);
  return [...found.values()]
    .map(pair => ({ ...pair, score: together(pair.evidence) }))
    .filter(({ score }) => score >= LEAST)
    .sort((a, b) => b.score - a.score || table.number(a.one.row) - table.number(b.one.row))
    .map(({ one, other, evidence, score }) => ({
      score,
      into: table.id(one.row),
      from: table.id(other.row),
      intoName: nameOf(one.row),
      fromName: nameOf(other.row),
      reasons: evidence.sort((a, b) => b.score - a.score).map(({ reason }) => reason),
    }));
}

/** Combines the certainty of several signs: each removes its share of the doubt that the others leave. */
const together = (evidence: readonly Evidence[]): number =>
  Math.round((1 - evidence.reduce((doubt, { score }) => doubt * (1 - score), 1)) * 100) / 100;

function* pairsOf(all: readonly Compared[], way: Way): Iterable<readonly [Compared, Compared]> {
  const blocks = new Map<string, Compared | Compared[]>();
  for (const one of all)
    for (const key of new Set(way.keys(one))) {
      const known = blocks.get(key);
      if (known === undefined) blocks.set(key, one);
      else if (Array.isArray(known)) known.push(one);
      else blocks.set(key, [known, one]);
    }
  for (const block of blocks.values()) {
    if (!Array.isArray(block) || (way.isWeak && block.length > LARGE)) continue;
    const sorted =
      block.length > LARGE ? block.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)) : block;
    for (let i = 0; i < sorted.length; i++)
      for (let j = i + 1; j < Math.min(sorted.length, i + LARGE); j++) yield [sorted[i]!, sorted[j]!];
  }
}

/** Digits of a phone that make it one number, whatever prefix it was typed with. */
const PHONE_DIGITS = 8;
const phoneKeys = ({ phones }: Compared): string[] =>
  phones.flatMap(phone => (/^\d{7,}$/.test(phone) ? [phone.slice(-PHONE_DIGITS)] : []));

/** The beginning and the end of a name: one misspelling leaves one of them whole. */
const ENDS = 4;
const endsOf = (name: string): string[] =>
  name.length < ENDS + 1 ? [] : [`<${name.slice(0, ENDS)}`, `${name.slice(-ENDS)}>`];

const whole = ({ words }: Compared): string => words.join(' ');
const isAtOne = (a: Compared, b: Compared): boolean =>
  (a.account > 0 && a.account === b.account) || a.domains.some(domain => b.domains.includes(domain));
const isElsewhere = (a: Compared, b: Compared): boolean =>
  !isAtOne(a, b) && ((a.account > 0 && b.account > 0) || (a.domains.length > 0 && b.domains.length > 0));
/** Where somebody works, as keys. */
const companiesOf = ({ account, domains }: Compared): string[] => [
  ...(account > 0 ? [`#${account}`] : []),
  ...domains,
];

/** Returns the number of letters in which two names may differ: one, or two for a long name. */
const LONG = 12;
function isMisspelt(a: Compared, b: Compared): boolean {
  const [one, other] = [whole(a), whole(b)];
  if (one === other || a.digits !== b.digits) return false;
  const most = Math.min(one.length, other.length) >= LONG ? 2 : 1;
  return Math.abs(one.length - other.length) <= most && distance(one, other) <= most;
}

/** `J. Roe` and `Jane Roe`: the same last word, and first words of which one is the initial of the other. */
function areInitials(a: Compared, b: Compared): boolean {
  if (a.words.length < 2 || b.words.length < 2 || a.words.at(-1) !== b.words.at(-1)) return false;
  const [one, other] = [a.words[0]!, b.words[0]!];
  return one !== other && (one.length === 1 || other.length === 1) && one[0] === other[0];
}

const sharesWord = (a: Compared, b: Compared): boolean =>
  a.words.some(word => word.length > 1 && b.words.includes(word)) || areInitials(a, b);

const samePhone: Way = {
  keys: phoneKeys,
  isWeak: true,
  compare: (a, b) =>
    sharesWord(a, b) || isMisspelt(a, b)
      ? { score: 0.8, reason: 'the same phone, and names that are alike' }
      : { score: 0.5, reason: 'the same phone' },
};

const ways: Readonly<Record<ComparedKind, readonly Way[]>> = {
  contact: [
    {
      keys: ({ emails }) => emails.map(bareAddress),
      compare: () => ({ score: 0.9, reason: 'the same mailbox, written in two ways' }),
    },
    samePhone,
    {
      keys: one => (one.words.length > 1 ? [[...one.words].sort().join(' ')] : []),
      isWeak: true,
      compare: (a, b) =>
        isAtOne(a, b)
          ? undefined
          : {
              score: isElsewhere(a, b) ? 0.5 : 0.7,
              reason: isElsewhere(a, b) ? 'the same name elsewhere' : 'the same name',
            },
    },
    {
      keys: one => companiesOf(one).map(company => `${[...one.words].sort().join(' ')} ${company}`),
      compare: (a, b) => ({
        score: [...a.words].sort().join(' ') === [...b.words].sort().join(' ') ? 0.9 : 0,
        reason: 'the same name at one company',
      }),
    },
    {
      keys: one =>
        companiesOf(one).map(company => `${one.words[0]?.[0] ?? ''} ${one.words.at(-1) ?? ''} ${company}`),
      compare: (a, b) =>
        areInitials(a, b)
          ? { score: 0.75, reason: 'the same initial and last name at one company' }
          : undefined,
    },
    {
      keys: one => companiesOf(one).flatMap(company => endsOf(whole(one)).map(end => `${end} ${company}`)),
      compare: (a, b) =>
        isMisspelt(a, b)
          ? { score: 0.7, reason: 'names that differ in a letter or two at one company' }
          : undefined,
    },
  ],
  account: [
    {
      keys: ({ domains }) => domains.map(siteOf),
      isWeak: true,
      compare: () => ({ score: 0.8, reason: 'the same domain' }),
    },
    samePhone,
    {
      keys: one => (whole(one) === '' ? [] : [one.words.join('')]),
      compare: (a, b) => ({
        score: isElsewhere(a, b) ? 0.6 : 0.85,
        reason: isElsewhere(a, b)
          ? 'the same name but for its legal form, with another domain'
          : 'the same name but for its legal form',
      }),
    },
    {
      keys: one => endsOf(one.words.join('')),
      compare: (a, b) =>
        isMisspelt(a, b) && !isElsewhere(a, b)
          ? { score: 0.65, reason: 'names that differ in a letter or two' }
          : undefined,
    },
  ],
};

/** Returns the mailbox of an address: without `+tag`, and without dots for Gmail. */
function bareAddress(email: string): string {
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1).replace(/^googlemail\.com$/, 'gmail.com');
  const local = email.slice(0, at).replace(/\+.*$/, '');
  return `${domain === 'gmail.com' ? local.replaceAll('.', '') : local}@${domain}`;
}

const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1);
/** A domain without its subdomains: `acme.example` of `shop.acme.example`, `acme.co.uk` of `www2.acme.co.uk`. */
const siteOf = (domain: string): string =>
  /[^.]+\.(?:(?:ac|co|com|gov|net|org)\.[a-z]{2}|[^.]+)$/.exec(domain)?.[0] ?? domain;
const isOfCompany = (domain: string): boolean => domain !== '' && providerOf(`x@${domain}`) === undefined;

function contacts(view: View): Compared[] {
  const table = view.state.table('contact');
  const account = table.column('account') as NumberColumn;
  const numberIn = (ref: number) => (ref > 0 ? view.kinds.numberIn('account', ref) : 0);
  const sees = (number: number) => {
    const row = number > 0 ? view.state.table('account').row(number) : -1;
    return row >= 0 && view.sees('account', row) ? number : 0;
  };
  return comparedOf(view, 'contact', (row, emails) => ({
    account: sees(numberIn(account.get(row))),
    domains: [...new Set(emails.map(domainOf).filter(isOfCompany))],
  }));
}

function accounts(view: View): Compared[] {
  const domains = view.state.table('account').column('domains') as TextColumn;
  return comparedOf(view, 'account', row => ({
    account: 0,
    domains: textsIn(domains.get(row)).filter(isOfCompany),
  }));
}

const readers: Readonly<Record<ComparedKind, (view: View) => Compared[]>> = {
  contact: contacts,
  account: accounts,
};

function comparedOf(
  view: View,
  kind: ComparedKind,
  company: (row: number, emails: readonly string[]) => Pick<Compared, 'account' | 'domains'>,
): Compared[] {
  const table = view.state.table(kind);
  const isPerson = definitionOf(view.kinds, kind).contacts === 'itself';
  const name = table.column('name') as TextColumn;
  const phones = table.column('phones') as TextColumn;
  const addresses = isPerson ? (table.column('emails') as TextColumn) : undefined;
  const all: Compared[] = [];
  for (let row = 0; row < table.rows; row++) {
    if (!table.live(row) || !view.sees(kind, row)) continue;
    const emails = addresses ? textsIn(addresses.get(row)) : [];
    const called = name.get(row);
    const words = wordsOf(called);
    all.push({
      row,
      name: called,
      words: (isPerson ? words : withoutForm(words)).split(' ').filter(word => word !== ''),
      digits: called.replace(/\D+/g, ' '),
      emails: emails.map(fold),
      phones: textsIn(phones.get(row)),
      ...company(row, emails),
    });
  }
  return all;
}
