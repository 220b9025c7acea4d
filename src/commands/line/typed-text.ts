import { usage } from '../../domain/errors.ts';
import type { Context } from './context.ts';

/**
 * Returns the text that was typed as an argument; `-` stands for all of standard input, without the line break at its
 * end. USAGE if ids are read from there too (`isTaken`), or if it is empty.
 */
export async function typedText(context: Context, typed: string, isTaken = false): Promise<string> {
  if (typed !== '-') return typed;
  if (isTaken) throw usage('standard input cannot be both the ids and the text', 'name one of them');
  const text = (await context.readStdin()).replace(/\r?\n$/, '');
  if (text.trim() === '')
    throw usage('standard input has no text', 'for example: crm log note D12 - < note.txt');
  return text;
}
