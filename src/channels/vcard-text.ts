/**
 * The text of one vCard of version 2.1, 3.0 or 4.0, rewritten so that one parser reads all three: lines unfolded,
 * quoted-printable decoded, bare parameters of 2.1 (`TEL;CELL:`) named, and what an import never reads (photos, keys)
 * left out before it takes memory.
 *
 * Sources: vCard 2.1 (versit, 1996), RFC 2426 (3.0), RFC 6350 (4.0).
 */

/** Properties whose value may be megabytes of base64. */
const HEAVY = new Set(['PHOTO', 'LOGO', 'SOUND', 'KEY']);

/** Parameters of 2.1 that say how a value is encoded; a bare word beside them is a TYPE. */
const ENCODINGS = new Set(['QUOTED-PRINTABLE', 'BASE64', '8BIT', '7BIT', 'B']);

/** Group, name, parameters, value: `item1.TEL;TYPE=CELL:+31 6 1`. A quoted parameter may have colons. */
const PROPERTY = /^(?:[\w-]+\.)?([\w-]+)((?:;(?:[^":;]|"[^"]*")*)*):(.*)$/s;

/** Returns the lines of a card as lines that RFC 2426 would write, unfolded; what is not a property stays as it is. */
export function plainCard(lines: readonly string[]): string[] {
  const found: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    let line = lines[i]!;
    while (i + 1 < lines.length && continues(line, lines[i + 1]!)) {
      const next = lines[++i]!;
      line = /^[ \t]/.test(next) ? line + next.slice(1) : `${line.slice(0, -1)}${next}`;
    }
    const plain = plainLine(line);
    if (plain !== undefined) found.push(plain);
  }
  return found;
}

/** Whether a line continues on the next one: folded, or with the soft break of quoted-printable. */
const continues = (line: string, next: string): boolean =>
  /^[ \t]/.test(next) || (line.endsWith('=') && /[;=]QUOTED-PRINTABLE[;:]/i.test(line));

function plainLine(line: string): string | undefined {
  const match = PROPERTY.exec(line);
  if (!match) return line;
  const [, name, parameters, value] = match as unknown as [string, string, string, string];
  const upper = name.toUpperCase();
  if (HEAVY.has(upper)) return undefined;
  // The parser reads the value of an unknown version as that of 3.0, which differs least from 2.1.
  if (upper === 'VERSION') return `VERSION:${value.trim() === '4.0' ? '4.0' : '3.0'}`;
  if (parameters === '') return `${upper}:${value}`;
  const { encoding, charset, rest } = parametersOf(parameters);
  const text = encoding === 'QUOTED-PRINTABLE' ? oneLine(decodeQuoted(value, charset)) : value;
  return `${upper}${rest.map(each => `;${each}`).join('')}:${text}`;
}

function parametersOf(text: string) {
  let encoding: string | undefined;
  let charset: string | undefined;
  const rest: string[] = [];
  for (const [parameter] of text.matchAll(/(?<=;)(?:[^";]|"[^"]*")+/g)) {
    const sign = parameter.indexOf('=');
    const name = sign < 0 ? '' : parameter.slice(0, sign).toUpperCase();
    const value = parameter.slice(sign + 1);
    if (name === 'ENCODING' || (name === '' && ENCODINGS.has(value.toUpperCase())))
      encoding = value.toUpperCase();
    else if (name === 'CHARSET') charset = value;
    else rest.push(name === '' ? `TYPE=${value}` : `${name}=${value}`);
  }
  return { encoding, charset, rest };
}

/** Bytes as `=C3=A9` to text; an unknown character set is read as UTF-8. */
function decodeQuoted(text: string, charset = 'utf-8'): string {
  const bytes = Buffer.from(
    text
      .replace(/[^\0-\u007f]+/g, wide =>
        [...Buffer.from(wide)].map(byte => `=${byte.toString(16).padStart(2, '0')}`).join(''),
      )
      .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('utf8');
  }
}

/** A value on one line, as 3.0 writes its line breaks. */
const oneLine = (text: string): string => text.replace(/\r\n|\r|\n/g, '\\n');

/**
 * Returns the text of a card with a property that says what is wrong with it; a text that is not a card stays as it
 * is.
 */
export function withReason(source: string, property: string, reason: string): string {
  const said = `X-${property.toUpperCase().replaceAll('_', '-')}:${oneLine(reason.replace(/[\\,;]/g, '\\$&'))}\n`;
  return source.replace(/(?<=^|\n)END:VCARD\s*$/i, `${said.replaceAll('$', '$$$$')}END:VCARD`).concat('\n');
}
