import { explainTransitions, type TransitionsExplained } from '../app/automation/explain.ts';
import { type AutomationExplained, explainAutomation } from '../app/automation/explain-automation.ts';
import { usage } from '../domain/errors.ts';
import type { Explanation } from '../query/compile.ts';
import { printable } from '../ui/escape.ts';
import type { Paint } from '../ui/paint.ts';
import type { Command } from './command.ts';
import type { Context } from './context.ts';
import { printJson } from './output.ts';

export const explain: Command = {
  summary: 'explain why a deal is where it is, or why an automation did or did not start',
  usage: 'RECORD [AUTOMATION|STAGE]',
  examples: [
    'explain D12',
    'explain D12 hot-leads',
    'explain D12 follow-up',
    'deal list -q is:rotting | crm explain -',
  ],
  async run(context, args) {
    const [key, what] = args;
    if (key === undefined || args.length > 2)
      throw usage('which record?', 'crm explain D12, or crm explain D12 AUTOMATION');
    const explained: Explained[] = [];
    for (const one of await context.ids([key])) explained.push(await explainOne(context, one, what));
    const found = explained.map(each => each.found);
    // Of records on standard input it is a list, however many there are.
    const isList = key === '-' && context.globals.format !== 'jsonl';
    let isPrinted = false;
    for (const value of isList ? [found] : found) isPrinted = await printJson(context, value);
    if (!isPrinted) await context.print(explained.map(({ lines }) => `${lines.join('\n')}\n`).join('\n'));
  },
};

interface Explained {
  readonly found: AutomationExplained | TransitionsExplained;
  readonly lines: readonly string[];
}

async function explainOne(context: Context, key: string, what: string | undefined): Promise<Explained> {
  const workspace = await context.workspace();
  const paint = await context.paint();
  const stages = new Set(workspace.visible.pipelines.flatMap(p => p.stages.map(s => s.id)));
  if (what !== undefined && !stages.has(what)) {
    const found = await explainAutomation(workspace, what, key);
    return { found, lines: automationLines(found, paint) };
  }
  const found = explainTransitions(await workspace.view(), key, what);
  return { found, lines: transitionLines(found, paint) };
}

function transitionLines(found: TransitionsExplained, paint: Paint): string[] {
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
  return lines;
}

function automationLines(found: AutomationExplained, paint: Paint): string[] {
  const { automation: id, subject, last, queries, where, enrolments, runs, limit, next, verdict } = found;
  const lines = [`${id}${subject === null ? '' : ` for ${subject}`}: ${verdict}`];
  if (last) {
    lines.push(`last trigger seen: ${last.trigger} of ${last.record}, transaction ${last.tx}, ${last.at}`);
    if (last.where)
      lines.push(
        `its where: ${last.where.holds ? 'holds' : 'does not hold'}`,
        ...termLines(last.where, 1, paint),
      );
  }
  for (const { trigger, holds } of queries)
    lines.push(`${trigger}: ${holds.holds ? 'holds' : 'does not hold'} now`, ...termLines(holds, 1, paint));
  if (where) lines.push(`where: ${where.holds ? 'holds' : 'does not hold'}`, ...termLines(where, 1, paint));
  for (const { id: enrolment, status, step, createdAt, error } of enrolments)
    lines.push(
      `${enrolment}: ${status}${step ? ` at ${step}` : ''}, begun ${createdAt}${error ? `: ${printable(error)}` : ''}`,
    );
  if (next && !next.due)
    lines.push(`next, if nobody does anything: ${next.at}, ${next.cause}, ${next.outcome}`);
  lines.push(
    `runs ${runs}${runs === 'once' ? '' : `, at most ${limit.count} times in ${limit.hours} hours`}`,
  );
  return lines;
}

/** A query's terms, each with a mark and the actual value; `and` is left out where it is the outermost. */
function termLines(explanation: Explanation, depth: number, paint: Paint): string[] {
  const { holds, term, actual, parts } = explanation;
  if (term === 'and' && parts) return parts.flatMap(part => termLines(part, depth, paint));
  const mark = holds ? paint.green('yes') : paint.red('no ');
  const line = `${'  '.repeat(depth)} ${mark} ${printable(term)}${actual === undefined ? '' : `  (${printable(actual)})`}`;
  return [line, ...(parts ?? []).flatMap(part => termLines(part, depth + 1, paint))];
}

/** What keeps a query from holding, in a line: the terms that do not, with their values. */
export function obstacle({ term, actual, parts }: Explanation): string {
  if (!parts) return actual === undefined ? term : `${term} (${actual})`;
  if (term !== 'and' && term !== 'or') return `${term} ${parts.map(reason).join(', ')}`;
  return parts
    .filter(part => !part.holds)
    .map(obstacle)
    .join(', ');
}

/** What makes a query hold, in a line: the terms that do, with their values. */
export function reason({ holds, term, actual, parts }: Explanation): string {
  if (!parts || !holds) return actual === undefined ? term : `${term} (${actual})`;
  if (term === 'or') return reason(parts.find(part => part.holds) ?? parts[0]!);
  if (term === 'and') return parts.map(reason).join(', ');
  return `${term} ${parts.map(reason).join(', ')}`;
}
