/** The kinds of record that a program knows, and the ids of their records. */

/** The name of a kind of record, as its definition gives it: `deal`. */
export type Kind = string;

/** What the journal keeps beside records, by a name instead of a numbered id: YAML files, templates, cursors. */
const namedKinds = { file: { plural: 'files' }, cursor: { plural: 'cursors' } } as const;

export type NamedKind = keyof typeof namedKinds;
export type AnyKind = Kind | NamedKind;

export const namedKindNames = Object.keys(namedKinds) as NamedKind[];

export const isNamed = (kind: AnyKind): kind is NamedKind => Object.hasOwn(namedKinds, kind);

/** What ids and files need to know of a kind. */
export interface KindIdentity {
  readonly name: Kind;
  /** The capital letter that ids of its records begin with: no other kind has it. */
  readonly letter: string;
  /** What lists, queries and its snapshot are called: `deals`. */
  readonly plural: string;
  /** Whether crm.yaml may define more fields. */
  readonly isExtensible?: true;
  /**
   * Whether there are checkpoints that were written before crm had this kind: one that does not name the kind has no records of
   * it. Otherwise the whole journal would be read for it until the next checkpoint.
   */
  readonly addedLater?: true;
}

export interface Id {
  readonly kind: Kind;
  readonly number: number;
}

/** The length of the longest id: a letter and fifteen digits, which a number holds exactly. */
const LONGEST = 16;
/** A reference as a number is the place of its kind in the list, from 1, times this, plus the number of the id. */
const REF = 2 ** 40;

/**
 * The kinds of record that a program knows, in order. A reference to a record is kept in columns as one number that
 * goes by this order, so a kind that is added later comes last.
 */
export class Kinds<Definition extends KindIdentity = KindIdentity> {
  readonly all: readonly Definition[];
  readonly names: readonly Kind[];
  readonly #byName: ReadonlyMap<Kind, Definition>;
  readonly #places: ReadonlyMap<Kind, number>;
  /** By the code of the letter. */
  readonly #byCode: (Kind | undefined)[] = [];
  /** The place by the code of the letter. */
  readonly #placeByCode: number[] = [];

  constructor(all: readonly Definition[]) {
    this.all = all;
    this.names = all.map(each => each.name);
    this.#byName = new Map(all.map(each => [each.name, each]));
    this.#places = new Map(this.names.map((name, i) => [name, i + 1]));
    all.forEach(({ name, letter }, i) => {
      const code = letter.charCodeAt(0);
      if (!/^[A-Z]$/.test(letter) || this.#byCode[code] !== undefined)
        throw new Error(
          `the letter ${JSON.stringify(letter)} of ${name} is taken, or is not a capital letter`,
        );
      this.#byCode[code] = name;
      this.#placeByCode[code] = i + 1;
    });
  }

  /** Returns the definition of a kind, which must be one of these. */
  of(kind: Kind): Definition {
    return this.#byName.get(kind)!;
  }

  has(kind: unknown): kind is Kind {
    return this.#byName.has(kind as Kind);
  }

  /** Returns the kinds that may have custom fields. */
  get extensible(): readonly Kind[] {
    return this.all.filter(each => each.isExtensible).map(each => each.name);
  }

  /** Returns what lists, queries and snapshots of a kind are called. */
  pluralOf(kind: AnyKind): string {
    return isNamed(kind) ? namedKinds[kind].plural : this.of(kind).plural;
  }

  /**
   * Returns the kind and number of an id such as `D12`; undefined if the text is not an id. Compares characters:
   * sweeps call it very often, and a regular expression took half of their time.
   */
  parseId(text: string): Id | undefined {
    const kind = this.#byCode[text.charCodeAt(0)];
    if (kind === undefined || text.length < 2 || text.length > LONGEST) return undefined;
    let number = 0;
    for (let i = 1; i < text.length; i++) {
      const digit = text.charCodeAt(i) - 48;
      if (!(digit >= 0 && digit <= 9) || (digit === 0 && number === 0)) return undefined;
      number = number * 10 + digit;
    }
    return { kind, number };
  }

  /** Returns the kind of an id that is known to be well-formed. */
  kindOf(id: string): Kind {
    return this.#byCode[id.charCodeAt(0)]!;
  }

  makeId(kind: Kind, number: number): string {
    return this.of(kind).letter + number;
  }

  /** Returns a reference to a record as one number, for columns; 0 is not a record. The order is by kind, then number. */
  refOf(id: string | null | undefined): number {
    if (!id) return 0;
    const place = this.#placeByCode[id.charCodeAt(0)];
    return place === undefined ? 0 : place * REF + numberOf(id);
  }

  refTo(kind: Kind, number: number): number {
    return this.#places.get(kind)! * REF + number;
  }

  /** Returns the number of a reference to a record of this kind; 0 if it is to another kind, or to none. */
  numberIn(kind: Kind, ref: number): number {
    return numberAfter(this.refTo(kind, 0), ref);
  }

  /** Returns `numberIn` of a kind, for many references. */
  numbersOf(kind: Kind): (ref: number) => number {
    const base = this.refTo(kind, 0);
    return ref => numberAfter(base, ref);
  }

  refKind(ref: number): Kind | undefined {
    return this.names[Math.floor(ref / REF) - 1];
  }

  /** Leaves the kinds out of settings that are kept as JSON. */
  toJSON(): undefined {
    return undefined;
  }
}

/** Returns the number of an id that is known to be well-formed: `D12` is 12. */
export const numberOf = (id: string): number => Number(id.slice(1));

/** Returns the number of a reference to a record of the kind whose references begin after `base`, or 0. */
function numberAfter(base: number, ref: number): number {
  const number = ref - base;
  return number > 0 && number < REF ? number : 0;
}

export const refNumber = (ref: number): number => ref % REF;
