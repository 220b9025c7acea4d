import { type TestedCase, testRules } from '../../app/automation/rule-tests/index.ts';
import { printable } from '../../ui/escape.ts';
import type { Paint } from '../../ui/paint.ts';
import { plural } from '../../ui/words.ts';
import { anyNumber, automation } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { printJson } from '../printing/output.ts';

export const test = command({
  summary: 'run the cases of automations in memory: automations/NAME.test.yaml',
  effect: 'reads',
  args: { names: anyNumber(automation()) },
  examples: ['automation test', 'automation test hot-leads --json'],
  jsonFields: ['automation', 'case', 'file', 'line', 'passed', 'wrong'],
  async run(context, { names }) {
    const { visibleFiles: files, visible: config } = await context.workspace();
    const tested = await testRules(files, config, names);
    const failed = tested.filter(each => each.wrong !== null).length;
    const code = failed > 0 ? 1 : 0;
    if (await printJson(context, tested.map(asJson))) return code;
    const paint = await context.paint();
    let automation: string | undefined;
    for (const each of tested) {
      if (each.automation !== automation) await context.print(`${each.automation}\n`);
      automation = each.automation;
      for (const line of linesOf(each, paint)) await context.print(`${line}\n`);
    }
    await context.message(
      tested.length === 0
        ? 'no automation has tests: crm help tests says how they are written'
        : failed === 0
          ? `${plural(tested.length, 'case')} passed`
          : `${failed} of ${plural(tested.length, 'case')} failed`,
    );
    return code;
  },
});

/** The words for `differences` by their sign: missing, unexpected, and different changes. */
const asJson = ({ wrong, ...each }: TestedCase) => ({
  ...each,
  passed: wrong === null,
  wrong: wrong && {
    ...wrong,
    differences: wrong.differences.map(({ sign, text, line }) => ({ sign, text, line: line ?? wrong.line })),
  },
});

function linesOf({ case: name, file, wrong }: TestedCase, paint: Paint): string[] {
  if (!wrong) return [`  ${paint.green('ok')}    ${printable(name)}`];
  const { line, at, error, differences } = wrong;
  const lines = [`  ${paint.red('failed')} ${printable(name)}`];
  if (error !== null) return [...lines, `    ${file}:${line}: at ${at}: ${printable(error)}`];
  lines.push(`    ${file}:${line}: the sweep at ${at} did something else (- expected, + done, ~ different)`);
  for (const { sign, text, line: where } of differences) {
    const said = `${sign} ${printable(text)}${where === undefined ? '' : `  (line ${where})`}`;
    lines.push(
      `      ${sign === '-' ? paint.red(said) : sign === '+' ? paint.green(said) : paint.yellow(said)}`,
    );
  }
  return lines;
}
