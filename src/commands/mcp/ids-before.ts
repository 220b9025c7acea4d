/** `$1` in a command line: the id of what the first of several commands added, which nobody can know before. */
import { usage } from '../../domain/errors.ts';

/** Puts the ids that commands before it added in the place of `$1`, `$2`, ... in the words of a command line. */
export const withIdsBefore = (words: readonly string[], added: readonly (string | undefined)[]): string[] =>
  words.map(word => {
    const [, option = '', number] = /^(--[a-z-]+=)?\$(\d+)$/.exec(word) ?? [];
    if (number === undefined) return word;
    const id = added[Number(number) - 1];
    if (id === undefined)
      throw usage(
        `$${number} is what command ${number} adds, and ${Number(number) > added.length ? 'that does not come before this one' : 'it adds nothing'}`,
        'name the record by its id or a key',
      );
    return option + id;
  });
