/** Makes HTML and SVG: text from data is escaped here, and nowhere else. */
import { printable } from '../ui/escape.ts';

/** Markup that is made: the only kind of text that is written as it is. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | readonly Part[] | undefined;
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Returns a text with nothing in it that HTML or XML would read: control characters stand as escapes such as `\x1b`. */
const escaped = (text: string): string =>
  printable(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, char => entities[char]!);

const markupOf = (part: Part): string => {
  if (part === undefined) return '';
  if (typeof part === 'string') return escaped(part);
  return 'markup' in part ? part.markup : part.map(markupOf).join('');
};

/** Returns an element; attributes that are undefined are left out. */
export function element(name: string, attributes: Attributes, ...parts: readonly Part[]): Markup {
  return { markup: `${opened(name, attributes)}>${parts.map(markupOf).join('')}</${name}>` };
}

/** Returns an element of SVG that has nothing in it. */
export const shape = (name: string, attributes: Attributes): Markup => ({
  markup: `${opened(name, attributes)}/>`,
});

/** Returns an element of HTML that never has anything in it. */
export const single = (name: string, attributes: Attributes): Markup => ({
  markup: `${opened(name, attributes)}>`,
});

/** Several parts as one. */
export const together = (...parts: readonly Part[]): Markup => ({ markup: parts.map(markupOf).join('') });

function opened(name: string, attributes: Attributes): string {
  const given = Object.entries(attributes).map(([key, value]) => {
    if (value === undefined || value === false) return '';
    if (value === true) return ` ${key}`;
    return ` ${key}="${typeof value === 'number' ? rounded(value) : escaped(value)}"`;
  });
  return `<${name}${given.join('')}`;
}

/** A coordinate with two decimals at most, so that the same figures are the same bytes. */
const rounded = (value: number): number => Math.round(value * 100) / 100 + 0;
