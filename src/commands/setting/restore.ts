import type { Kinds } from '../../domain/kinds.ts';
import type { Command } from '../command.ts';
import type { SettingNoun } from './noun.ts';
import { reportSettingChanged } from './report.ts';
import { infoOf, namedIn } from './verb-info.ts';

export const restore = (noun: SettingNoun, kinds: Kinds): Command => ({
  ...infoOf(noun, 'restore', kinds),
  async run(context, args, options) {
    const { words } = namedIn(noun, 'restore', kinds, args);
    const { store } = await context.workspace();
    const committed = await context.changeSettings(writer =>
      noun.restore(writer, store.journal, words, options),
    );
    await reportSettingChanged(context, committed, words.at(-1)!, noun.verbs?.restore?.did ?? 'restored');
  },
});
