/**
 * Lets the user edit a text until it is valid; each problem is written above its line. The lock is not held
 * meanwhile, and no text is lost: one that was not saved is kept in `.crm/edit`.
 */
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EditProblems } from '../app/records/edit-record.ts';
import { CrmError, failed, usage } from '../domain/errors.ts';
import { requireOwnDirectory } from '../store/disk/io.ts';
import { printable } from '../ui/escape.ts';
import { canPrompt } from '../ui/can-prompt.ts';
import type { Context } from './line/context.ts';

/** The beginning of the lines that crm writes above wrong lines, and removes before it reads a text. */
const MARK = '# ! ';

export interface Editing<T> {
  /** What the file is called: `D12.yaml`. */
  readonly name: string;
  readonly text: string;
  /** A command line to use if nobody can edit. */
  readonly instead: string;
  /** Saves an edited text; throws EditProblems for faults to correct, and CrmError for errors that end the edit. */
  save(text: string): Promise<T>;
}

/** Opens the editor and saves; undefined if the text was not changed. INTERRUPTED if it was emptied. */
export async function edit<T>(
  context: Context,
  { name, text, instead, save }: Editing<T>,
): Promise<T | undefined> {
  const command = editorOf(context, instead);
  const { store } = await context.workspace();
  const hidden = join(store.dir, '.crm');
  const { io } = await context.world();
  // The edited file must stay inside the workspace, whoever made its directories.
  for (const dir of [hidden, join(hidden, 'edit')]) requireOwnDirectory(io, dir);
  const path = await newFile(join(hidden, 'edit'), name, text);
  const kept = `what you wrote is kept in ${path}`;
  let wrong: string | undefined;
  for (;;) {
    const done = () => rm(path, { force: true });
    const trouble = await run(context, [...command, path]);
    const edited = await readFile(path, 'utf8');
    if (trouble) {
      if (edited === text) await done();
      else await context.message(kept);
      throw trouble;
    }
    const plain = withoutMarks(edited);
    if (plain.split('\n').every(line => line.trim() === '' || line.startsWith('#'))) {
      await done();
      throw new CrmError('INTERRUPTED', 'the text was emptied; nothing was changed');
    }
    if (plain === text) {
      await done();
      return undefined;
    }
    try {
      // A wrong text that comes back unchanged, with or without the marks, ends the edit.
      const saved = await save(plain);
      await done();
      return saved;
    } catch (error) {
      if (!(error instanceof EditProblems)) {
        await context.message(kept);
        throw error;
      }
      const { problems } = error;
      if (plain === wrong) {
        const [first] = problems;
        throw usage(`line ${first!.line}: ${first!.message}; nothing was changed`, kept);
      }
      wrong = plain;
      await writeFile(path, withMarks(plain, problems));
    }
  }
}

/** The command line of the editor; USAGE if there is none, or no terminal to run it on. */
function editorOf({ streams, globals, deps: { env } }: Context, instead: string): string[] {
  const hint = `without an editor: ${instead}`;
  if (!canPrompt(streams, globals.noInput, env)) throw usage('there is no terminal to edit on', hint);
  const named = ['CRM_EDITOR', 'VISUAL', 'EDITOR'].find(name => (env[name] ?? '').trim() !== '');
  if (named === undefined) throw usage('no editor is named: set EDITOR, as in EDITOR=vi', hint);
  const words = wordsOf(env[named]!);
  if (!words) throw usage(`${named}: a quote is not closed in ${JSON.stringify(env[named])}`, hint);
  return words;
}

/** `code -w` as words; quotes keep spaces together, and nothing else has a meaning: no shell reads it. */
function wordsOf(line: string): string[] | undefined {
  const word = /\s*((?:"[^"]*"|'[^']*'|[^\s"'])+)/y;
  const words: string[] = [];
  const text = line.trim();
  while (word.lastIndex < text.length) {
    const found = word.exec(text);
    if (!found) return undefined;
    words.push(found[1]!.replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single));
  }
  return words;
}

/** Runs the editor; returns its error. */
async function run({ deps }: Context, command: readonly string[]): Promise<CrmError | undefined> {
  try {
    const code = await deps.onTerminal(command);
    return code === 0 ? undefined : failed(`the editor ended with ${code}; nothing was changed`);
  } catch (error) {
    return usage(
      `the editor ${command[0]} cannot be started: ${(error as Error).message}`,
      'CRM_EDITOR, VISUAL or EDITOR names it',
    );
  }
}

/** Returns a file of that name, or a similar one if an earlier text is kept there. */
async function newFile(dir: string, name: string, text: string): Promise<string> {
  await mkdir(dir, { recursive: true });
  const [, stem, ending] = /^(.*)(\.\w+)$/.exec(name)!;
  for (let n = 1; ; n++) {
    const path = join(dir, n === 1 ? name : `${stem}-${n}${ending}`);
    try {
      const file = await open(path, 'wx', 0o600);
      await file.writeFile(text);
      await file.close();
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Returns a text without the marks of its problems. */
export const withoutMarks = (text: string): string =>
  text
    .split('\n')
    .filter(line => !line.startsWith(MARK))
    .join('\n');

/** Returns a text with a mark above each wrong line that says what is wrong. */
export function withMarks(text: string, problems: EditProblems['problems']): string {
  const lines = text.split('\n');
  for (const { line, message, hint } of [...problems].sort((a, b) => b.line - a.line))
    lines.splice(line - 1, 0, `${MARK}${printable(hint === undefined ? message : `${message} (${hint})`)}`);
  return lines.join('\n');
}
