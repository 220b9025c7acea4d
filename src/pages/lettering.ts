/** How much room texts of a chart take, and numbers and periods in few letters. */

/** Width of a letter at the size that charts are lettered in, in their units: more than most letters take. */
const LETTER = 7.2;

/** Returns about how wide a text is, in units of a chart; Chinese, Japanese and Korean take two letters each. */
export const widthOf = (text: string): number =>
  Array.from(text).reduce((sum, char) => sum + (char >= '\u1100' ? 1.7 : 1) * LETTER, 0);

/** Returns a text that is not wider than `room`, with an ellipsis if it was cut. */
export function fitted(text: string, room: number): string {
  if (widthOf(text) <= room) return text;
  let cut = '';
  for (const char of text) {
    if (widthOf(`${cut}${char}…`) > room) break;
    cut += char;
  }
  return `${cut.trimEnd()}…`;
}

const powers = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** Returns a number in few letters: `950`, `1.2k`, `35k`, `4.5M`. */
export function short(value: number): string {
  const size = Math.abs(value);
  // 999,999 is 1M and not 1000k.
  const power = powers.find(([from]) => size >= from * 0.9995);
  const [from, letter] = power ?? [1, ''];
  const scaled = value / from;
  const digits = Math.abs(scaled) >= 99.95 || (power === undefined && size >= 10) ? 0 : 1;
  return `${scaled.toFixed(digits).replace(/\.0$/, '').replace(/^-0$/, '0')}${letter}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Returns a period in two lines: `Sep` and `2026`, `W28` and `2026`, `14` and `Sep`; other words in one. */
export function periodLines(key: string): readonly [string, string] {
  const [year = '', first = '', day] = key.split('-');
  if (!/^\d{4}$/.test(year) || first === '') return [key, ''];
  if (/^[QW]/.test(first)) return [first, year];
  const month = months[Number(first) - 1] ?? first;
  return day === undefined ? [month, year] : [String(Number(day)), month];
}
