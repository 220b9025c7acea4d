import type { Kinds } from '../domain/kinds.ts';
import { pathOf as pathOfAutomation, refuseBuiltIn } from '../app/automation/automations.ts';
import { customFieldNamed } from '../app/settings/custom-fields.ts';
import { saveEditedFile } from '../app/settings/edit-file.ts';
import { pathOf as pathOfTemplate } from '../app/settings/email-templates.ts';
import { pathOf as pathOfPipeline, pipelineIn, stageNamed } from '../app/core/pipelines.ts';
import { mayChangeSettings, type Viewer } from '../app/core/viewer.ts';
import { refusesEdit } from '../domain/bad-bytes.ts';
import type { Config } from '../domain/config.ts';
import { notFound, usage } from '../domain/errors.ts';
import { suggestion } from '../domain/nearest.ts';
import type { Command } from './command.ts';
import { Context } from './context.ts';
import { edit as inEditor } from './editor.ts';
import { oneOf } from './globals.ts';
import { reportSettingChanged } from './setting/report.ts';

/** What was found, or it would have thrown, is in the main file. */
const inMain = (_found: unknown): string => 'crm.yaml';

/** The file that has what the words name; throws where there is no such thing. */
type FileOf = (words: readonly string[], config: Config, viewer: Viewer) => string;

interface Noun {
  readonly usage: string | ((kinds: Kinds) => string);
  readonly file: FileOf;
}

const nouns = {
  pipeline: {
    usage: 'PIPELINE',
    file: ([name], config, viewer) => pathOfPipeline(pipelineIn(config, viewer, name)),
  },
  stage: {
    usage: 'STAGE [PIPELINE]',
    file: ([name, pipeline], config, viewer) =>
      pathOfPipeline(stageNamed(config, viewer, name!, pipeline).pipeline),
  },
  automation: { usage: 'NAME', file: ([id]) => pathOfAutomation(id!) },
  template: { usage: 'NAME', file: ([id]) => pathOfTemplate(id!) },
  field: {
    usage: kinds => `${kinds.extensible.join('|')} NAME`,
    file: ([kind, name = ''], config) =>
      inMain(customFieldNamed(config, oneOf('field edit', kind!, config.kinds.extensible), name)),
  },
} satisfies Record<string, Noun>;

/** `crm <noun> edit NAME`: the file that has it, in an editor. */
export const editSetting = (noun: keyof typeof nouns, kinds: Kinds): Command => {
  const { usage: given, file }: Noun = nouns[noun];
  const words = typeof given === 'string' ? given : given(kinds);
  return {
    summary: 'change its file in an editor, which shows each problem above its line',
    usage: words,
    async run(context, args) {
      if (args[0] === undefined) throw usage(`which ${noun}?`, `crm ${noun} edit ${words}`);
      const { config, viewer, store } = await context.workspace({ orLastSound: true });
      mayChangeSettings(viewer);
      const path = file(args, config, viewer);
      const text = store.userFiles().get(path);
      if (text === undefined) {
        if (noun === 'automation') refuseBuiltIn(args[0]);
        const known = [
          ...config[noun === 'template' ? 'brokenTemplates' : 'broken'].map(({ id }) => id),
        ].concat(
          noun === 'template' ? Object.keys(config.templates) : config.automations.map(({ id }) => id),
        );
        throw notFound(
          `there is no ${noun} ${JSON.stringify(args[0])}`,
          suggestion(args[0], known, `${noun}s`),
        );
      }
      const refused = refusesEdit(path, text);
      if (refused) throw refused;
      const saved = await inEditor(context, {
        name: path.replaceAll('/', '-'),
        text,
        instead: `edit ${path}, then crm ${noun === 'automation' ? 'automation lint' : 'doctor'}`,
        async save(edited) {
          const now = new Context(context.deps, context.globals, context.via, context.commandLine);
          await now.workspace({ orLastSound: true });
          return { now, committed: await now.change(writer => saveEditedFile(writer, path, text, edited)) };
        },
      });
      if (!saved) return context.message('nothing changed');
      await reportSettingChanged(saved.now, saved.committed, path, 'changed');
    },
  };
};
