import { basename } from 'node:path';
import { automationNamed } from '../../app/automation/automation-named.ts';
import { automationOf } from '../../app/automation/automations.ts';
import {
  type Backtest,
  backtest as run,
  type BacktestFiring,
  mayBacktest,
} from '../../app/automation/backtest.ts';
import type { HistoryChange } from '../../app/history/history.ts';
import { humanInstant, withName } from '../../app/reading/said.ts';
import type { Automation } from '../../domain/automation.ts';
import type { Config } from '../../domain/config.ts';
import type { Clock } from '../../domain/clock.ts';
import { formatInstant, isDuration, parseDuration } from '../../domain/dates.ts';
import { parseWhen } from '../../domain/typed-dates.ts';
import { CrmError, usage } from '../../domain/errors.ts';
import { progressOn } from '../../ui/progress.ts';
import { plural } from '../../ui/words.ts';
import { automation } from '../args/declare.ts';
import { command } from '../line/command.ts';
import type { Context } from '../line/context.ts';
import { setText, short } from '../../screens/diff.ts';
import { readNamed } from '../line/named-file.ts';
import { formatFor, printJson, printThings } from '../printing/output.ts';
import { plainColumn } from '../../ui/thing-column.ts';

export const backtest = command({
  summary: 'show what an automation, as it is now, would have done over the history; nothing is changed',
  effect: 'reads',
  args: { name: automation({ label: 'NAME|FILE' }) },
  options: [
    { flags: '--since <WHEN>', description: 'how far back: 90d, or a day (default: 90d)' },
    { flags: '--every <DURATION>', description: 'how often cron would have run (default: 15min)' },
  ],
  examples: [
    'automation backtest hot-leads --since 90d',
    'automation backtest new-rule.yaml --since 2026-01-01 --json',
  ],
  jsonFields: ['automation', 'since', 'firings', 'failures'],
  async run(context, { name }, options) {
    const workspace = await context.workspace();
    const since = sinceWhen(options.text('since') ?? '90d', workspace.clock);
    const every = parseDuration(options.text('every') ?? '15min');
    if (every === 0)
      throw usage('--every: cron needs some time between its sweeps', 'for example 15min or 1h');
    mayBacktest(workspace.viewer);
    const { config, rule } = await ruleNamed(context, name);
    const line = progressOn(context.streams.stderr, () => context.deps.now());
    const found = await run(workspace, config, rule, {
      since,
      every,
      progress: (at, firings) =>
        line.show(() => `${formatInstant(at).slice(0, 10)}: ${plural(firings, 'firing')} so far`),
    }).finally(() => line.end());
    const code = found.failures.length > 0 ? 1 : 0;
    const { automation, since: from, firings, failures } = found;
    if (
      await printJson(context, {
        automation,
        since: from,
        firings: firings.map(({ outcome: _, ...firing }) => firing),
        failures: failures.map(({ at, subject, step, error }) => ({ at, subject, step, error })),
      })
    )
      return code;
    const view = await workspace.view();
    await printThings(
      context,
      firings,
      [
        plainColumn('at', f => f.at, { whole: true, human: f => humanInstant(view, f.at) }),
        plainColumn('subject', f => f.subject, {
          title: 'for',
          isName: true,
          human: f => withName(view, f.subject),
        }),
        plainColumn('cause', f => f.cause),
        plainColumn('outcome', f => f.outcome, { whole: true, goes: false }),
        plainColumn('changes', f => f.changes.map(changeText).join('; ')),
      ],
      f => f.subject,
    );
    for (const { at, subject, step, error } of failures)
      await context.message(
        `Failed: ${humanInstant(view, at)} ${[subject, step].filter(Boolean).join(' ')}${subject ? ': ' : ''}${error}`,
      );
    if (from !== formatInstant(since))
      await context.message(
        `the workspace begins at ${humanInstant(view, from)}; nothing is known before then`,
      );
    await context.message(totals(found));
    if (firings.length === 0 && found.quiet > 0)
      await context.message(
        `${plural(found.quiet, 'change')} came from undo or from imports without --trigger, which do not start rules`,
      );
    if (formatFor(context) === 'table' && firings.length > 0)
      await context.message('other rules, transitions and people act as the history has them');
    return code;
  },
});

/** A duration back from now, or a day or an instant. */
function sinceWhen(text: string, clock: Clock): number {
  const since = isDuration(text) ? clock.now - parseDuration(text) : parseWhen(text, clock, 'past');
  if (since <= clock.now) return since;
  throw usage(`--since: ${text} is not in the past`, 'for example 90d, or 2026-01-01');
}

/** The rule of a name; or that of a file, as it would be in the workspace. */
async function ruleNamed(context: Context, name: string): Promise<{ config: Config; rule: Automation }> {
  const { config, files } = await context.workspace();
  if (!/\.ya?ml$/.test(name)) return { config, rule: automationNamed(config, name) };
  const text = await readNamed(context, name);
  const id = basename(name).replace(/\.ya?ml$/, '');
  try {
    return await automationOf(files, config.kinds, id, text);
  } catch (error) {
    if (!(error instanceof CrmError) || error.kind !== 'INVALID') throw error;
    throw new CrmError(
      'INVALID',
      error.message.replaceAll(`automations/${id}.yaml:`, `${name}:`),
      error.hint,
    );
  }
}

const derived = ['createdAt', 'updatedAt', 'stageSince', 'key', 'enrolment', 'automation', 'step'];

/** `stage: new → won D12`, `+ task T9 title="Call Jane"`. */
function changeText({ kind, id, op, set }: HistoryChange): string {
  if (op === 'rm') return `- ${kind} ${id}`;
  const fields = Object.entries(set).filter(([name]) => !derived.includes(name));
  return op === 'add'
    ? `+ ${kind} ${fields.map(([name, [, value]]) => `${name}=${short(value)}`).join(' ')}`
    : `${id} ${fields.map(([name, [old, value]]) => setText(name, old, value)).join(', ')}`;
}

function totals({ firings, failures, since, automation }: Backtest): string {
  const begun = firings.filter(f => !f.cause.startsWith('went on'));
  const subjects = new Set(firings.map(f => f.subject)).size;
  const effects = new Map<string, Set<string>>();
  const count = (key: string, id: string) => effects.set(key, (effects.get(key) ?? new Set()).add(id));
  firings.forEach(({ changes }: BacktestFiring) => {
    for (const { kind, id, op } of changes)
      count(`${kind} ${{ add: 'added', set: 'changed', rm: 'removed' }[op]}`, id);
  });
  const words = [...effects].map(([what, ids]) => {
    const [kind, did] = what.split(' ') as [string, string];
    return `${plural(ids.size, kind)} ${did}`;
  });
  const failed = failures.length > 0 ? `; ${plural(failures.length, 'failure')}` : '';
  if (firings.length === 0)
    return `${automation} would have done nothing since ${since.slice(0, 10)}${failed}`;
  return `${automation} would have started ${plural(begun.length, 'time')} since ${since.slice(0, 10)}, for ${plural(subjects, 'subject')}: ${words.join(', ') || 'no changes'}${failed}`;
}
