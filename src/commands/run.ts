import { sweep } from '../app/sweep.ts';
import { idOf, kindOf } from '../domain/changes.ts';
import { formatInstant } from '../domain/dates.ts';
import { isNamed, type Kind, pluralOf } from '../domain/kinds.ts';
import { plural } from '../ui/words.ts';
import type { Command } from './command.ts';
import { printJson } from './output.ts';

/** How many records a line names before it only counts them. */
const NAMED = 8;

export const run: Command = {
  summary: 'evaluate all pending rules and transitions in one sweep; safe in cron',
  usage: '',
  examples: ['run', 'run --dry-run', '--now 2026-09-14T08:00:00Z run --json'],
  async run(context) {
    const workspace = await context.workspace();
    const committed = await sweep(workspace);
    const trace = committed.result ?? { events: 0, transitions: [], automations: [], failures: [] };
    const { events, transitions, automations, failures } = trace;
    const changed = new Map<Kind, Set<string>>();
    for (const change of committed.changes) {
      const kind = kindOf(change);
      if (!isNamed(kind)) changed.set(kind, (changed.get(kind) ?? new Set()).add(idOf(change)));
    }
    const result = {
      now: formatInstant(workspace.clock.now),
      tx: committed.tx,
      events,
      transitions,
      automations,
      changes: Object.fromEntries([...changed].map(([kind, ids]) => [pluralOf(kind), ids.size])),
      failures,
    };
    const code = failures.length > 0 ? 1 : 0;
    if (await printJson(context, result)) return code;

    const moves = new Map<string, string[]>();
    for (const { record, from, to, rule } of transitions) {
      const key = `${from} → ${to} (row ${rule})`;
      moves.set(key, [...(moves.get(key) ?? []), record]);
    }
    for (const [move, records] of moves) {
      const named = records.slice(0, NAMED).join(' ');
      await context.print(
        `${move}: ${plural(records.length, 'deal')}: ${named}${records.length > NAMED ? ' ...' : ''}\n`,
      );
    }
    for (const { subject, error } of failures)
      await context.message(`Failed: ${subject ? `${subject}: ` : ''}${error}`);
    const done = [...changed].map(([kind, ids]) => plural(ids.size, kind)).join(', ');
    const looked = `looked at ${plural(events, 'change')}`;
    if (context.globals.dryRun)
      await context.message(`dry run: ${looked}, would change ${done || 'nothing'}`);
    else if (committed.tx === null) await context.message('nothing to do');
    else await context.message(`${looked}, changed ${done || 'nothing'} (transaction ${committed.tx})`);
    return code;
  },
};
