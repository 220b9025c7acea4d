/** How other tools write filters, which here would be a search for a text: `stage=x`, `'value>100'`, `'name!=Bob'`. */
import { usage } from '../domain/errors.ts';
import type { Term } from './parse.ts';

const COMPARISON = /^([\p{L}_][\p{L}\p{N}_.-]*)(!=|==|=~|!~|>=|<=|=|>|<|~)(.+)$/su;

/** How each is written here. */
const written: Readonly<Record<string, (field: string, value: string) => string>> = {
  '=': (field, value) => `${field}:${value}`,
  '==': (field, value) => `${field}:=${value}`,
  '!=': (field, value) => `not:${field}:=${value}`,
  '~': (field, value) => `${field}:${value}`,
  '=~': (field, value) => `${field}:${value}`,
  '!~': (field, value) => `not:${field}:${value}`,
  '>': (field, value) => `${field}:>${value}`,
  '>=': (field, value) => `${field}:>=${value}`,
  '<': (field, value) => `${field}:<${value}`,
  '<=': (field, value) => `${field}:<=${value}`,
};

/**
 * Throws USAGE with the right way to write it where a bare word compares a field; `isField` says what is one. A text in
 * quotes is searched for as it is.
 */
export function refuseHabit(term: Term, isField: (name: string) => boolean): void {
  if (term.field !== 'text' || term.source.startsWith('text:')) return;
  const match = COMPARISON.exec(term.source);
  if (!match || match[1]!.includes('"') || !isField(match[1]!)) return;
  const [, field, sign, value] = match as unknown as [string, string, string, string];
  throw usage(
    `${term.source} compares nothing: a field and its value have a colon between them`,
    `${written[sign]!(field, value)}, or in quotes to search for the text`,
  );
}
