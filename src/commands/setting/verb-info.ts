/** The arguments and the help of the verbs of a noun of the settings. */
import { withArticle } from '../../domain/article.ts';
import { noSettings } from '../../domain/config.ts';
import type { Kinds } from '../../domain/kinds.ts';
import type { Argument, Arguments } from '../args/argument.ts';
import { anyNumber, formed, settingPairs, text, user } from '../args/declare.ts';
import type { CommandInfo } from '../line/command-info.ts';
import type { Effect } from '../line/effect.ts';
import { keyOptions } from './key-options.ts';
import type { SettingNoun, SettingVerb } from './noun.ts';
import { examplesOf } from './verb-examples.ts';

/** As sentences call one: `a task type`. */
const called = ({ name, what = name.replaceAll('-', ' ') }: SettingNoun): string => withArticle(what);

const summaries: { readonly [verb in SettingVerb]: (noun: SettingNoun) => string } = {
  add: noun => `add ${called(noun)}`,
  list: noun => `list ${noun.many}`,
  show: noun => `show ${called(noun)}`,
  set: noun => `change ${called(noun)}: ${Object.keys(noun.keys).join(', ')}`,
  edit: () => 'change its file in an editor, which shows each problem above its line',
  rename: noun =>
    noun.rename
      ? `rename ${called(noun)} wherever it is named`
      : `give ${called(noun)} another name; its id stays`,
  rm: noun => `remove ${called(noun)}`,
  restore: noun => `bring ${called(noun)} back, as it was when it was last there`,
};

/** What each verb that changes a setting prints. */
const settingChangedFields = ['id', 'tx'] as const;

const effects: { readonly [verb in SettingVerb]: Effect } = {
  add: 'changes',
  list: 'reads',
  show: 'reads',
  set: 'changes',
  edit: 'programs',
  rename: 'changes',
  rm: 'changes',
  restore: 'changes',
};

const argsOf: { readonly [verb in SettingVerb]: (named: Arguments, noun: SettingNoun) => Arguments } = {
  add: named => named,
  list: () => ({ filter: anyNumber(text('FILTER', 'which ones')) }),
  show: named => named,
  set: (named, noun) => ({ ...named, ...changesOf(noun) }),
  edit: named => named,
  rename: named => ({ ...named, by: text('NEW', 'which new name') }),
  rm: named => named,
  // Only the history knows the removed ones.
  restore: named => mapped(named, argument => ({ ...argument, type: 'text', among: () => [] })),
};

/** The pairs of `set`; of a noun that has a list for them, also the words with a sign. */
function changesOf({ name, keys, signs }: SettingNoun): Arguments {
  const pairs = settingPairs(`${Object.keys(keys)[0] ?? name}=...`, Object.keys(keys));
  if (signs === undefined) return { pairs };
  return { signs: signed(signs), pairs: { ...pairs, isOptional: true, line: '' } };
}

/** `+ana` and `-ben`, of a list of users or of other words. */
function signed(list: string): Argument<readonly string[]> {
  const word = list === 'members' ? 'USER' : 'WORD';
  return formed({
    ...(list === 'members' && { among: user().among! }),
    type: list === 'members' ? 'user' : 'text',
    label: `+${word}`,
    asks: list === 'members' ? 'which user, + to add and - to take out' : 'which of them',
    asksUnless: ['pairs'],
    line: `[+${word}...] [-${word}...]`,
    isMany: true,
    isOptional: true,
    form: each => /^[+-]./.test(each),
    read: words => words,
  });
}

export function infoOf(
  noun: SettingNoun,
  verb: SettingVerb,
  kinds: Kinds,
): CommandInfo & { args: Arguments } {
  const { options = [], args, ...own } = noun.verbs?.[verb] ?? {};
  const which = verb === 'add' || verb === 'list' ? [] : (noun.which ?? []);
  const named = (verb === 'add' && noun.newNamed?.(kinds)) || noun.named(kinds);
  return {
    summary: own.summary ?? summaries[verb](noun),
    effect: effects[verb],
    args: args ?? argsOf[verb](named, noun),
    options: [...options, ...(verb === 'add' ? keyOptions(noun.newKeys ?? noun.keys) : []), ...which],
    examples: examplesOf(noun, verb),
    // What is kept as a text of its own is shown as it is written.
    ...((verb !== 'show' || !noun.text) && {
      jsonFields:
        verb === 'list' || verb === 'show'
          ? noun.columns(noSettings(kinds)).map(({ name }) => name)
          : settingChangedFields,
    }),
  };
}

const mapped = (args: Arguments, change: (argument: Argument) => Argument): Arguments =>
  Object.fromEntries(Object.entries(args).map(([name, argument]) => [name, change(argument)]));

/** Returns the words that name one, of what a verb was handed for its arguments. */
export function wordsNaming(
  noun: SettingNoun,
  kinds: Kinds,
  values: Readonly<Record<string, unknown>>,
): readonly string[] {
  const names = Object.keys(noun.named(kinds));
  return names.map(name => values[name]).filter((word): word is string => typeof word === 'string');
}
