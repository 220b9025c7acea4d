/** On a terminal, a command line that lacks something asks for it; the answers make the whole line, which is shown once. */
import type { View } from '../../app/core/view.ts';
import type { Bound } from '../args/bind.ts';
import type { Arguments } from '../args/argument.ts';
import { quoted } from '../args/quoted.ts';
import type { Command } from '../command.ts';
import { kindOf } from '../completion/candidates.ts';
import { valuesIn } from '../completion/values.ts';
import type { Context } from '../context.ts';
import type { Options } from '../options.ts';
import { printable } from '../../ui/escape.ts';
import { isAskedFor, isOptionAskedFor, nameOfOption } from './lacks-answer.ts';
import { askArgument, type Asked, inWords } from './question.ts';

interface Given {
  readonly argv: readonly string[];
  readonly command: Command;
  readonly found: Pick<Bound<Arguments>, 'missing' | 'words'>;
  readonly options: Options;
}

/** The commands that need no workspace. */
const outside: ReadonlySet<string> = new Set(['clone', 'completion']);

/**
 * Returns the command line with the answers to what it lacks; undefined if nobody can be asked, or if a required argument has
 * nothing to choose from. Esc and Ctrl-C are INTERRUPTED.
 */
export async function lineAsked(context: Context, given: Given): Promise<string[] | undefined> {
  const { format } = context.globals;
  if ((format !== undefined && format !== 'table') || !context.canAsk()) return undefined;
  const { argv, command, found, options } = given;
  // A directory without a workspace is said before somebody has answered.
  if (!outside.has(context.via)) await context.workspace();
  const answers = await askArguments(context, given);
  if (!answers) return undefined;
  const chosen: string[] = [];
  const isPiped = [...found.words.values()].flat().includes('-');
  for (const spec of isPiped ? [] : (command.options ?? [])) {
    if (context.globals.yes || !isOptionAskedFor(spec, options)) continue;
    const text = (await context.askText(`${inWords(spec.asks!)} (Enter: no answer)`)).trim();
    if (text !== '') chosen.push(`--${nameOfOption(spec)}=${text}`);
  }
  if (answers.words.length === 0 && chosen.length === 0) return [...argv];
  const end = argv.indexOf('--');
  const before = end < 0 ? argv : argv.slice(0, end);
  const after = end < 0 ? [] : argv.slice(end);
  const isDashed = end < 0 && answers.needsEnd;
  const line = [...before, ...chosen, ...after, ...(isDashed ? ['--'] : []), ...answers.words];
  await sayLine(context, line);
  return line;
}

/** Says the line that does the same without a question. */
export async function sayLine(context: Context, line: readonly string[]): Promise<void> {
  const { colorPaint, plainPaint, wantsColor } = await import('../../ui/paint.ts');
  const { stderr, mark } = context.streams;
  const isColored = wantsColor({ flag: context.globals.color, isTTY: stderr.isTTY, env: context.deps.env });
  const paint = isColored ? await colorPaint(mark) : plainPaint;
  await stderr.write(`${paint.dim(printable(['crm', ...line].map(quoted).join(' ')))}\n`);
}

interface Answers {
  readonly words: readonly string[];
  /** Whether one begins with a dash, so that `--` must stand before them. */
  readonly needsEnd: boolean;
}

async function askArguments(
  context: Context,
  { command, found, options }: Given,
): Promise<Answers | undefined> {
  const asks = Object.entries(command.args).filter(
    ([name, argument]) =>
      found.missing.includes(name) || isAskedFor(argument, found.words.get(name), options),
  );
  const view = outside.has(context.via) ? undefined : await (await context.workspace()).view();
  const values = await valuesIn(context);
  const [noun] = context.via.split(' ') as [string];
  const known = new Map(found.words);
  const answers: string[] = [];
  let needsEnd = false;
  for (const [name, argument] of asks) {
    const words: string[] = [];
    while (words.length < (argument.least ?? 1)) {
      const args = Object.keys(command.args).flatMap(each => known.get(each) ?? []);
      const place = { noun, path: context.via, kind: kindOf(context.deps.kinds, noun, args), args };
      const asked: Asked = { context, view, values, place, options, deals: dealsOf(command, known, view) };
      const word = await askArgument(asked, argument, words);
      if (word === undefined) return undefined;
      words.push(word);
    }
    known.set(name, words);
    answers.push(...words);
    needsEnd ||= words.some(word => word.startsWith('-') && argument.dash?.(word) !== true);
  }
  return { words: answers, needsEnd };
}

/** Returns the deals that the words so far name. */
function dealsOf(
  { args }: Command,
  words: ReadonlyMap<string, readonly string[]>,
  view: View | undefined,
): string[] {
  const named = Object.entries(args).flatMap(([name, { kinds }]) =>
    kinds?.includes('deal') ? (words.get(name) ?? []) : [],
  );
  return named.flatMap(word => {
    try {
      return view ? [view.find(['deal'], word)] : [];
    } catch {
      // What is wrong with it, the command says.
      return [];
    }
  });
}
