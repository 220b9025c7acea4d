import { automationNamed } from '../../app/automation/automation-named.ts';
import { exitCodes } from '../../domain/errors.ts';
import { printable } from '../../ui/escape.ts';
import { plural } from '../../ui/words.ts';
import type { Command } from '../command.ts';
import { printJson } from '../output.ts';

export const lint: Command = {
  summary: 'check automations, their tests and templates: names, queries, texts, steps',
  usage: '[NAME...]',
  examples: ['automation lint', 'automation lint hot-leads --json'],
  async run(context, args) {
    const { visible: config, visibleFiles: all } = await context.workspace();
    const known = new Set(config.broken.map(b => b.id));
    for (const id of args) if (!known.has(id)) automationNamed(config, id);
    // A template that is broken is a problem of the rules that use it; and of nobody's, where none does.
    const files =
      args.length === 0
        ? [...config.brokenTemplates, ...config.broken]
        : config.broken.filter(b => args.includes(b.id));
    const { lintTests } = await import('../../app/automation/rule-tests/index.ts');
    const tests = lintTests(all, config, args);
    const problems = [...files.flatMap(b => b.problems), ...tests.problems];
    // They may loop, but they run.
    const warnings = config.warnings
      .filter(({ id }) => args.length === 0 || args.includes(id))
      .flatMap(each => each.problems);
    const code = problems.length > 0 ? exitCodes.INVALID : 0;
    if (
      await printJson(context, [
        ...problems.map(({ file, line, message, hint }) => ({ file, line, message, hint: hint ?? null })),
        ...warnings.map(({ hint, ...each }) => ({ ...each, hint: hint ?? null, warning: true })),
      ])
    )
      return code;
    for (const { file, line, message, hint } of problems)
      await context.print(
        `${printable(`${file}:${line}: ${message}`)}${hint ? `\n  ${printable(hint)}` : ''}\n`,
      );
    for (const { file, line, message, hint } of warnings)
      await context.message(`Warning: ${file}:${line}: ${message}${hint ? `; ${hint}` : ''}`);
    const checked = args.length || config.automations.length + config.broken.length;
    await context.message(
      problems.length === 0
        ? `${plural(checked, 'automation')} without a problem`
        : plural(problems.length, 'problem'),
    );
    return code;
  },
};
