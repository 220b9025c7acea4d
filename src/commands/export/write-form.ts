/** Writes an export for other programs: to standard output, to one file, or each record to a file of a directory. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { limitOf, offsetOf } from './rows.ts';
import { list } from '../../app/reading/list.ts';
import { workspaceId } from '../../app/core/origin.ts';
import { usage } from '../../domain/errors.ts';
import { plural } from '../../ui/words.ts';
import type { Context } from '../line/context.ts';
import { unwritable } from '../line/named-file.ts';
import type { Options } from '../line/options.ts';
import { openOutput, requireOutside } from '../printing/output-file.ts';
import type { OtherForm, Piece } from './other-form.ts';

/** `words` are those behind the kind: a query, of which the last may be the file. */
export async function writeForm(
  context: Context,
  form: OtherForm,
  words: readonly string[],
  options: Options,
): Promise<void> {
  const { query, target } = targetOf(form, words, options);
  const workspace = await context.workspace();
  const view = await workspace.view();
  const rows = list(view, form.kind, {
    query,
    sort: options.text('sort'),
    limit: limitOf(options),
    offset: offsetOf(options),
  });
  const id = await workspaceId(workspace.store);
  const pieces = await form.pieces({ context, options, view, rows, workspace: id ?? '' });
  if (target === undefined) {
    for (const { text } of pieces) await context.printExact(text);
    return;
  }
  if (form.bySingle && target.endsWith('/')) await writeEach(context, target, pieces);
  else await writeOne(context, target, pieces);
  await context.message(`wrote ${plural(rows.length, form.noun)} to ${target}`);
}

/** `--vcard people.vcf` names the file where an option that takes none is followed by it; `-o` does so too. */
function targetOf(form: OtherForm, words: readonly string[], options: Options) {
  const last = words.at(-1);
  const isFile = last !== undefined && (last.endsWith(form.ending) || (form.bySingle && last.endsWith('/')));
  const output = options.text('output');
  if (isFile && output !== undefined && output !== last)
    throw usage(`${last} and --output ${output} both name a file`, 'leave one of them out');
  if (isFile) return { query: words.slice(0, -1), target: last };
  // `--vcard -` is what an option with a file would be given for standard output.
  if (last === '-') return { query: words.slice(0, -1), target: undefined };
  return { query: words, target: output === '-' ? undefined : output };
}

async function writeOne(context: Context, file: string, pieces: Iterable<Piece>): Promise<void> {
  const { write, close } = await openOutput(context, file);
  try {
    for (const { text } of pieces) await write(text);
  } finally {
    await close();
  }
}

async function writeEach(context: Context, dir: string, pieces: Iterable<Piece>): Promise<void> {
  await requireOutside(context, dir, '--vcard ../people/');
  try {
    await mkdir(resolve(context.deps.cwd, dir), { recursive: true });
  } catch (error) {
    throw unwritable(error, dir);
  }
  for (const { file, text } of pieces) await writeOne(context, join(dir, file), [{ file, text }]);
}
