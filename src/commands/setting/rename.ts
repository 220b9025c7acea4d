import { usage } from '../../domain/errors.ts';
import type { Kinds } from '../../domain/kinds.ts';
import type { Command } from '../command.ts';
import { changeSetting } from './change.ts';
import type { SettingNoun } from './noun.ts';
import { infoOf, lineOf, namedIn } from './verb-info.ts';

export const rename = (noun: SettingNoun, kinds: Kinds): Command => {
  const info = infoOf(noun, 'rename', kinds);
  return {
    ...info,
    async run(context, args, options) {
      const { words, rest } = namedIn(noun, 'rename', kinds, args);
      const [name] = rest;
      if (!name) throw usage('which new name?', lineOf(noun, 'rename', kinds));
      await changeSetting(context, noun, { words, options, did: 'renamed' }, (writer, thing) =>
        noun.rename
          ? noun.rename(writer, thing, name)
          : noun.set(writer, thing, { values: new Map([['name', name]]), signs: [], options }),
      );
    },
  };
};
