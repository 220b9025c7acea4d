import type { Kinds } from '../../domain/kinds.ts';
import type { Command } from '../command.ts';
import { formatFor, printJson, printThing } from '../output.ts';
import type { SettingNoun } from './noun.ts';
import { infoOf, namedIn } from './verb-info.ts';

export const show = (noun: SettingNoun, kinds: Kinds): Command => {
  const info = infoOf(noun, 'show', kinds);
  return {
    ...info,
    async run(context, args, options) {
      const isOptional = (info.usage ?? '').startsWith('[');
      const words = isOptional ? args : namedIn(noun, 'show', kinds, args).words;
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
  };
};
