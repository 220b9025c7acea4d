import { readSettings } from '../../app/settings/setting-keys.ts';
import { usage } from '../../domain/errors.ts';
import type { Kinds } from '../../domain/kinds.ts';
import type { Command } from '../command.ts';
import { assignments } from '../record/add.ts';
import { changeSetting } from './change.ts';
import type { SettingNoun } from './noun.ts';
import { infoOf, lineOf, namedIn } from './verb-info.ts';

export const set = (noun: SettingNoun, kinds: Kinds): Command => {
  return {
    ...infoOf(noun, 'set', kinds),
    ...(noun.signs !== undefined && { dashes: true }),
    async run(context, args, options) {
      const { words, rest } = namedIn(noun, 'set', kinds, args);
      if (rest.length === 0) throw usage('nothing to set', lineOf(noun, 'set', kinds));
      const isSigned = noun.signs !== undefined && rest.every(word => /^[+-]./.test(word));
      const pairs = isSigned ? [] : assignments(rest, 'a setting');
      const values = readSettings(noun.what ?? noun.name.replaceAll('-', ' '), noun.keys, pairs);
      await changeSetting(context, noun, { words, options, did: 'changed' }, (writer, thing) =>
        noun.set(writer, thing, { values, signs: isSigned ? rest : [], options }),
      );
    },
  };
};
