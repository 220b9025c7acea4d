import { templateNamed } from '../../app/settings/email-templates.ts';
import { plural } from '../../ui/words.ts';
import { anyNumber, template } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { reportLint } from '../printing/lint-report.ts';

export const lint = command({
  summary: 'check e-mail templates: what they name, and that they can be rendered for any record',
  effect: 'reads',
  args: { names: anyNumber(template()) },
  examples: ['template lint', 'template lint welcome --json'],
  jsonFields: ['file', 'line', 'message', 'hint', 'warning'],
  async run(context, { names }) {
    const workspace = await context.workspace();
    const { visible: config, visibleFiles } = workspace;
    const broken = config.brokenTemplates.filter(({ id }) => names.length === 0 || names.includes(id));
    for (const id of names) if (!broken.some(each => each.id === id)) templateNamed(config, id);
    const sound = names.length > 0 ? names.filter(id => Object.hasOwn(config.templates, id)) : undefined;
    const { attachedFilesOf, lintTexts } = await import('../../app/automation/lint-texts.ts');
    const tried = await lintTexts(await workspace.view(), visibleFiles, {
      templates: sound ?? Object.keys(config.templates),
      automations: [],
      users: names.length > 0 ? [] : Object.keys(config.users),
      hasFile: attachedFilesOf(workspace),
    });
    const count = names.length || Object.keys(config.templates).length + config.brokenTemplates.length;
    return reportLint(context, {
      problems: [...broken.flatMap(each => each.problems), ...tried.problems],
      warnings: tried.warnings,
      checked: plural(count, 'template'),
    });
  },
});
