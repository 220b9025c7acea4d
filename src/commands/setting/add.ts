import type { Kinds } from '../../domain/kinds.ts';
import { reportSetting } from '../printing/changed.ts';
import { type Command, command } from '../line/command.ts';
import { readNamed } from '../line/named-file.ts';
import type { SettingNoun } from './noun.ts';
import { infoOf } from './verb-info.ts';

export const add = (noun: SettingNoun, kinds: Kinds): Command =>
  command({
    ...infoOf(noun, 'add', kinds),
    async run(context, values, options) {
      const adding = await noun.add({
        args: Object.values(values)
          .flat()
          .filter(word => typeof word === 'string'),
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
