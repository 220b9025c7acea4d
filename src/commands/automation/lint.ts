import { automationNamed } from '../../app/automation/automation-named.ts';
import { plural } from '../../ui/words.ts';
import type { Command } from '../command.ts';
import { reportLint } from '../lint-report.ts';

export const lint: Command = {
  summary: 'check automations, their tests and templates: names, queries, texts, steps',
  usage: '[NAME...]',
  examples: ['automation lint', 'automation lint hot-leads --json'],
  async run(context, args) {
    const workspace = await context.workspace();
    const { visible: config, visibleFiles: all } = workspace;
    const known = new Set(config.broken.map(b => b.id));
    for (const id of args) if (!known.has(id)) automationNamed(config, id);
    // A template that is broken is a problem of the rules that use it; and of nobody's, where none does.
    const files =
      args.length === 0
        ? [...config.brokenTemplates, ...config.broken]
        : config.broken.filter(b => args.includes(b.id));
    const { lintTests } = await import('../../app/automation/rule-tests/index.ts');
    const { attachedFilesOf, lintTexts } = await import('../../app/automation/lint-texts.ts');
    const tests = lintTests(all, config, args);
    const tried = await lintTexts(await workspace.view(), all, {
      templates: args.length === 0 ? Object.keys(config.templates) : [],
      automations: args.length === 0 ? config.automations.map(({ id }) => id) : args,
      users: args.length === 0 ? Object.keys(config.users) : [],
      hasFile: attachedFilesOf(workspace),
    });
    return reportLint(context, {
      problems: [...files.flatMap(b => b.problems), ...tests.problems, ...tried.problems],
      warnings: tried.warnings,
      // Rules that may loop still run.
      notices: config.warnings
        .filter(({ id }) => args.length === 0 || args.includes(id))
        .flatMap(each => each.problems),
      checked: plural(args.length || config.automations.length + config.broken.length, 'automation'),
    });
  },
};
