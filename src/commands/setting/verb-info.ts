/** What help says of the verbs of a noun of the settings, and the words by which they are given one. */
import { withArticle } from '../../domain/article.ts';
import { usage } from '../../domain/errors.ts';
import type { Kinds } from '../../domain/kinds.ts';
import type { CommandInfo } from '../command-info.ts';
import { keyOptions } from './key-options.ts';
import type { SettingNoun, SettingVerb } from './noun.ts';

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

const usages: { readonly [verb in SettingVerb]: (named: string) => string } = {
  add: named => named,
  list: () => '[FILTER...]',
  show: named => named,
  set: named => `${named} KEY=VALUE...`,
  edit: named => named,
  rename: named => `${named} NEW`,
  rm: named => named,
  restore: named => named,
};

export function infoOf(noun: SettingNoun, verb: SettingVerb, kinds: Kinds): CommandInfo {
  const { options = [], ...own } = noun.verbs?.[verb] ?? {};
  const which = verb === 'add' || verb === 'list' ? [] : (noun.which ?? []);
  return {
    summary: own.summary ?? summaries[verb](noun),
    usage: own.usage ?? usages[verb](noun.named(kinds)),
    options: [...options, ...(verb === 'add' ? keyOptions(noun.newKeys ?? noun.keys) : []), ...which],
    ...(own.examples && { examples: own.examples }),
  };
}

/** Splits arguments into the words that name one, and the rest. Throws USAGE if they do not name one. */
export function namedIn(
  noun: SettingNoun,
  verb: SettingVerb,
  kinds: Kinds,
  args: readonly string[],
): { words: readonly string[]; rest: readonly string[] } {
  const count = noun.named(kinds).split(' ').length;
  const words = args.slice(0, count);
  if (words.length < count || (verb === 'set' && words.some(word => word.includes('='))))
    throw usage(`which ${noun.name.replaceAll('-', ' ')}?`, lineOf(noun, verb, kinds));
  return { words, rest: args.slice(count) };
}

/** Returns how a verb is typed, for a hint: its first example, or else its usage. */
export function lineOf(noun: SettingNoun, verb: SettingVerb, kinds: Kinds): string {
  const { usage, examples = [] } = infoOf(noun, verb, kinds);
  return `crm ${examples[0] ?? `${noun.name} ${verb} ${usage}`}`;
}
