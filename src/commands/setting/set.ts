import { readSettings } from '../../app/settings/setting-keys.ts';
import { usage } from '../../domain/errors.ts';
import type { Kinds } from '../../domain/kinds.ts';
import { type Command, command } from '../line/command.ts';
import { changeSetting } from './change.ts';
import type { SettingNoun } from './noun.ts';
import { infoOf, wordsNaming } from './verb-info.ts';

export const set = (noun: SettingNoun, kinds: Kinds): Command => {
  return command({
    ...infoOf(noun, 'set', kinds),
    async run(context, given, options) {
      const words = wordsNaming(noun, kinds, given);
      const pairs = given.pairs as [string, string][];
      const signs = (given.signs ?? []) as readonly string[];
      if (pairs.length === 0 && signs.length === 0)
        throw usage(
          'what to set?',
          `crm ${noun.name} set ${words.join(' ')} +${noun.signs === 'members' ? 'USER' : 'WORD'}`,
        );
      const values = readSettings(noun.what ?? noun.name.replaceAll('-', ' '), noun.keys, pairs);
      await changeSetting(context, noun, { words, options, did: 'changed' }, (writer, thing) =>
        noun.set(writer, thing, { values, signs, options }),
      );
    },
  });
};
