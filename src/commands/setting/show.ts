import type { Kinds } from '../../domain/kinds.ts';
import { type Command, command } from '../line/command.ts';
import { formatFor, printJson, printThing } from '../printing/output.ts';
import type { SettingNoun } from './noun.ts';
import { infoOf, wordsNaming } from './verb-info.ts';

export const show = (noun: SettingNoun, kinds: Kinds): Command => {
  return command({
    ...infoOf(noun, 'show', kinds),
    async run(context, values, options) {
      const words = wordsNaming(noun, kinds, values);
      const workspace = await context.workspace();
      const thing = noun.find(workspace, words, options);
      if (noun.text) {
        const { text, json } = noun.text(thing, workspace.visibleFiles);
        if (json === undefined || !(await printJson(context, json))) await context.printExact(text);
        return;
      }
      const inFull = noun.showsInFull || formatFor(context) === 'table';
      const columns = noun
        .columns(workspace.config)
        .map(column => ({ ...column, ...(inFull && { jsonOnly: false }) }));
      await printThing(context, thing, columns, noun.idOf);
    },
  });
};
