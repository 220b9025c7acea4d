import type { Kinds } from '../../domain/kinds.ts';
import { type Command, command } from '../line/command.ts';
import { printThings } from '../printing/output.ts';
import type { SettingNoun } from './noun.ts';
import { infoOf } from './verb-info.ts';

export const list = (noun: SettingNoun, kinds: Kinds): Command =>
  command({
    ...infoOf(noun, 'list', kinds),
    async run(context, { filter }, options) {
      const workspace = await context.workspace();
      const things = noun.all(workspace, options);
      await printThings(
        context,
        things,
        noun.columns(workspace.config),
        noun.idOf,
        filter as readonly string[],
      );
    },
  });
