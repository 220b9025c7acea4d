import { usage } from '../../domain/errors.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { suggestion } from '../../domain/nearest.ts';
import { definitionsIn } from '../../kinds/define.ts';

/** Returns the kinds that people make records of. */
const madeByPeople = (kinds: Kinds): readonly Kind[] =>
  definitionsIn(kinds)
    .filter(each => each.isMadeByPeople)
    .map(each => each.name);

/** The kind that a word names, in the singular or the plural; `others` are words that the caller understands too. */
export function kindNamed(
  kinds: Kinds,
  word: string,
  among: readonly Kind[] = madeByPeople(kinds),
  others: readonly string[] = [],
): Kind {
  const known = [...among.map(each => kinds.pluralOf(each)), ...others];
  const kind = among.find(k => k === word || kinds.pluralOf(k) === word);
  if (!kind) throw usage(`unknown kind ${JSON.stringify(word)}`, suggestion(word, known, 'kinds'));
  return kind;
}
