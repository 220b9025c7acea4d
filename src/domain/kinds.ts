/** The kinds of record: the letter of their ids and the name of their snapshot. */
const kinds = {
  deal: { letter: 'D', plural: 'deals' },
  contact: { letter: 'C', plural: 'contacts' },
  account: { letter: 'A', plural: 'accounts' },
  task: { letter: 'T', plural: 'tasks' },
  activity: { letter: 'V', plural: 'activities' },
  event: { letter: 'E', plural: 'events' },
  invoice: { letter: 'I', plural: 'invoices' },
  message: { letter: 'M', plural: 'messages' },
  enrolment: { letter: 'N', plural: 'enrolments' },
} as const;

export type Kind = keyof typeof kinds;

/** What the journal also keeps, by a name instead of a numbered id: YAML files and templates, the engine's cursor. */
const namedKinds = { file: { plural: 'files' }, cursor: { plural: 'cursors' } } as const;

export type NamedKind = keyof typeof namedKinds;
export type AnyKind = Kind | NamedKind;

export const kindNames = Object.keys(kinds) as Kind[];
export const namedKindNames = Object.keys(namedKinds) as NamedKind[];

export const isNamed = (kind: AnyKind): kind is NamedKind => kind in namedKinds;

export function pluralOf(kind: AnyKind): string {
  return isNamed(kind) ? namedKinds[kind].plural : kinds[kind].plural;
}

const byLetter = new Map(kindNames.map(kind => [kinds[kind].letter as string, kind]));
/** By the code of the letter. */
const byCode: (Kind | undefined)[] = [];
for (const [letter, kind] of byLetter) byCode[letter.charCodeAt(0)] = kind;
/** Of the longest id: a letter and fifteen digits, which a number holds exactly. */
const LONGEST = 16;

/**
 * The kind and number of an id such as `D12`; undefined where the text is no id. A sweep asks so often that a pattern
 * would be half of what it does.
 */
export function parseId(text: string): { kind: Kind; number: number } | undefined {
  const kind = byCode[text.charCodeAt(0)];
  if (kind === undefined || text.length < 2 || text.length > LONGEST) return undefined;
  let number = 0;
  for (let i = 1; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9) || (digit === 0 && number === 0)) return undefined;
    number = number * 10 + digit;
  }
  return { kind, number };
}

export const makeId = (kind: Kind, number: number): string => kinds[kind].letter + number;

/** The number of an id known to be well-formed: `D12` is 12. */
export const numberOf = (id: string): number => Number(id.slice(1));

const kindIndex = Object.fromEntries(kindNames.map((kind, i) => [kind, i + 1])) as Record<Kind, number>;
const REF = 2 ** 40;

/** A reference to a record as one number, for columns; 0 is no record. The order is by kind, then number. */
export function refOf(id: string | null | undefined): number {
  if (!id) return 0;
  const kind = byLetter.get(id[0]!);
  return kind ? kindIndex[kind] * REF + numberOf(id) : 0;
}

export const refTo = (kind: Kind, number: number): number => kindIndex[kind] * REF + number;

/** The number that a reference to a record of this kind has; 0 where it is to another kind, or none. */
export function numberIn(kind: Kind, ref: number): number {
  const number = ref - refTo(kind, 0);
  return number > 0 && number < REF ? number : 0;
}

export function refKind(ref: number): Kind | undefined {
  return kindNames[Math.floor(ref / REF) - 1];
}

export const refNumber = (ref: number): number => ref % REF;
