/** `$1` in a command line: the id of the record that the first of several commands adds, which nobody knows before. */
import { usage } from '../../domain/errors.ts';

/** Replaces `$1`, `$2`, ... in words by the ids that earlier commands added. USAGE if such a command added nothing. */
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
