import type { RenamedIn } from '../../app/settings/rename/rename-setting.ts';
import { usage } from '../../domain/errors.ts';
import type { Kinds } from '../../domain/kinds.ts';
import { series } from '../../domain/series.ts';
import type { Command } from '../command.ts';
import { changeSetting } from './change.ts';
import type { SettingNoun } from './noun.ts';
import { infoOf, lineOf, namedIn } from './verb-info.ts';

/** Says what was changed with it, and what may need a look. */
function renamedNotes({ files, tests }: RenamedIn): string[] {
  return [
    ...(files.length > 0 ? [`changed with it: ${series(files)}`] : []),
    ...(tests.length > 0 ? [`Warning: ${series(tests)} may still name it, and is not changed with it`] : []),
  ];
}

export const rename = (noun: SettingNoun, kinds: Kinds): Command => {
  const info = infoOf(noun, 'rename', kinds);
  return {
    ...info,
    async run(context, args, options) {
      const { words, rest } = namedIn(noun, 'rename', kinds, args);
      const [name] = rest;
      if (!name) throw usage('which new name?', lineOf(noun, 'rename', kinds));
      const { rename: renameId } = noun;
      if (!renameId)
        return changeSetting(context, noun, { words, options, did: 'renamed' }, (writer, thing) =>
          noun.set(writer, thing, { values: new Map([['name', name]]), signs: [], options }),
        );
      const chosen = { words, options, did: 'renamed', now: name };
      return changeSetting(context, noun, chosen, async (writer, thing) =>
        noun.idOf(thing) === name ? undefined : renamedNotes(await renameId(writer, thing, name)),
      );
    },
  };
};
