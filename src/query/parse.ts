/**
 * The query language as a tree. Terms are ANDed; `not` binds tighter than AND, AND tighter than `or`;
 * parentheses group; `not:` negates one term; a comma means any of.
 */
import { CrmError, usage } from '../domain/errors.ts';

export type Operator = ':' | '=' | '>' | '>=' | '<' | '<=' | '..';

export interface Term {
  readonly type: 'term';
  /** The field as it was written, `text` for a bare word. */
  readonly field: string;
  readonly operator: Operator;
  /** Any of these; two for a range, '' where one end is open. */
  readonly values: readonly string[];
  /** The term as it was written. */
  readonly source: string;
}

export type Node =
  | Term
  | { readonly type: 'and' | 'or'; readonly nodes: readonly Node[] }
  | { readonly type: 'not'; readonly node: Node }
  | { readonly type: 'view'; readonly name: string; readonly source: string };

/** What is true of everything: an empty query. */
export const everything: Node = { type: 'and', nodes: [] };

type Token =
  | { readonly type: '(' | ')' | 'or' | 'not' | 'and' }
  | { readonly type: 'word'; readonly text: string };

const keywords = new Set(['or', 'not', 'and', 'OR', 'NOT', 'AND']);

/** Parses the arguments of a command as one query: they are ANDed, but `or`, `not` and parentheses may stand alone. */
export function parseArguments(args: readonly string[]): Node {
  const isGlue = (arg: string) => keywords.has(arg) || arg === '(' || arg === ')';
  return parseQuery(
    args.length === 1 ? args[0]! : args.map(arg => (isGlue(arg) ? arg : `(${arg})`)).join(' '),
  );
}

/** Throws USAGE with the place where the text is no query. */
export function parseQuery(text: string): Node {
  const tokens = tokenise(text);
  let at = 0;
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
      if (type === 'and' && nodes.length > 0) at++;
      else if (type === undefined || type === 'or' || type === ')') break;
      else nodes.push(unary());
    }
    if (nodes.length === 0)
      throw usage(`nothing to search for ${where(at)} in ${JSON.stringify(text)}`, 'crm help query');
    return nodes.length === 1 ? nodes[0]! : { type: 'and', nodes };
  }

  function unary(): Node {
    const token = tokens[at++]!;
    if (token.type === 'not') {
      if (peek() === undefined) throw usage(`nothing after not in ${JSON.stringify(text)}`, 'crm help query');
      return { type: 'not', node: unary() };
    }
    if (token.type === '(') {
      if (peek() === ')') {
        at++;
        return everything;
      }
      const node = or();
      if (peek() !== ')') throw usage(`a parenthesis is not closed in ${JSON.stringify(text)}`);
      at++;
      return node;
    }
    if (token.type === 'word') return parseTerm(token.text);
    throw usage(`unexpected ${token.type} in ${JSON.stringify(text)}`, 'crm help query');
  }

  const where = (i: number) =>
    i === 0 ? 'at the beginning' : i >= tokens.length ? 'at the end' : `before ${tokens[i]!.type}`;

  if (tokens.length === 0) return everything;
  const node = or();
  if (at < tokens.length) throw usage(`a parenthesis is closed but not opened in ${JSON.stringify(text)}`);
  return node;
}

/** Splits at spaces and parentheses outside quotes. */
function tokenise(text: string): Token[] {
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
    tokens.push(keywords.has(word) ? { type: word.toLowerCase() as 'or' } : { type: 'word', text: word });
  }
  return tokens;
}

function closingQuote(text: string, open: number): number {
  const close = text.indexOf('"', open + 1);
  if (close < 0) throw usage(`a quote is not closed in ${JSON.stringify(text)}`);
  return close;
}

const fieldPattern = /^([\p{L}_][\p{L}\p{N}_.-]*):/u;
const suffixes: Record<string, Operator> = { over: '>', under: '<', after: '>', before: '<' };

function parseTerm(source: string): Node {
  if (source.startsWith('not:')) {
    if (source.length === 4) throw usage('nothing after not:', 'for example not:tag:cold');
    return { type: 'not', node: parseTerm(source.slice(4)) };
  }
  if (source.startsWith('@') && source.length > 1) return { type: 'view', name: source.slice(1), source };
  const match = fieldPattern.exec(source);
  if (!match) return { type: 'term', field: 'text', operator: ':', values: [unquote(source)], source };
  let field = match[1]!;
  let rest = source.slice(match[0].length);
  let operator: Operator = ':';
  const dot = field.lastIndexOf('.');
  const suffix = dot > 0 ? suffixes[field.slice(dot + 1)] : undefined;
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
  if (rest === '')
    throw usage(`${source} has no value`, `for example ${field}:x, has:${field} or no:${field}`);
  if (operator === ':' && !rest.startsWith('"')) {
    const range = rest.indexOf('..');
    if (range >= 0) {
      const values = [unquote(rest.slice(0, range)), unquote(rest.slice(range + 2))];
      if (values[0] === '' && values[1] === '')
        throw usage(`${source} has no value`, `for example ${field}:1..5`);
      return { type: 'term', field, operator: '..', values, source };
    }
  }
  const values = splitCommas(rest);
  if (operator !== ':' && operator !== '=' && values.length > 1)
    throw usage(`${source}: a comma means any of, which goes with ${field}:a,b only`);
  return { type: 'term', field, operator, values, source };
}

function splitCommas(text: string): string[] {
  const values: string[] = [];
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    if (text[at] === '"') at = closingQuote(text, at);
    else if (at === text.length || text[at] === ',') {
      const value = unquote(text.slice(start, at));
      if (value !== '') values.push(value);
      start = at + 1;
    }
  }
  if (values.length === 0) throw usage(`${text} has no value`);
  return values;
}

function unquote(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"')
    ? text.slice(1, -1)
    : text.replaceAll('"', '');
}

/** An error of a query, with the query said. */
export function inQuery(error: unknown, source: string): unknown {
  if (!(error instanceof CrmError) || error.message.includes(source)) return error;
  return new CrmError(error.kind, `${source}: ${error.message}`, error.hint);
}
