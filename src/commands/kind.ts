import { usage } from '../domain/errors.ts';
import { type Kind, pluralOf } from '../domain/kinds.ts';
import { definitions } from '../kinds/index.ts';
import { suggestion } from '../domain/nearest.ts';

/** The kinds that people make records of. */
const outside = definitions.filter(each => each.isMadeByPeople).map(each => each.name);

/** The kind that a word names, in the singular or the plural; `others` are words that the caller understands too. */
export function kindNamed(
  word: string | undefined,
  kinds: readonly Kind[] = outside,
  others: readonly string[] = [],
): Kind {
  const known = [...kinds.map(pluralOf), ...others];
  if (word === undefined) throw usage('of which kind?', known.join(', '));
  const kind = kinds.find(k => k === word || pluralOf(k) === word);
  if (!kind) throw usage(`unknown kind ${JSON.stringify(word)}`, suggestion(word, known, 'kinds'));
  return kind;
}
