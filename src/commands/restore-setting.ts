import type { Kinds } from '../domain/kinds.ts';
import { pathOf as pathOfTemplate } from '../app/settings/email-templates.ts';
import { restoreEntry, restoreFile, restoreStage } from '../app/settings/restore-setting.ts';
import type { Writer } from '../app/core/writer.ts';
import { notFound, usage } from '../domain/errors.ts';
import type { Journal } from '../store/journal.ts';
import type { Command } from './command.ts';
import type { Options } from './options.ts';
import { oneOf } from './globals.ts';
import { reportSettingChanged } from './setting/report.ts';
import { inPipeline } from './stage/in-pipeline.ts';

interface Noun {
  readonly usage: string | ((kinds: Kinds) => string);
  restore(writer: Writer, journal: Journal, words: readonly string[], options: Options): Promise<void>;
}

const never = (what: string, name: string) =>
  usage(`there never was a ${what} ${JSON.stringify(name)}`, 'crm history');

const nouns = {
  pipeline: {
    usage: 'PIPELINE',
    restore: (writer, journal, [id]) =>
      restoreFile(writer, journal, `pipelines/${id}.yaml`, never('pipeline', id!)),
  },
  stage: {
    usage: 'STAGE',
    restore: (writer, journal, [id], options) =>
      restoreStage(writer, journal, id!, options.text('pipeline'), never('stage', id!)),
  },
  template: {
    usage: 'NAME',
    restore: (writer, journal, [id]) =>
      restoreFile(
        writer,
        journal,
        pathOfTemplate(id!),
        notFound(`there never was a template ${JSON.stringify(id)}`, 'crm history'),
      ),
  },
  field: {
    usage: kinds => `${kinds.extensible.join('|')} NAME`,
    restore: (writer, journal, [kindName, name]) => {
      const kind = oneOf('field restore', kindName!, writer.config.kinds.extensible);
      if (name === undefined) throw usage('which field?', `crm field restore ${kind} NAME`);
      return restoreEntry(writer, journal, ['fields', kind, name], never('field', name));
    },
  },
} satisfies Record<string, Noun>;

/** `crm <noun> restore NAME`: what was taken out of the settings, as it was when it was last there. */
export const restoreSetting = (noun: keyof typeof nouns, kinds: Kinds): Command => {
  const { usage: given, restore }: Noun = nouns[noun];
  const words = typeof given === 'string' ? given : given(kinds);
  return {
    summary: `bring ${noun === 'template' ? 'an e-mail template' : `a ${noun}`} back, as it was when it was last there`,
    usage: words,
    ...(noun === 'stage' && { options: [inPipeline] }),
    async run(context, args, options) {
      if (args[0] === undefined) throw usage(`which ${noun}?`, `crm ${noun} restore ${words}`);
      const { store } = await context.workspace();
      const committed = await context.changeSettings(writer => restore(writer, store.journal, args, options));
      await reportSettingChanged(context, committed, args.at(-1)!, 'restored');
    },
  };
};
