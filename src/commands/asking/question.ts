/** Asks one question about an argument of a command, with the choices that the workspace has. */
import type { View } from '../../app/core/view.ts';
import { pipelineOf } from '../../domain/config.ts';
import type { Deal } from '../../domain/records.ts';
import { askText, type Choice, searchFor } from '../../ui/prompt.ts';
import type { Argument } from '../args/argument.ts';
import type { Candidate } from '../completion/candidate.ts';
import type { Place, Values } from '../completion/values.ts';
import type { Context } from '../line/context.ts';
import type { Options } from '../line/options.ts';
import { fuzzyFound } from './fuzzy.ts';
import { recordFinder, textOf } from './record-choices.ts';

/** The surroundings of a question: the workspace, and the line so far. */
export interface Asked {
  readonly context: Context;
  /** Undefined outside of a workspace. */
  readonly view: View | undefined;
  readonly values: Values;
  readonly place: Omit<Place, 'partial'>;
  readonly options: Options;
  /** The ids of deals that the line names already. */
  readonly deals: readonly string[];
  /** The words of the line so far, which are not offered again. */
  readonly taken: readonly string[];
  /** Whether an empty text is a valid answer. */
  readonly mayBeEmpty: boolean;
}

/** Returns a question with a capital and a question mark: `To which stage?` */
export const inWords = (asks: string): string => `${asks[0]!.toUpperCase()}${asks.slice(1)}?`;

/**
 * Asks for a word of an argument, after those in `without`. Undefined if the workspace has nothing that fits; an empty text
 * if that is allowed and was the answer. INTERRUPTED by Esc and Ctrl-C.
 */
export async function askArgument(
  asked: Asked,
  argument: Argument,
  without: readonly string[],
): Promise<string | undefined> {
  const { context } = asked;
  const { least = 1 } = argument;
  const taken = [...asked.taken, ...without];
  const question = `${inWords(argument.asks)}${least > 1 ? ` (${without.length + 1} of ${least})` : ''}`;
  const { stdin, stderr } = context.streams;
  const paint = await context.promptPaint();
  const choose = (find: (typed: string) => readonly Choice[]) =>
    searchFor(question, find, { stdin, stderr }, paint);
  if (argument.type === 'fields' || (argument.type === 'settings' && argument.words))
    return askField(asked, argument, choose);
  if (isRecord(argument)) {
    const records = asked.view && recordFinder(asked.view, argument, taken);
    const words = await wordsOf(asked, { ...argument, type: 'word' });
    if (words.length === 0 && (!records || records.isEmpty)) return undefined;
    return choose(typed => [...fuzzyFound(typed, words, textOf), ...(records?.find(typed) ?? [])]);
  }
  const all = isOpenSet(argument) ? [] : await wordsOf(asked, argument);
  const offered = all.filter(({ value }) => !taken.includes(value));
  if (offered.length > 0) return choose(typed => fuzzyFound(typed, offered, textOf));
  if (argument.isClosed || isNamed(argument)) return undefined;
  if (asked.mayBeEmpty)
    return (await askText(`${question} (Enter: no answer)`, { stdin, stderr }, paint)).trim();
  return askText(question, { stdin, stderr }, paint, undefined, text => wrongWith(argument, text));
}

const isRecord = ({ type, kinds = [] }: Argument): boolean =>
  (type === 'record' || type === 'trashed') && kinds.length > 0;

/** Whether the answer is free text, so that there are no choices to offer: a text, a day, a query. */
const isOpenSet = ({ type }: Argument): boolean =>
  ['text', 'day', 'number', 'file', 'query', 'tag'].includes(type);

/** Whether the answer is the name of a thing that must exist. */
const isNamed = ({ type }: Argument): boolean =>
  ['pipeline', 'stage', 'user', 'team', 'view', 'automation', 'template', 'field', 'report'].includes(type);

/** Returns the words that answer the question, each once. */
async function wordsOf(asked: Asked, argument: Argument): Promise<Choice[]> {
  const stages = argument.type === 'stage' ? stagesOf(asked) : undefined;
  const found = stages ?? (await asked.values.ofArgument(argument, { ...asked.place, partial: '' }));
  const choices = new Map<string, Choice>();
  for (const each of found) if (!choices.has(each.value)) choices.set(each.value, choiceOf(each));
  return [...choices.values()];
}

const choiceOf = ({ value, about = '' }: Candidate): Choice => ({
  value,
  name: about === '' || about === value ? value : `${value}  ${about}`,
  short: value,
});

/** Returns the stages of the pipeline that the line's deals are in or move to; undefined if the line names no deal. */
function stagesOf({ view, deals, options }: Asked): Candidate[] | undefined {
  const [first] = deals;
  if (first === undefined || !view) return undefined;
  const deal = view.record(first) as Deal;
  const pipeline = pipelineOf(view.config, options.text('pipeline') ?? deal.pipeline);
  const isThere = options.text('pipeline') === undefined && deals.length === 1;
  return pipeline?.stages
    .filter(({ id }) => !isThere || id !== deal.stage)
    .map(({ id, name }) => ({ value: id, about: name }));
}

/** Returns what is wrong with a text as the word of an argument; undefined if it is valid. */
function wrongWith({ form, example, label }: Argument, text: string): string | undefined {
  if (text.trim() === '') return 'it cannot be empty';
  if (form && !form(text)) return `it is written as ${example ?? label}`;
  return undefined;
}

/** Asks for a field and then for its value; returns the pair: `stage=proposal`. Undefined if no field can be set. */
async function askField(
  { context, values, place }: Asked,
  argument: Argument,
  choose: (find: (typed: string) => readonly Choice[]) => Promise<string>,
): Promise<string | undefined> {
  const offers = async (partial: string) =>
    (await values.ofArgument(argument, { ...place, partial }))
      .map(({ value }) => value)
      .filter(value => value.startsWith(partial) && value !== partial);
  const fields = (await offers('')).map(value => ({ value, name: value.replace(/=$/, '') }));
  if (fields.length === 0) return undefined;
  const field = await choose(typed => fuzzyFound(typed, fields, textOf));
  const known = (await offers(field)).map(value => ({ value, name: value.slice(field.length) }));
  const { stdin, stderr } = context.streams;
  const paint = await context.promptPaint();
  const question = `${field.replace(/=$/, '')}:`;
  if (known.length > 0)
    return searchFor(question, typed => fuzzyFound(typed, known, textOf), { stdin, stderr }, paint);
  return `${field}${await askText(question, { stdin, stderr }, paint)}`;
}
