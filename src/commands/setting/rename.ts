import type { Kinds } from '../../domain/kinds.ts';
import { type Command, command } from '../command.ts';
import { changeSetting } from './change.ts';
import type { SettingNoun } from './noun.ts';
import { infoOf, wordsNaming } from './verb-info.ts';

export const rename = (noun: SettingNoun, kinds: Kinds): Command => {
  return command({
    ...infoOf(noun, 'rename', kinds),
    async run(context, values, options) {
      const words = wordsNaming(noun, kinds, values);
      const name = values.by as string;
      await changeSetting(context, noun, { words, options, did: 'renamed' }, (writer, thing) =>
        noun.rename
          ? noun.rename(writer, thing, name)
          : noun.set(writer, thing, { values: new Map([['name', name]]), signs: [], options }),
      );
    },
  });
};
