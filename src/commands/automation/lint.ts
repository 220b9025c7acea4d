import { automationNamed } from '../../app/automation/automation-named.ts';
import { plural } from '../../ui/words.ts';
import { anyNumber, automation } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { reportLint } from '../printing/lint-report.ts';

export const lint = command({
  summary: 'check automations, their tests and templates: names, queries, texts, steps',
  effect: 'reads',
  args: { names: anyNumber(automation()) },
  examples: ['automation lint', 'automation lint hot-leads --json'],
  jsonFields: ['file', 'line', 'message', 'hint', 'warning'],
  async run(context, { names }) {
    const workspace = await context.workspace();
    const { visible: config, visibleFiles: all } = workspace;
    const known = new Set(config.broken.map(b => b.id));
    for (const id of names) if (!known.has(id)) automationNamed(config, id);
    // A broken template is a problem of the rules that use it, or of its own if none does.
    const files =
      names.length === 0
        ? [...config.brokenTemplates, ...config.broken]
        : config.broken.filter(b => names.includes(b.id));
    const { lintTests } = await import('../../app/automation/rule-tests/index.ts');
    const { attachedFilesOf, lintTexts } = await import('../../app/automation/lint-texts.ts');
    const { confirmProblems } = await import('../../app/automation/confirmations.ts');
    const forms = names.length === 0 ? await confirmProblems(config, all) : [];
    const tests = lintTests(all, config, names);
    const tried = await lintTexts(await workspace.view(), all, {
      templates: names.length === 0 ? Object.keys(config.templates) : [],
      automations: names.length === 0 ? config.automations.map(({ id }) => id) : names,
      users: names.length === 0 ? Object.keys(config.users) : [],
      hasFile: attachedFilesOf(workspace),
    });
    return reportLint(context, {
      problems: [...files.flatMap(b => b.problems), ...tests.problems, ...tried.problems, ...forms],
      warnings: tried.warnings,
      // Rules that may loop still run.
      notices: config.warnings
        .filter(({ id }) => names.length === 0 || names.includes(id))
        .flatMap(each => each.problems),
      checked: plural(names.length || config.automations.length + config.broken.length, 'automation'),
    });
  },
});
