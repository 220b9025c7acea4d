/** Queries as text: what a report prints for each row, so that `crm deal list` answers with the same deals. */
import { parseArguments, parseQuery } from '../../query/parse.ts';

/** Joins terms to a text; null if one of them cannot be said as a query. */
export function joinedQuery(...terms: readonly (string | null)[]): string | null {
  if (terms.includes(null)) return null;
  return terms.filter(term => term !== '').join(' ');
}

/** Returns the arguments of a command as one text that other terms may be put beside; '' for none. */
export function askedQuery(args: readonly string[]): string {
  if (args.length === 0) return '';
  const text = args.length === 1 ? args[0]! : args.map(whole).join(' ');
  return parseArguments(args).type === 'or' ? `(${text})` : text;
}

/** An argument of several words is a whole of its own, unless a parenthesis in it is closed in another one. */
function whole(arg: string): string {
  if (!arg.includes(' ')) return arg;
  try {
    parseQuery(arg);
    return `(${arg})`;
  } catch {
    return arg;
  }
}

/** Returns `field:operator"value"`, with quotes only where the value needs them; a quote inside them is written twice. */
export function term(field: string, value: string, operator: ':' | ':=' = ':'): string {
  const isPlain = /^[^\s,()"<>=@][^\s,()"]*$/.test(value) && !value.includes('..');
  return `${field}${operator}${isPlain ? value : `"${value.replaceAll('"', '""')}"`}`;
}
