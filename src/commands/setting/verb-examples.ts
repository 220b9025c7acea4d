/** The examples of the verbs of a noun of the settings: its own ones first, then those of the verb for every noun. */
import type { SettingNoun, SettingVerb } from './noun.ts';

/** How many examples a command has at least. */
const LEAST = 2;

const general: { readonly [verb in SettingVerb]?: (noun: SettingNoun) => readonly string[] } = {
  list: ({ sample: { filter } }) => [`list ${filter}`, 'list --json'],
  show: ({ sample: { one, other } }) => [`show ${one}`, `show ${other} --json`],
  edit: ({ sample: { one, other } }) => [`edit ${one}`, `edit ${other}`],
  rename: ({ sample: { one, renamed } }) => [
    `rename ${one} ${renamed}`,
    `rename ${one} ${renamed} --dry-run`,
  ],
  rm: ({ sample: { other } }) => [`rm ${other}`, `rm ${other} --dry-run`],
  restore: ({ sample: { one, other } }) => [`restore ${other}`, `restore ${one} --dry-run`],
};

/** Returns the examples of a verb, without `crm`. */
export function examplesOf(noun: SettingNoun, verb: SettingVerb): readonly string[] {
  const own = noun.verbs?.[verb]?.examples ?? [];
  const more = (general[verb]?.(noun) ?? [])
    .map(each => `${noun.name} ${each}`)
    .filter(each => !own.includes(each));
  return [...own, ...more.slice(0, Math.max(0, LEAST - own.length))];
}
