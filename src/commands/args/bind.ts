/**
 * Binds the words of a command line to the arguments that a command declares. Words with a form of their own are taken
 * wherever they stand; the others from both ends, so that one argument that takes many may be at any place.
 */
import { usage } from '../../domain/errors.ts';
import type { Kinds } from '../../domain/kinds.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { Options } from '../line/options.ts';
import { type Argument, type Arguments, type ArgumentType, usageOf, type Values } from './argument.ts';

export interface Bound<A extends Arguments> {
  readonly values: Values<A>;
  /** The words of each argument, by its name. */
  readonly words: ReadonlyMap<string, readonly string[]>;
  /** The required arguments that have no word, by name and in order. */
  readonly missing: readonly string[];
}

/** One argument with the words that it gets. */
interface Slot {
  readonly name: string;
  readonly argument: Argument;
  /** Whether the command needs a word for it, given the options. */
  readonly isRequired: boolean;
  readonly words: string[];
}

/**
 * Returns the words and the value of each argument, and the names of the missing ones; `called` is the command in errors.
 * USAGE for words that no argument takes, and for a word that is not in the closed set of its argument.
 */
export function bind<A extends Arguments>(
  args: A,
  words: readonly string[],
  options: Options,
  called: string,
  kinds: Kinds,
): Bound<A> {
  const slots = slotsOf(args, options);
  const left = take(slots, words, kinds);
  if (left.length > 0) throw tooMany(args, words, left, options, called);
  const all = new Map(slots.map(slot => [slot.name, slot.words as readonly string[]]));
  const missing = slots.filter(slot => slot.isRequired && slot.words.length === 0).map(({ name }) => name);
  const values = Object.fromEntries(
    Object.entries(args)
      .filter(([name]) => !missing.includes(name))
      .map(([name, argument]) => [name, valueFor(argument, all.get(name) ?? [], called)]),
  );
  return { values: values as Values<A>, words: all, missing };
}

/** Returns the arguments that may take the word after `words`, the likeliest first: completion offers their values. */
export function nextOf(
  args: Arguments,
  words: readonly string[],
  options: Options,
  kinds: Kinds,
): Argument[] {
  const slots = slotsOf(args, options);
  const placed = slots.filter(({ argument }) => !argument.form);
  take(slots, words, kinds);
  const formed = slots.filter(
    ({ argument, words }) => argument.form && (argument.isMany || words.length === 0),
  );
  const many = placed.findIndex(({ argument }) => argument.isMany);
  const count = words.filter(word => !slots.some(({ argument }) => argument.form?.(word))).length;
  if (many < 0 || count < many) {
    const next = placed.slice(count, count + 1);
    return [...next, ...(count > 0 || next.length === 0 ? formed : [])].map(({ argument }) => argument);
  }
  // An argument after the repeated one is likelier than one more repetition.
  const after = count > many || placed[many]!.argument.isOptional ? placed.slice(many + 1) : [];
  return [...after, ...(count > many ? formed : []), placed[many]!].map(({ argument }) => argument);
}

/** Returns the arguments that a command takes with these options: `--where` replaces the ids. */
function slotsOf(args: Arguments, options: Options): Slot[] {
  return Object.entries(args).flatMap(([name, argument]) => {
    const { insteadOf, optionalWith, isOptional } = argument;
    if (insteadOf !== undefined && options.has(insteadOf)) return [];
    const isRequired = !isOptional && !(optionalWith !== undefined && options.has(optionalWith));
    return [{ name, argument, isRequired, words: [] }];
  });
}

/** Hands each word to its argument; returns the words that are left over. */
function take(slots: readonly Slot[], words: readonly string[], kinds: Kinds): string[] {
  const rest: string[] = [];
  for (const word of words) {
    const own = slots.find(
      ({ argument, words }) => argument.form?.(word) && (argument.isMany || words.length === 0),
    );
    if (own) own.words.push(word);
    else rest.push(word);
  }
  const placed = slots.filter(({ argument }) => !argument.form);
  const many = placed.findIndex(({ argument }) => argument.isMany);
  const before = many < 0 ? placed : placed.slice(0, many);
  const middle = many < 0 ? undefined : placed[many]!;
  const after = many < 0 ? [] : placed.slice(many + 1);
  // The number of required arguments that have no word yet.
  let needed = placed.filter(slot => slot.isRequired).length;
  // If there are too few words, the first arguments get them.
  let spare = rest.length - needed;
  for (const slot of [...after].reverse()) {
    if (slot.isRequired) {
      needed--;
      if (rest.length > needed) slot.words.push(rest.pop()!);
    } else if (spare > 0 && fits(slot.argument, rest.at(-1)!, middle, kinds)) {
      spare--;
      slot.words.push(rest.pop()!);
    }
  }
  for (const slot of before) {
    if (rest.length === 0) break;
    if (!slot.isRequired && spare <= 0) continue;
    if (!slot.isRequired) spare--;
    slot.words.push(rest.shift()!);
  }
  if (middle) middle.words.push(...rest.splice(0));
  return rest;
}

/** Whether a word belongs to an optional argument, and is not one more id of the records before it. */
function fits({ type }: Argument, word: string, before: Slot | undefined, kinds: Kinds): boolean {
  if (before?.argument.type !== 'record') return true;
  return word === '-' ? type === 'text' : kinds.parseId(word) === undefined;
}

function valueFor(argument: Argument, words: readonly string[], called: string): unknown {
  const { isClosed, isMany, hint, read } = argument;
  const known = argument.words ?? [];
  const wrong = isClosed ? words.find(word => !known.includes(word)) : undefined;
  if (wrong !== undefined)
    throw usage(
      `${called}: unknown value ${JSON.stringify(wrong)}`,
      hint?.(wrong) ?? suggestion(wrong, known, 'accepted'),
    );
  if (read) return read(words);
  return isMany ? words : words[0];
}

/** The names of types in the error for words beside an option that replaces them. */
const names: { readonly [type in ArgumentType]?: string } = { record: 'ids', file: 'a file' };

function tooMany(
  args: Arguments,
  words: readonly string[],
  left: readonly string[],
  options: Options,
  called: string,
) {
  const all = Object.values(args);
  const replaced = all.findLast(({ insteadOf }) => insteadOf !== undefined && options.has(insteadOf));
  if (replaced)
    return usage(
      `either ${names[replaced.type] ?? replaced.label} or --${replaced.insteadOf}, not both`,
      `besides --${replaced.insteadOf} there is ${left.join(' ')}`,
    );
  // If the argument takes pairs, its reader throws the better error: it names the word that is not a pair.
  all.find(({ label }) => label.includes('=VALUE'))?.read?.(left);
  const line = usageOf(args);
  return usage(
    `${called} takes ${line === '' ? 'no arguments' : line}, and was given ${words.map(word => JSON.stringify(word)).join(' ')}`,
    line === '' ? `${called} --help` : 'put quotes round a text with spaces',
  );
}
