/**
 * Returns what the author of a mail wrote, without what it quotes. Mail programs mark quotations in many ways and
 * languages; doubtful text stays, so that nothing that a customer wrote is lost. A signature stays too, because it
 * has the phone number.
 */

/** The most bytes that are kept of the text of a mail. */
const MOST_TEXT = 64 << 10;
/** The most lines that an introduction such as `On Monday, Jane Roe wrote:` is wrapped into. */
const INTRODUCTION = 3;
/** The most characters of an introduction: a longer line is not one. */
const LONGEST_INTRODUCTION = 300;
/** How many lines after `From:` are searched for Outlook's other headers. */
const HEADER_BLOCK = 6;

/** `-----Original Message-----` as programs of several languages write it. */
const separator = new RegExp(
  `^[-_*]{2,}\\s*(?:${[
    'original message',
    'original appointment',
    'reply message',
    'urspr\u00fcngliche nachricht',
    'originalnachricht',
    'message d.origine',
    'message original',
    'oorspronkelijk bericht',
    'mensaje original',
    'messaggio originale',
    'mensagem original',
    'eredeti \u00fczenet',
    'oprindelig meddelelse',
    'original meddelelse',
    'ursprungligt meddelande',
    'opprinnelig melding',
    'alkuper\u00e4inen viesti',
    'p\u016fvodn\u00ed zpr\u00e1va',
    'p\u00f4vodn\u00e1 spr\u00e1va',
    'oryginalna wiadomo\u015b\u0107',
    'wiadomo\u015b\u0107 oryginalna',
    'mesaj original',
    'orijinal mesaj',
  ].join('|')})\\s*[-_*]{0,}$`,
  'i',
);

/** How an introduction ends: `Jane Roe <jane@example.com> wrote:`. Some languages have the name after the verb. */
const verbs = [
  'wrote',
  'writes',
  'schrieb',
  'a \u00e9crit',
  '\u00e9crivait',
  'schreef',
  'het volgende geschreven',
  'escribi\u00f3',
  'ha scritto',
  'escreveu',
  '\u00edrta',
  '\u00edrta a k\u00f6vetkez\u0151t',
  'ezt \u00edrta',
  'skrev',
  'skrev f\u00f6ljande',
  'kirjoitti',
  'pisze',
  'napisa\u0142(a)',
  'napisa\u0142',
  'napsal(a)',
  'napsal',
  'nap\u00edsal',
  'a scris',
  'yazd\u0131',
];
const begins =
  /^(on|am|le|op|el|il|em|den|der|d|dne|d\u0148a|w dniu|\u00een|dnia|ma|pe|\d{1,4}[-./])(?![\p{L}])/iu;

const froms =
  /^\*?(from|von|de|van|da|fel\u00e1d\u00f3|fra|fr\u00e5n|od|l\u00e4hett\u00e4j\u00e4|kimden)\s*:\*?\s/i;
const others =
  /^\*?(sent|date|gesendet|datum|envoy\u00e9|verzonden|enviado|fecha|inviato|data|k\u00fcldve|d\u00e1tum|sendt|skickat|dato|odesl\u00e1no|wys\u0142ano|l\u00e4hetetty|to|an|\u00e0|aan|para|a|c\u00edmzett|til|till|komu|do|vastaanottaja|subject|betreff|objet|onderwerp|asunto|oggetto|t\u00e1rgy|assunto|emne|\u00e4mne|p\u0159edm\u011bt|temat|aihe)\s*:\*?(\s|$)/i;

/** The line before the quoted part of a forwarded mail. The author sends that part, so it is kept. */
const forwards =
  /^(-{3,}\s*forwarded message\s*-{3,}|-+\s*weitergeleitete nachricht\s*-+|begin forwarded message:|-+\s*message transf\u00e9r\u00e9\s*-+|-+\s*doorgestuurd bericht\s*-+)$/i;

/** Returns the new part of a text, and whether it was cut. */
export function newText(text: string): { text: string; isCut: boolean } {
  const lines = text
    .slice(0, 4 * MOST_TEXT)
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
    .split('\n')
    .map(line => line.trimEnd());
  const kept = withoutQuotations(lines)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  const whole = cutToBytes(kept, MOST_TEXT);
  return { text: whole, isCut: whole.length < kept.length || text.length > 4 * MOST_TEXT };
}

function withoutQuotations(lines: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    if (forwards.test(line.trim())) return [...kept, ...lines.slice(at)];
    if (separator.test(line.trim()) || isHeaderBlock(lines, at)) return withoutRule(kept);
    if (!line.startsWith('>')) {
      const length = introductionAt(lines, at);
      if (length === 0) kept.push(line);
      else at += length - 1;
    }
  }
  return kept;
}

/** Outlook draws a line of underscores above the headers of what it quotes. */
function withoutRule(kept: readonly string[]): string[] {
  let end = kept.length;
  while (end > 0 && /^[_-]*$/.test(kept[end - 1]!.trim())) end--;
  return kept.slice(0, end);
}

/** `From: ... Sent: ... To: ... Subject: ...`, of which two more lines are there. */
function isHeaderBlock(lines: readonly string[], at: number): boolean {
  if (!froms.test(`${lines[at]!.trim().slice(0, LONGEST_INTRODUCTION)} `)) return false;
  const after = lines.slice(at + 1, at + 1 + HEADER_BLOCK);
  return after.filter(line => others.test(line.trim().slice(0, LONGEST_INTRODUCTION))).length >= 2;
}

/** Returns how many lines the introduction of a quotation that begins here has; 0 if none does. */
function introductionAt(lines: readonly string[], at: number): number {
  const first = lines[at]!.trim();
  if (first === '') return 0;
  for (let length = 1; length <= INTRODUCTION; length++) {
    const part = lines.slice(at, at + length).map(line => line.trim());
    if (part.length < length || part.at(-1) === '' || part.at(-1)!.startsWith('>')) return 0;
    const whole = part.join(' ');
    if (whole.length > LONGEST_INTRODUCTION) return 0;
    if (!whole.endsWith(':')) continue;
    const next = lines.slice(at + length).find(line => line.trim() !== '');
    const isQuoted = next?.startsWith('>') ?? false;
    if (isIntroduction(whole) && (isQuoted || next === undefined || /\d/.test(whole))) return length;
    return 0;
  }
  return 0;
}

function isIntroduction(line: string): boolean {
  const said = line.slice(0, -1).trim().toLowerCase();
  if (verbs.some(verb => said.endsWith(` ${verb}`))) return true;
  return begins.test(said) && verbs.some(verb => said.includes(` ${verb} `));
}

/** Cuts a text to at most a number of bytes of UTF-8, between two characters. */
export function cutToBytes(text: string, most: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  let end = most;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString();
}
