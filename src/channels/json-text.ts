/**
 * Reads one JSON value (RFC 8259) strictly: numbers keep their digits, and faults have their place. JSON.parse does
 * neither on every version of Node, but is much faster, so it is tried first; this file reads the texts that it
 * cannot.
 */

/** A number as it is written, which a double may not hold. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** The fault of a text that is not JSON, and its place in UTF-16 units, from 0. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault';
  readonly at: number;
  /** Whether the rest of the text can still be read, because only one value is wrong. */
  readonly isOfValue: boolean;
  constructor(at: number, message: string, isOfValue = false) {
    super(message);
    this.at = at;
    this.isOfValue = isOfValue;
  }
}

/**
 * A number that JSON.parse may round or print otherwise: of 16 digits or more, with an exponent, a very small one. In
 * a text, the character before it keeps the search away from most of what is not a number.
 */
const doubtful = /^-?(?:\d[\d.]{15}|\d[\d.]*[eE]|0\.0{6})/;
const doubtfulInside = /[:,[\s]-?(?:\d[\d.]{15}|\d[\d.]*[eE]|0\.0{6})/;

/** An escape that may be half a character. JSON.parse takes such a half, but no file in UTF-8 can keep it. */
const surrogate = /\\u[dD][89a-fA-F]/;
const loneSurrogate = /\p{Surrogate}/u;

/** Reads one value; numbers that JSON.parse would change are a JsonNumber. Throws JsonFault. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (!doubtfulInside.test(text) && !surrogate.test(text)) return value;
  } catch {
    // The reader below finds the place.
  }
  return new JsonReader(text).whole();
}

/** One member of an object: its key, and its place in the text. */
interface Member {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Returns the text of an object with one more text as its last member, instead of any member of that name. The rest
 * stays the same, byte for byte. Undefined if the text is not an object.
 */
export function withMember(text: string, key: string, value: string): string | undefined {
  const reader = new JsonReader(text);
  try {
    if (!/^[ \t\r\n]*\{/.test(text)) return undefined;
    reader.whole();
  } catch (error) {
    if (error instanceof JsonFault) return undefined;
    throw error;
  }
  const kept = reader.members.filter(member => member.key !== key);
  const written = kept.map(({ from, to }) => text.slice(from, to));
  return `{${[...written, `${JSON.stringify(key)}:${JSON.stringify(value)}`].join(',')}}`;
}

/** The deepest nesting that is read: no record is nested as deeply, and each level takes one call. */
const deepest = 500;
const space = /[ \t\r\n]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const bare = /[^ \t\r\n,:[\]{}"]+/y;
const escapes = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|([\\\u0000-\u001f])/g;
const literals: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };

class JsonReader {
  /** The members of the outermost object. */
  readonly members: Member[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Reads the text as one value and nothing after it. */
  whole(): unknown {
    const value = this.#value(0);
    this.#skip();
    if (this.#at < this.#text.length) throw this.#unexpected('the end');
    return value;
  }

  #value(depth: number): unknown {
    if (depth > deepest) throw new JsonFault(this.#at, `nested more than ${deepest} deep`);
    this.#skip();
    const char = this.#text[this.#at];
    if (char === '{') return this.#object(depth);
    if (char === '[') return this.#list(depth);
    if (char === '"') return this.#string();
    if (char === '-' || (char !== undefined && char >= '0' && char <= '9')) return this.#number();
    const word = this.#match(bare);
    if (word !== '' && Object.hasOwn(literals, word)) return literals[word];
    this.#at -= word.length;
    throw this.#unexpected('a value');
  }

  #object(depth: number): object {
    const object = Object.create(null) as Record<string, unknown>;
    this.#at++;
    this.#skip();
    if (this.#takes('}')) return object;
    do {
      this.#skip();
      const from = this.#at;
      if (this.#text[from] !== '"') throw this.#unexpected('a key in double quotes');
      const key = this.#string();
      this.#skip();
      if (!this.#takes(':')) throw this.#unexpected('a colon');
      object[key] = this.#value(depth + 1);
      if (depth === 0) this.members.push({ key, from, to: this.#at });
      this.#skip();
    } while (this.#takes(','));
    if (!this.#takes('}')) throw this.#unexpected('a comma or }');
    return object;
  }

  #list(depth: number): unknown[] {
    const list: unknown[] = [];
    this.#at++;
    this.#skip();
    if (this.#takes(']')) return list;
    do {
      list.push(this.#value(depth + 1));
      this.#skip();
    } while (this.#takes(','));
    if (!this.#takes(']')) throw this.#unexpected('a comma or ]');
    return list;
  }

  #string(): string {
    const from = this.#at;
    const end = closingQuote(this.#text, from + 1);
    const text = this.#text.slice(from, end < 0 ? undefined : end + 1);
    for (const { 1: wrong, index } of text.matchAll(escapes))
      if (wrong !== undefined) {
        const what = wrong === '\\' ? 'an unknown escape' : 'a control character that is not escaped';
        throw new JsonFault(from + index, `${what} in a text`);
      }
    if (end < 0) throw new JsonFault(from, 'the text that begins here is never closed');
    const value = JSON.parse(text) as string;
    if (loneSurrogate.test(value)) throw new JsonFault(from, 'half a surrogate pair in a text', true);
    this.#at = end + 1;
    return value;
  }

  #number(): number | JsonNumber {
    const from = this.#at;
    const text = this.#match(number);
    if (text === '' || this.#match(bare) !== '') {
      const [written] = /^[^ \t\r\n,:[\]{}"]*/.exec(this.#text.slice(from, from + 40))!;
      throw new JsonFault(from, `${JSON.stringify(written)} is not a number`);
    }
    return doubtful.test(text) ? new JsonNumber(text) : Number(text);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #skip(): void {
    this.#match(space);
  }

  #takes(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #unexpected(wanted: string): JsonFault {
    return new JsonFault(this.#at, unexpected(this.#text.slice(this.#at, this.#at + 41), wanted));
  }
}

/** Says what begins where something else should: `"," where a value should be`. */
export function unexpected(rest: string, wanted: string): string {
  if (rest === '') return `the end where ${wanted} should be`;
  const [word] = /^[\w.+-]{1,40}|^./su.exec(rest)!;
  return `${JSON.stringify(word)} where ${wanted} should be`;
}

/** Returns where a text is closed that continues at `from`; -1 if it is not. */
export function closingQuote(text: string, from: number): number {
  for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return end;
  }
  return -1;
}
