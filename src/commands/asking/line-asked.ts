/** Completes a command line on a terminal by questions, and shows the completed line, so that people learn it. */
import type { View } from '../../app/core/view.ts';
import type { Bound } from '../args/bind.ts';
import type { Argument, Arguments } from '../args/argument.ts';
import { optionValue } from '../args/option-value.ts';
import { quoted } from '../args/quoted.ts';
import type { Command } from '../line/command.ts';
import { kindOf } from '../completion/candidates.ts';
import { valuesIn } from '../completion/values.ts';
import type { Context } from '../line/context.ts';
import { longName, type Options } from '../line/options.ts';
import { printable } from '../../ui/escape.ts';
import { isAskedFor, isOptionAskedFor } from './lacks-answer.ts';
import { askArgument, inWords } from './question.ts';
import { type CrmError, usage } from '../../domain/errors.ts';

interface Given {
  readonly argv: readonly string[];
  readonly command: Command;
  readonly found: Pick<Bound<Arguments>, 'missing' | 'words'>;
  readonly options: Options;
}

/**
 * Returns the command line with the answers to its open questions; undefined if nobody can be asked. USAGE if the workspace
 * has no answer to a question, INTERRUPTED by Esc and Ctrl-C.
 */
export async function lineAsked(context: Context, given: Given): Promise<string[] | undefined> {
  const { format } = context.globals;
  if ((format !== undefined && format !== 'table') || !context.canAsk()) return undefined;
  const { argv } = given;
  // A directory without a workspace fails here, before the user has answered anything.
  if (!given.command.needsNoWorkspace) await context.workspace();
  const answers = await askArguments(context, given);
  const chosen = [...answers.options, ...(await askOptions(context, given, answers.known))];
  if (answers.words.length === 0 && chosen.length === 0) return [...argv];
  const end = argv.indexOf('--');
  const before = end < 0 ? argv : argv.slice(0, end);
  const after = end < 0 ? [] : argv.slice(end);
  const isDashed = end < 0 && answers.needsEnd;
  const line = [...before, ...chosen, ...after, ...(isDashed ? ['--'] : []), ...answers.words];
  await sayLine(context, line);
  return line;
}

/** Prints the line that does the same without a question, on stderr. */
export async function sayLine(context: Context, line: readonly string[]): Promise<void> {
  const { colorPaint, plainPaint, wantsColor } = await import('../../ui/paint.ts');
  const { stderr, mark } = context.streams;
  const isColored = wantsColor({ flag: context.globals.color, isTTY: stderr.isTTY, env: context.deps.env });
  const paint = isColored ? await colorPaint(mark) : plainPaint;
  await stderr.write(`${paint.dim(printable(['crm', ...line].map(quoted).join(' ')))}\n`);
}

interface Answers {
  readonly words: readonly string[];
  /** Answers that are given as options. */
  readonly options: readonly string[];
  /** The words of each argument, the answers included. */
  readonly known: Words;
  /** Whether an answer begins with a dash, so that `--` must stand before the words. */
  readonly needsEnd: boolean;
}

type Words = ReadonlyMap<string, readonly string[]>;

/** Asks for the missing arguments. USAGE if nothing that the user sees answers a question. */
async function askArguments(context: Context, given: Given): Promise<Answers> {
  const { command, found, options } = given;
  const asks = Object.entries(command.args).filter(
    ([name, argument]) =>
      found.missing.includes(name) || (!isPiped(given) && isAskedFor([name, argument], found.words, options)),
  );
  const ask = await asking(context, given);
  const known = new Map(found.words);
  const answers: string[] = [];
  const asOptions: string[] = [];
  let needsEnd = false;
  for (const [name, argument] of asks) {
    const words: string[] = [];
    while (words.length < (argument.least ?? 1)) {
      const word = await ask(argument, known, words);
      if (word === undefined) throw nothingFits(context, argument);
      // An empty answer leaves the argument out.
      if (word === '') break;
      words.push(word);
    }
    const [word] = words;
    if (word !== undefined && argument.elseOption && isTakenFor(context, word)) {
      asOptions.push(`--${argument.elseOption}=${word}`);
      continue;
    }
    known.set(name, words);
    answers.push(...words);
    needsEnd ||= words.some(each => each.startsWith('-') && argument.dash?.(each) !== true);
  }
  return { words: answers, options: asOptions, known, needsEnd };
}

/** Whether a text, as a word, would be bound as an id or mean standard input. */
const isTakenFor = ({ deps }: Context, word: string): boolean =>
  word === '-' || deps.kinds.parseId(word) !== undefined;

/** Whether the ids come from standard input, which therefore cannot carry answers. */
const isPiped = ({ found }: Given): boolean => [...found.words.values()].flat().includes('-');

/** Asks for the options that are not given; returns the answered ones as words. */
async function askOptions(context: Context, given: Given, words: Words): Promise<string[]> {
  const { command, options } = given;
  const chosen: string[] = [];
  const ask = await asking(context, given);
  // No command takes the same thing twice, so words that are given are not offered again.
  const before = [...words.values()].flat();
  for (const spec of isPiped(given) ? [] : (command.options ?? [])) {
    if (!isOptionAskedFor(spec, options)) continue;
    let answer: string | undefined;
    if (spec.isRequired) {
      const argument = { ...optionValue(spec), asks: spec.asks! };
      answer = await ask(argument, words, before);
      if (answer === undefined) throw nothingFits(context, argument);
      before.push(answer);
    } else if (!context.globals.yes)
      answer = (await context.askText(`${inWords(spec.asks!)} (Enter: no answer)`)).trim();
    if (answer) chosen.push(`--${longName(spec)}=${answer}`);
  }
  return chosen;
}

/** Returns a function that asks for a word of an argument, given the words of all arguments and those it has already. */
async function asking(context: Context, { command, options }: Given) {
  const view = command.needsNoWorkspace ? undefined : await (await context.workspace()).view();
  const values = await valuesIn(context);
  const [noun] = context.via.split(' ') as [string];
  return (argument: Argument, known: Words, words: readonly string[]): Promise<string | undefined> => {
    const args = Object.keys(command.args).flatMap(each => known.get(each) ?? []);
    const place = { noun, path: context.via, kind: kindOf(context.deps.kinds, noun, args), args };
    const deals = dealsOf(command, known, view);
    const mayBeEmpty = argument.mayBeEmpty?.(known) === true;
    return askArgument(
      { context, view, values, place, options, deals, mayBeEmpty, taken: args },
      argument,
      words,
    );
  };
}

/** Returns the error for a question that has no possible answer: there is no deal to move, no rule to show. */
function nothingFits({ deps }: Context, argument: Argument): CrmError {
  const { asks, kinds = [], offers, type } = argument;
  const [kind] = kinds;
  const noun = kind ?? type;
  const { commands } = deps.tree;
  const hint =
    kind !== undefined && type === 'trashed'
      ? `crm ${kind} list --trash shows none`
      : kind !== undefined && offers !== undefined
        ? `crm ${kind} list ${offers} shows none`
        : Object.hasOwn(commands, `${noun} add`)
          ? `crm ${noun} add`
          : undefined;
  return usage(`${asks}? There is none`, hint);
}

/** Returns the ids of the deals that the words so far name. */
function dealsOf({ args }: Command, words: Words, view: View | undefined): string[] {
  const named = Object.entries(args).flatMap(([name, { kinds }]) =>
    kinds?.includes('deal') ? (words.get(name) ?? []) : [],
  );
  return named.flatMap(word => {
    try {
      return view ? [view.find(['deal'], word)] : [];
    } catch {
      // The command itself reports a wrong word.
      return [];
    }
  });
}
