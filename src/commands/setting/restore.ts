import type { Kinds } from '../../domain/kinds.ts';
import { type Command, command } from '../line/command.ts';
import type { SettingNoun } from './noun.ts';
import { reportSettingChanged } from './report.ts';
import { infoOf, wordsNaming } from './verb-info.ts';

export const restore = (noun: SettingNoun, kinds: Kinds): Command =>
  command({
    ...infoOf(noun, 'restore', kinds),
    async run(context, values, options) {
      const words = wordsNaming(noun, kinds, values);
      const { store } = await context.workspace();
      const committed = await context.changeSettings(writer =>
        noun.restore(writer, store.journal, words, options),
      );
      await reportSettingChanged(context, committed, words.at(-1)!, noun.verbs?.restore?.did ?? 'restored');
    },
  });
