/** The candidates for the last term of a query: its field, then its values, also after commas and inside quotes. */
import type { View } from '../../app/core/view.ts';
import type { Kind } from '../../domain/kinds.ts';
import { findField } from '../../kinds/fields.ts';
import { queryNames } from '../../query/names.ts';
import { nextActions } from '../../query/derived.ts';
import { isWords } from '../../query/special.ts';
import type { Candidate } from './candidate.ts';
import { periods } from './days.ts';
import { fieldValues, tags, wordsIn } from './field-values.ts';
import { after, lastOf } from './lists.ts';

/** Returns the candidates for a query whose last term is being typed; each begins with the earlier terms. */
export async function queriesLike(view: View, kind: Kind, partial: string): Promise<Candidate[]> {
  const { before, term } = lastTerm(partial);
  const match = /^((?:not:)*)([^\s:"]+?)(?:\.(?:over|under|after|before))?:((?:[<>]=?|=)?)/u.exec(term);
  const name = match?.[2];
  if (match === null || name === undefined || name === 'not') {
    const not = /^(?:not:)*/.exec(term)![0];
    return after(before + not, [...namesOf(view, kind), ...(not === '' ? viewsOf(view, kind) : [])]);
  }
  const typed = term.slice(match[0].length);
  // The end of a range is completed: `1000..`.
  const range = typed.lastIndexOf('..');
  const start = range < 0 ? '' : typed.slice(0, range + 2);
  const values = await lastOf(typed.slice(start.length), item =>
    valuesOf(view, kind, name, item.replace(/^"/, '')).map(each => inQuery(each, item)),
  );
  return after(before + match[0] + start, values);
}

/** Splits a query before its last term. Spaces within double quotes do not end a term. */
function lastTerm(text: string): { readonly before: string; readonly term: string } {
  let isQuoted = false;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && /[\s(]/.test(text[i]!)) start = i + 1;
  }
  return { before: text.slice(0, start), term: text.slice(start) };
}

/** Returns a value as a query needs it, in quotes if it has spaces; it is also found if the first quote is not typed. */
function inQuery(each: Candidate, typed: string): Candidate {
  const value = quoted(each.value);
  return value === each.value || typed.startsWith('"')
    ? { ...each, value }
    : { ...each, value, matched: each.value };
}

const quoted = (value: string): string =>
  /[\s(),"]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

const namesOf = (view: View, kind: Kind): Candidate[] =>
  queryNames(kind, view.config).map(name => ({ value: `${name}:` }));

const viewsOf = (view: View, kind: Kind): Candidate[] =>
  view.config.views.flatMap(({ id, of, query }) =>
    of === view.kinds.pluralOf(kind) ? [{ value: `@${id}`, about: query }] : [],
  );

const words = (all: readonly string[]): Candidate[] => all.map(value => ({ value }));

/** The candidates of terms that are not fields. */
const special: Readonly<Record<string, (view: View, kind: Kind) => Candidate[]>> = {
  is: (view, kind) => words(isWords(view.kinds, kind)),
  has: (view, kind) => words(queryNames(kind, view.config)),
  no: (view, kind) => words(queryNames(kind, view.config)),
  'next-action': () => words(nextActions),
  group: view =>
    words([
      ...new Set(view.config.pipelines.flatMap(({ stages }) => stages.flatMap(({ group }) => group ?? []))),
    ]),
  event: view => wordsIn(view, 'event', 'name'),
  'contact-tag': view => tags(view, 'contact'),
};

function valuesOf(view: View, kind: Kind, name: string, partial: string): readonly Candidate[] {
  if (Object.hasOwn(special, name)) return special[name]!(view, kind);
  const field = findField(view.config, kind, name);
  if (field) {
    const found = fieldValues(view, kind, field, partial);
    if (field.type === 'user') return [...found, ...words(['me', 'none'])];
    return field.type === 'day' || field.type === 'instant' ? [...found, ...words(periods)] : found;
  }
  // `contact.tag:`, `account.owner:`: a field of the record that a field points to.
  const dot = name.indexOf('.');
  const refs = dot < 0 ? undefined : findField(view.config, kind, name.slice(0, dot))?.refs;
  return refs?.length === 1 ? valuesOf(view, refs[0]!, name.slice(dot + 1), partial) : [];
}
