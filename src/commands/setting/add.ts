import type { Kinds } from '../../domain/kinds.ts';
import { reportSetting } from '../changed.ts';
import type { Command } from '../command.ts';
import { readNamed } from '../named-file.ts';
import type { SettingNoun } from './noun.ts';
import { infoOf } from './verb-info.ts';

export const add = (noun: SettingNoun, kinds: Kinds): Command => ({
  ...infoOf(noun, 'add', kinds),
  async run(context, args, options) {
    const adding = await noun.add({
      args,
      options,
      kinds,
      readStdin: () => context.readStdin(),
      readFile: (path, instead) => readNamed(context, path, instead),
    });
    const committed = await context.changeSettings(writer => adding.decide(writer));
    await reportSetting(context, committed, adding.id);
    for (const note of committed.result ?? []) await context.message(note);
  },
});
