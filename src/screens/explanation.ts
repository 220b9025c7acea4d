/** `crm explain` as lines: which terms of a query hold for a record, and with which values. */
import type { TransitionsExplained } from '../app/automation/explain-transitions.ts';
import type { AutomationExplained } from '../app/automation/explain-automation.ts';
import type { Explanation } from '../query/compile.ts';
import { printable } from '../ui/escape.ts';
import type { Paint } from '../ui/paint.ts';

/** How ids and times are written: as stored for machines, by name and in the workspace's time zone for people. */
export interface Saying {
  stage(id: string): string;
  instant(text: string): string;
}

/** Writes ids and times as they are stored. */
export const asStored: Saying = { stage: id => id, instant: text => text };

/**
 * Returns the rows of a transition table that could move a deal, each with its terms and a mark for the row that
 * decides; `to` is the stage that was asked for, if one was.
 */
export function transitionLines(
  found: TransitionsExplained,
  paint: Paint,
  say: Saying = asStored,
  to?: string,
): string[] {
  const { record, title, stageSince, held, answer, rows } = found;
  const stage = printable(say.stage(found.stage));
  const lines = [`${record} ${printable(title)}: in ${stage} since ${say.instant(stageSince)}`];
  for (const row of rows) {
    const mark = row.rule === answer?.rule ? '→' : row.applies ? '+' : ' ';
    const from = row.from.holds ? '' : `  (not from ${stage})`;
    lines.push(`${mark} ${String(row.rule).padStart(2)} to ${printable(say.stage(row.to))}${from}`);
    if (row.from.holds && row.when) lines.push(...termLines(row.when, 2, paint));
  }
  if (rows.length === 0 && to !== undefined)
    lines.push(`no transition of its pipeline leads to ${printable(say.stage(to))}`);
  if (answer) {
    const stays = answer.to === found.stage;
    lines.push(`row ${answer.rule} decides: ${stays ? 'stay in' : 'to'} ${printable(say.stage(answer.to))}`);
  } else if (rows.length > 0) lines.push('no row applies');
  else if (to === undefined) lines.push('its pipeline has no transitions');
  if (held) {
    const said = held.stage === null ? 'nothing' : printable(say.stage(held.stage));
    lines.push(`held since a move by hand: the table said ${said} then; it stays until the answer differs`);
  }
  return lines;
}

/** Returns why an automation did or did not start for a record, and what is next. */
export function automationLines(
  found: AutomationExplained,
  paint: Paint,
  say: Pick<Saying, 'instant'> = asStored,
): string[] {
  const { automation: id, subject, last, queries, where, enrolments, runs, limit, next, verdict } = found;
  const lines = [`${id}${subject === null ? '' : ` for ${subject}`}: ${verdict}`];
  if (last) {
    lines.push(
      `last trigger seen: ${last.trigger} of ${last.record}, transaction ${last.tx}, ${say.instant(last.at)}`,
    );
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
      `${enrolment}: ${status}${step ? ` at ${step}` : ''}, begun ${say.instant(createdAt ?? '')}${error ? `: ${printable(error)}` : ''}`,
    );
  if (next && !next.due)
    lines.push(`next, if nobody does anything: ${say.instant(next.at)}, ${next.cause}, ${next.outcome}`);
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

/** Returns the failing terms of a query in a line, with their values. */
export function obstacle({ term, actual, parts }: Explanation): string {
  if (!parts) return actual === undefined ? term : `${term} (${actual})`;
  if (term !== 'and' && term !== 'or') return `${term} ${parts.map(reason).join(', ')}`;
  return parts
    .filter(part => !part.holds)
    .map(obstacle)
    .join(', ');
}

/** Returns the holding terms of a query in a line, with their values. */
export function reason({ holds, term, actual, parts }: Explanation): string {
  if (!parts || !holds) return actual === undefined ? term : `${term} (${actual})`;
  if (term === 'or') return reason(parts.find(part => part.holds) ?? parts[0]!);
  if (term === 'and') return parts.map(reason).join(', ');
  return `${term} ${parts.map(reason).join(', ')}`;
}
