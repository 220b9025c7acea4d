/** `--note TEXT` of the verbs that move and close deals: why, in the same transaction. */
import type { Writer } from '../../app/core/writer.ts';
import { usage } from '../../domain/errors.ts';
import type { Context } from '../line/context.ts';
import type { Options, OptionSpec } from '../line/options.ts';
import { typedText } from '../line/typed-text.ts';

export const noteOption: OptionSpec = {
  flags: '--note <TEXT>',
  description: 'a note for each deal; - reads it from standard input',
};

/** Returns what writes the note of a command to a deal, if one was given; `words` are its ids. */
export async function noteOf(
  context: Context,
  options: Options,
  words: readonly string[],
): Promise<(writer: Writer, id: string) => void> {
  const typed = options.text('note');
  if (typed === undefined) return () => {};
  if (typed.trim() === '') throw usage('a note needs a text', '--note "wants it by May"');
  const text = await typedText(context, typed, words.includes('-'));
  return (writer, id) => void writer.add('activity', { type: 'note', for: id, text });
}
