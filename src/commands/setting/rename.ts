import type { RenamedIn } from '../../app/settings/rename/rename-setting.ts';
import type { Kinds } from '../../domain/kinds.ts';
import { series } from '../../domain/series.ts';
import { type Command, command } from '../line/command.ts';
import { changeSetting } from './change.ts';
import type { SettingNoun } from './noun.ts';
import { infoOf, wordsNaming } from './verb-info.ts';

/** Says what was changed with it, and what may need a look. */
function renamedNotes({ files, unsure }: RenamedIn): string[] {
  return [
    ...(files.length > 0 ? [`changed with it: ${series(files)}`] : []),
    ...(unsure.length > 0
      ? [`Warning: ${series(unsure)} may still have the old name: only you can tell`]
      : []),
  ];
}

export const rename = (noun: SettingNoun, kinds: Kinds): Command => {
  return command({
    ...infoOf(noun, 'rename', kinds),
    async run(context, values, options) {
      const words = wordsNaming(noun, kinds, values);
      const name = values.by as string;
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
  });
};
