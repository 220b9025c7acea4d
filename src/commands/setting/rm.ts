import type { Kinds } from '../../domain/kinds.ts';
import type { Command } from '../command.ts';
import { changeSetting } from './change.ts';
import type { SettingNoun } from './noun.ts';
import { infoOf, namedIn } from './verb-info.ts';

export const rm = (noun: SettingNoun, kinds: Kinds): Command => ({
  ...infoOf(noun, 'rm', kinds),
  async run(context, args, options) {
    const { words } = namedIn(noun, 'rm', kinds, args);
    const did = noun.verbs?.rm?.did ?? 'removed';
    await changeSetting(context, noun, { words, options, did }, (writer, thing) =>
      noun.rm(writer, thing, options),
    );
  },
});
