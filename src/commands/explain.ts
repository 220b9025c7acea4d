import { explainTransitions } from '../app/explain.ts';
import { usage } from '../domain/errors.ts';
import type { Explanation } from '../query/compile.ts';
import { printable } from '../ui/escape.ts';
import type { Paint } from '../ui/paint.ts';
import type { Command } from './command.ts';
import { printJson } from './output.ts';

export const explain: Command = {
  summary: 'explain why a deal is where it is, and what the transitions say',
  usage: 'RECORD',
  examples: ['explain D12'],
  async run(context, args) {
    const [key] = args;
    if (key === undefined || args.length > 1) throw usage('which record?', 'crm explain D12');
    const view = await (await context.workspace()).view();
    const found = explainTransitions(view, key);
    if (await printJson(context, found)) return;
    const paint = await context.paint();
    const { record, title, stage, stageSince, held, answer, rows } = found;
    const lines = [`${record} ${printable(title)}: in ${stage} since ${stageSince}`];
    if (rows.length === 0) lines.push('its pipeline has no transitions');
    for (const row of rows) {
      const mark = row.rule === answer?.rule ? '→' : row.applies ? '+' : ' ';
      const from = row.from.holds ? '' : `  (not from ${stage})`;
      lines.push(`${mark} ${String(row.rule).padStart(2)} to ${row.to}${from}`);
      if (row.from.holds && row.when) lines.push(...termLines(row.when, 2, paint));
    }
    const say = answer
      ? `row ${answer.rule} decides: ${answer.to === stage ? `stay in ${stage}` : `to ${answer.to}`}`
      : 'no row applies';
    if (rows.length > 0) lines.push(say);
    if (held)
      lines.push(
        `held since a move by hand: the table said ${held.stage ?? 'nothing'} then; it stays until the answer differs`,
      );
    await context.print(`${lines.join('\n')}\n`);
  },
};

/** A query's terms, each with a mark and the actual value; `and` is left out where it is the outermost. */
function termLines(explanation: Explanation, depth: number, paint: Paint): string[] {
  const { holds, term, actual, parts } = explanation;
  if (term === 'and' && parts) return parts.flatMap(part => termLines(part, depth, paint));
  const mark = holds ? paint.green('yes') : paint.red('no ');
  const line = `${'  '.repeat(depth)} ${mark} ${printable(term)}${actual === undefined ? '' : `  (${printable(actual)})`}`;
  return [line, ...(parts ?? []).flatMap(part => termLines(part, depth + 1, paint))];
}
