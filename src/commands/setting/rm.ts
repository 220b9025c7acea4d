import type { Kinds } from '../../domain/kinds.ts';
import { type Command, command } from '../line/command.ts';
import { changeSetting } from './change.ts';
import type { SettingNoun } from './noun.ts';
import { infoOf, wordsNaming } from './verb-info.ts';

export const rm = (noun: SettingNoun, kinds: Kinds): Command =>
  command({
    ...infoOf(noun, 'rm', kinds),
    async run(context, values, options) {
      const words = wordsNaming(noun, kinds, values);
      const did = noun.verbs?.rm?.did ?? 'removed';
      await changeSetting(context, noun, { words, options, did }, (writer, thing) =>
        noun.rm(writer, thing, options),
      );
    },
  });
