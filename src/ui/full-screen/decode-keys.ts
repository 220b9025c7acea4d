/**
 * Turns the bytes of a terminal into keys. A key may come in several pieces, and a piece may have several keys: an
 * incomplete key waits for more. Only time tells a lone ESC from the beginning of a sequence; the caller measures it.
 *
 *     68                      h
 *     1b 5b 41                up           CSI A; SS3 A (1b 4f 41) in application mode
 *     1b 5b 31 3b 35 43       ctrl-right   CSI 1;5 C
 *     1b 5b 3c 30 3b 39 3b 34 4d           a mouse button at column 9, line 4 (SGR)
 *     1b 5b 32 30 30 7e ...   paste        to CSI 201 ~
 *     c3 a9                   é            UTF-8
 */
export interface Key {
  /** `h`, `H`, `up`, `enter`, `ctrl-r`, `alt-b`, `shift-tab`, `paste`, `mouse`, `wheel-up`, `wheel-down`. */
  readonly name: string;
  /** What is typed, of a character or a paste. */
  readonly text?: string;
  /** Where the mouse is, in cells from 0. */
  readonly x?: number;
  readonly y?: number;
}

/** The longest sequence, in bytes: real ones are shorter. */
const LONGEST = 64;
const ESC = 0x1b;
const PASTE_END = Buffer.from('\u001b[201~');

const finals: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  M: 'enter',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
  Z: 'shift-tab',
};

/** By the number before `~`. */
const numbered: Readonly<Record<string, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'page-up',
  6: 'page-down',
  7: 'home',
  8: 'end',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};

const controls: Readonly<Record<string, string>> = {
  '\0': 'ctrl-space',
  '\b': 'backspace',
  '\t': 'tab',
  '\n': 'enter',
  '\r': 'enter',
  '\x1c': 'ctrl-\\',
  '\x1d': 'ctrl-]',
  '\x1e': 'ctrl-^',
  '\x1f': 'ctrl-_',
  '\x7f': 'backspace',
};

/** The length of a sequence in bytes, and its key: undefined for no key, and `more` if it is not complete. */
type Read = { readonly length: number; readonly key?: Key } | 'more';

export class KeyDecoder {
  #bytes = Buffer.alloc(0);
  /** The pieces of a paste under way. */
  #paste: Buffer | undefined;

  /** Whether some bytes wait for others. */
  get isWaiting(): boolean {
    return this.#bytes.length > 0 || this.#paste !== undefined;
  }

  /** Whether a paste is under way. */
  get isPasting(): boolean {
    return this.#paste !== undefined;
  }

  /** Returns the keys that are complete now. */
  push(bytes: Uint8Array): Key[] {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    return this.#keys(false);
  }

  /** Returns the keys of what waits, if nothing more comes: an ESC is the key of that name then. */
  flush(): Key[] {
    const keys = this.#keys(true);
    if (this.#paste === undefined) return keys;
    const text = pasted(Buffer.concat([this.#paste, this.#bytes]));
    this.#paste = undefined;
    this.#bytes = Buffer.alloc(0);
    return text === '' ? keys : [...keys, { name: 'paste', text }];
  }

  #keys(isLast: boolean): Key[] {
    const keys: Key[] = [];
    while (this.#bytes.length > 0) {
      const read = this.#paste === undefined ? readKey(this.#bytes, isLast) : this.#readPaste();
      if (read === 'more') break;
      this.#bytes = this.#bytes.subarray(read.length);
      if (read.key?.name === 'paste-begin') this.#paste = Buffer.alloc(0);
      else if (read.key) keys.push(read.key);
    }
    return keys;
  }

  #readPaste(): Read {
    const end = this.#bytes.indexOf(PASTE_END);
    // The last bytes may be the beginning of the end.
    const taken = end >= 0 ? end : Math.max(0, this.#bytes.length - PASTE_END.length + 1);
    const paste = Buffer.concat([this.#paste!, this.#bytes.subarray(0, taken)]);
    if (end < 0) {
      this.#paste = paste;
      this.#bytes = this.#bytes.subarray(taken);
      return 'more';
    }
    this.#paste = undefined;
    const text = pasted(paste);
    return { length: end + PASTE_END.length, ...(text !== '' && { key: { name: 'paste', text } }) };
  }
}

/** A text as it was pasted, in lines of `\n`; bytes that are not UTF-8 are left out. */
const pasted = (bytes: Buffer): string =>
  bytes
    .toString()
    .replace(/\r\n?/g, '\n')
    .replace(/\ufffd/g, '');

function readKey(bytes: Buffer, isLast: boolean): Read {
  const first = bytes[0]!;
  if (first === ESC) return readEscape(bytes, isLast);
  if (first < 0x20 || first === 0x7f) return { length: 1, key: { name: controlName(first) } };
  return readCharacter(bytes, isLast);
}

const controlName = (code: number): string =>
  controls[String.fromCharCode(code)] ?? `ctrl-${String.fromCharCode(code + 0x60)}`;

/** How many bytes a character of UTF-8 has, by its first; 0 for none that begins one. */
function lengthOf(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc0 || first >= 0xf8) return 0;
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
}

function readCharacter(bytes: Buffer, isLast: boolean): Read {
  const wanted = lengthOf(bytes[0]!);
  if (wanted === 0) return { length: 1 };
  for (let i = 1; i < wanted; i++) {
    if (i >= bytes.length) return isLast ? { length: bytes.length } : 'more';
    // A byte that does not belong to it begins the next character.
    if ((bytes[i]! & 0xc0) !== 0x80) return { length: i };
  }
  const text = bytes.toString('utf8', 0, wanted);
  return { length: wanted, ...(isTyped(text) && { key: { name: text, text } }) };
}

/** Whether a character can be typed: it is neither a control of C1 nor a byte that is not UTF-8. */
const isTyped = (text: string): boolean => !/[\u0080-\u009f\ufffd]/.test(text);

function readEscape(bytes: Buffer, isLast: boolean): Read {
  const second = bytes[1];
  if (second === undefined) return isLast ? { length: 1, key: { name: 'esc' } } : 'more';
  if (second === 0x5b) return readCsi(bytes, isLast);
  if (second === 0x4f) {
    const third = bytes[2];
    if (third === undefined) return isLast ? { length: 2, key: { name: 'alt-O' } } : 'more';
    const name = finals[String.fromCharCode(third)];
    return { length: 3, ...(name !== undefined && { key: { name } }) };
  }
  // The first of two ESC is a key: the second may begin a sequence.
  if (second === ESC) return { length: 1, key: { name: 'esc' } };
  const read = readKey(bytes.subarray(1), isLast);
  if (read === 'more') return read;
  const { length, key } = read;
  return { length: length + 1, ...(key && { key: { name: `alt-${key.name}` } }) };
}

/** A sequence that begins with CSI: parameters, and a final byte. */
function readCsi(bytes: Buffer, isLast: boolean): Read {
  const more: Read = isLast
    ? { length: bytes.length, ...(bytes.length === 2 && { key: { name: 'alt-[' } }) }
    : 'more';
  // The console of Linux sends two brackets for some keys.
  if (bytes[2] === 0x5b) return bytes.length < 4 ? more : { length: 4 };
  let at = 2;
  while (at < bytes.length && bytes[at]! >= 0x20 && bytes[at]! < 0x40 && at < LONGEST) at++;
  if (at >= bytes.length) return more;
  const final = bytes[at]!;
  // A byte that cannot be part of it begins the next key.
  if (final < 0x40 || final > 0x7e) return { length: at };
  const parameters = bytes.toString('latin1', 2, at);
  const length = at + 1;
  // Mice of before SGR: three bytes follow.
  if (final === 0x4d && parameters === '') return bytes.length < length + 3 ? more : { length: length + 3 };
  const key = csiKey(parameters, String.fromCharCode(final));
  return { length, ...(key && { key }) };
}

function csiKey(parameters: string, final: string): Key | undefined {
  if (parameters.startsWith('<')) return mouseKey(parameters.slice(1), final);
  const [first = '', second = ''] = parameters.split(';');
  if (final === '~' && first === '200') return { name: 'paste-begin' };
  const name = final === '~' ? numbered[first] : finals[final];
  if (name === undefined || !/^\d*$/.test(first) || !/^\d*$/.test(second)) return undefined;
  return { name: `${modifiers(Number(second || '1') - 1)}${name}` };
}

const modifiers = (bits: number): string =>
  `${bits & 4 ? 'ctrl-' : ''}${bits & 2 ? 'alt-' : ''}${bits & 1 ? 'shift-' : ''}`;

/** A press of the left button or a turn of the wheel; nothing else of a mouse has a meaning. */
function mouseKey(parameters: string, final: string): Key | undefined {
  const numbers = /^(\d+);(\d+);(\d+)$/.exec(parameters);
  if (!numbers || final !== 'M') return undefined;
  const [button, column, line] = numbers.slice(1).map(Number) as [number, number, number];
  const name = { 0: 'mouse', 64: 'wheel-up', 65: 'wheel-down' }[button];
  if (name === undefined || column < 1 || line < 1) return undefined;
  return { name, x: column - 1, y: line - 1 };
}
