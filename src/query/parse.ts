/**
 * The query language as a tree. Terms are ANDed; `not` binds tighter than AND, AND tighter than `or`;
 * parentheses group; `not:` negates one term; a comma means any of.
 */
import { CrmError, usage } from '../domain/errors.ts';
import { once } from '../domain/memo.ts';

export type Operator = ':' | '=' | '>' | '>=' | '<' | '<=' | '..';

export interface Term {
  readonly type: 'term';
  /** The field as it was written, `text` for a bare word. */
  readonly field: string;
  readonly operator: Operator;
  /** Any of these values; two for a range, '' for an open end. */
  readonly values: readonly string[];
  /** The term as it was written. */
  readonly source: string;
}

/** A saved view as a term: `@hot`. */
export interface AskedView {
  readonly type: 'view';
  readonly name: string;
  readonly source: string;
}

/** The leaves of a query. */
export type Atom = Term | AskedView;

export type Node =
  | Atom
  | { readonly type: 'and' | 'or'; readonly nodes: readonly Node[] }
  | { readonly type: 'not'; readonly node: Node };

/** The query that holds for every record: an empty one. */
export const everything: Node = { type: 'and', nodes: [] };

type Token =
  | { readonly type: '(' | ')' | 'or' | 'not' | 'and' }
  /** `at` is where it begins in the query. */
  | { readonly type: 'word'; readonly text: string; readonly at: number };

const open: Token = { type: '(' };
const close: Token = { type: ')' };

const keywords = new Set(['or', 'not', 'and', 'OR', 'NOT', 'AND']);

/**
 * Parses the arguments of a command as one query. The arguments are ANDed, and each is complete by itself, except
 * that `or`, `not` and `and` may be arguments, and a parenthesis may open in one argument and close in another.
 */
export function parseArguments(args: readonly string[]): Node {
  const each = args.map(tokenise);
  const asWhole = (own: Token[]) => (own.length > 1 && isClosed(own) ? [open, ...own, close] : own);
  return parse(each.length === 1 ? each[0]! : each.flatMap(asWhole), args.join(' '));
}

/** Throws USAGE with the position of the error in the query. */
export const parseQuery = (text: string): Node => parse(tokenise(text), text);

/**
 * Matches a phone number as one word: with an area code in parentheses, with a country code, or in at least three groups of
 * digits, with at least seven digits in all.
 */
const PHONE =
  /^(?:\+\d[\d ()./-]+|\d{0,3} ?\(\d{1,5}\)[ \d./-]{5,}|(?=(?:\D*\d){7})\d{2,5}(?:[ ./-]\d{2,5}){2,5})$/;

/**
 * Returns a query in which `by` has rewritten each term; parentheses, keywords and spaces stay as they are. `by` gets
 * terms without their `not:`. Throws USAGE for a text that is not a query.
 */
export function rewriteQuery(text: string, by: (term: Atom) => string): string {
  parseQuery(text);
  let written = '';
  let done = 0;
  for (const token of tokenise(text)) {
    if (token.type !== 'word') continue;
    const [nots] = /^(?:not:)*/.exec(token.text)!;
    const atom = parseTerm(token.text.slice(nots.length)) as Atom;
    written += text.slice(done, token.at) + nots + by(atom);
    done = token.at + token.text.length;
  }
  return written + text.slice(done);
}

/** Returns a term in which `by` has rewritten each value; unchanged values keep their quotes. */
export function rewriteValues({ source, operator }: Term, by: (value: string) => string): string {
  const head = matchField(source)?.[0];
  if (head === undefined || operator === '..') return source;
  const [sign] = /^(?:>=|<=|>|<|=)?/.exec(source.slice(head.length))!;
  const values = splitOutsideQuotes(source.slice(head.length + sign.length), ',').map(written => {
    const value = unquote(written);
    const now = by(value);
    return now === value ? written : now;
  });
  return head + sign + values.join(',');
}

/** Whether every parenthesis that is opened or closed among the tokens has its other half there. */
function isClosed(tokens: readonly Token[]): boolean {
  let depth = 0;
  for (const { type } of tokens) {
    if (type === '(') depth++;
    else if (type === ')' && --depth < 0) return false;
  }
  return depth === 0;
}

/** The deepest nesting: deeper than anybody writes, and far from a stack overflow. */
const MOST_NESTED = 100;
const tooDeep = () => usage(`the query is nested more than ${MOST_NESTED} deep`);

function parse(tokens: readonly Token[], text: string): Node {
  let at = 0;
  let depth = 0;
  const peek = () => tokens[at]?.type;

  function or(): Node {
    const nodes = [and()];
    while (peek() === 'or') {
      at++;
      nodes.push(and());
    }
    return nodes.length === 1 ? nodes[0]! : { type: 'or', nodes };
  }

  function and(): Node {
    const nodes: Node[] = [];
    for (;;) {
      const type = peek();
      if (nodes.length > 0 && type === 'and') {
        at++;
        nodes.push(unary());
      } else if (type === undefined || type === 'or' || type === ')') break;
      else nodes.push(unary());
    }
    if (nodes.length === 0) throw nothingToSearch();
    return nodes.length === 1 ? nodes[0]! : { type: 'and', nodes };
  }

  function unary(): Node {
    const token = tokens[at];
    if (token?.type === 'word') {
      at++;
      return parseTerm(token.text);
    }
    if (token?.type !== 'not' && token?.type !== '(') throw nothingToSearch();
    if (++depth > MOST_NESTED) throw tooDeep();
    at++;
    const node = token.type === 'not' ? ({ type: 'not', node: unary() } as const) : group();
    depth--;
    return node;
  }

  function group(): Node {
    const node = peek() === ')' ? everything : or();
    if (peek() !== ')') throw usage(`a parenthesis is not closed in ${JSON.stringify(text)}`);
    at++;
    return node;
  }

  const nothingToSearch = () => {
    const before = tokens[at - 1]?.type;
    const place = before ? `after ${before}` : 'at the beginning';
    return usage(`nothing to search for ${place} in ${JSON.stringify(text)}`, 'crm help query');
  };

  if (tokens.length === 0) return everything;
  const node = or();
  if (at < tokens.length) throw usage(`a parenthesis is closed but not opened in ${JSON.stringify(text)}`);
  return node;
}

/** Splits at spaces and parentheses outside quotes. */
function tokenise(text: string): Token[] {
  if (PHONE.test(text.trim())) return [{ type: 'word', text: text.trim(), at: text.indexOf(text.trim()) }];
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const char = text[at]!;
    if (/\s/.test(char)) {
      at++;
      continue;
    }
    if (char === '(' || char === ')') {
      tokens.push({ type: char });
      at++;
      continue;
    }
    const start = at;
    while (at < text.length && !/[\s()]/.test(text[at]!)) {
      if (text[at] === '"') at = closingQuote(text, at);
      at++;
    }
    const word = text.slice(start, at);
    tokens.push(
      keywords.has(word) ? { type: word.toLowerCase() as 'or' } : { type: 'word', text: word, at: start },
    );
  }
  return tokens;
}

/** Where a quoted part ends; `""` inside it is a quote as a character. */
function closingQuote(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close < 0) throw usage(`a quote is not closed in ${JSON.stringify(text)}`);
  return close;
}

/** A field and its colon: of ASCII letters, as nearly all are, or of any. */
const asciiField = /^([A-Za-z_][\w.-]*):/;
const anyField = once(() => /^([\p{L}_][\p{L}\p{N}_.-]*):/u);
const matchField = (source: string): RegExpExecArray | null =>
  asciiField.exec(source) ?? (source.includes(':') ? anyField().exec(source) : null);

const suffixes = new Map<string, Operator>([
  ['over', '>'],
  ['under', '<'],
  ['after', '>'],
  ['before', '<'],
]);

function parseTerm(source: string, depth = 0): Node {
  if (source.startsWith('not:')) {
    if (source.length === 4) throw usage('nothing after not:', 'for example not:tag:cold');
    if (depth === MOST_NESTED) throw tooDeep();
    return { type: 'not', node: parseTerm(source.slice(4), depth + 1) };
  }
  if (source.startsWith('@') && source.length > 1) return { type: 'view', name: source.slice(1), source };
  const match = matchField(source);
  if (!match) {
    const text = unquote(source);
    if (text === '') throw usage(`${source} has no text to search for`, 'crm help query');
    return { type: 'term', field: 'text', operator: ':', values: [text], source };
  }
  let field = match[1]!;
  let rest = source.slice(match[0].length);
  let operator: Operator = ':';
  const dot = field.lastIndexOf('.');
  const suffix = dot > 0 ? suffixes.get(field.slice(dot + 1)) : undefined;
  if (suffix) {
    field = field.slice(0, dot);
    operator = suffix;
  } else {
    const sign = /^(>=|<=|>|<|=)/.exec(rest);
    if (sign) {
      operator = sign[1] as Operator;
      rest = rest.slice(sign[1]!.length);
    }
  }
  if (rest === '') throw usage(`${source} has no value`, emptyHint(field));
  if (operator === ':') {
    const ends = splitOutsideQuotes(rest, '..');
    if (ends.length === 2) {
      const values = ends.map(unquote);
      if (values.every(value => value === ''))
        throw usage(`${source} has no value`, `for example ${field}:1..5`);
      return { type: 'term', field, operator: '..', values, source };
    }
  }
  const values = splitOutsideQuotes(rest, ',')
    .map(unquote)
    .filter(value => value !== '');
  if (values.length === 0) throw usage(`${source} has no value`, emptyHint(field));
  if (operator !== ':' && operator !== '=' && values.length > 1)
    throw usage(`${source}: a comma means any of, which goes with ${field}:a,b only`);
  return { type: 'term', field, operator, values, source };
}

const emptyHint = (field: string) => `for example ${field}:x, has:${field} or no:${field}`;

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') at = closingQuote(text, at);
    else if (text.startsWith(separator, at)) {
      parts.push(text.slice(start, at));
      start = at + separator.length;
      at = start - 1;
    }
  }
  return [...parts, text.slice(start)];
}

/** Returns a text without its enclosing quotes; `""` between them stands for a quote. */
const unquote = (text: string): string =>
  text.replace(/"((?:[^"]|"")*)"/g, (_, inner: string) => inner.replaceAll('""', '"'));

/** Makes an error that quotes the query. */
export function inQuery(error: unknown, source: string): unknown {
  if (!(error instanceof CrmError) || error.message.includes(source)) return error;
  return new CrmError(error.kind, `${source}: ${error.message}`, error.hint);
}
