/** The commands of the nouns of the settings: every verb of each. */
import type { Kinds } from '../../domain/kinds.ts';
import type { Command } from '../line/command.ts';
import type { SettingEntry, SettingNoun, SettingVerb } from './noun.ts';

type Make = (noun: SettingNoun, kinds: Kinds) => Command;

const makers: { readonly [verb in SettingVerb]: () => Promise<Make> } = {
  add: async () => (await import('./add.ts')).add,
  list: async () => (await import('./list.ts')).list,
  show: async () => (await import('./show.ts')).show,
  set: async () => (await import('./set.ts')).set,
  edit: async () => (await import('./edit.ts')).edit,
  rename: async () => (await import('./rename.ts')).rename,
  rm: async () => (await import('./rm.ts')).rm,
  restore: async () => (await import('./restore.ts')).restore,
};

/** Returns the commands of a noun by their words, each loaded when it is called. */
export const commandsOfNoun = (
  name: string,
  { load, without = [] }: SettingEntry,
  kinds: Kinds,
): Readonly<Record<string, () => Promise<Command>>> =>
  Object.fromEntries(
    Object.entries(makers)
      .filter(([verb]) => !without.includes(verb as SettingVerb))
      .map(([verb, maker]) => [`${name} ${verb}`, async () => (await maker())(await load(), kinds)]),
  );
