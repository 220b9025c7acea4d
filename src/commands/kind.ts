import { usage } from '../domain/errors.ts';
import { type Kind, kindNames, pluralOf } from '../domain/kinds.ts';
import { suggestion } from '../domain/nearest.ts';

/** The kind that a word names, in the singular or the plural. */
export function kindNamed(word: string | undefined): Kind {
  const outside = kindNames.filter(kind => kind !== 'message' && kind !== 'enrolment');
  if (word === undefined) throw usage('of which kind?', outside.map(pluralOf).join(', '));
  const kind = outside.find(k => k === word || pluralOf(k) === word);
  if (!kind)
    throw usage(`unknown kind ${JSON.stringify(word)}`, suggestion(word, outside.map(pluralOf), 'kinds'));
  return kind;
}
