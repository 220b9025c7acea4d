import { enrolmentsOf } from '../../app/automation/automations.ts';
import type { RemovedAutomation } from '../../app/automation/removed-automations.ts';
import { humanInstant } from '../../app/reading/said.ts';
import { allAutomations, builtIn } from '../../engine/built-in.ts';
import { anyNumber, text } from '../args/declare.ts';
import { command } from '../line/command.ts';
import type { Context } from '../line/context.ts';
import { printThings } from '../printing/output.ts';
import { plainColumn, type ThingColumn } from '../../ui/thing-column.ts';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly state: 'enabled' | 'disabled' | 'broken' | 'built in';
  readonly for: string | null;
  readonly on: readonly string[];
  readonly runs: string | null;
}

export const list = command({
  summary: 'list automations, with the outcomes of their enrolments',
  effect: 'reads',
  args: { filter: anyNumber(text('FILTER', 'which ones')) },
  options: [
    { flags: '--trash', description: 'list removed automations; automation restore brings one back' },
  ],
  examples: ['automation list', 'automation list state:broken', 'automation list --trash'],
  jsonFields: ['id', 'name', 'state', 'for', 'on', 'runs', 'waiting', 'completed', 'failed'],
  async run(context, { filter }, options) {
    if (options.flag('trash')) return printRemoved(context, filter);
    const { visible: config } = await context.workspace();
    const view = await (await context.workspace()).view();
    const enrolments = enrolmentsOf(view.state, undefined).filter(e => view.seesId(e.id));
    const count = (id: string, ...status: string[]) =>
      enrolments.filter(e => e.automation === id && status.includes(e.status)).length;
    const rows: Row[] = [
      ...allAutomations(config).map(a => ({
        id: a.id,
        name: a.name,
        state: builtIn.includes(a)
          ? ('built in' as const)
          : a.enabled
            ? ('enabled' as const)
            : ('disabled' as const),
        for: a.for,
        on: a.on.map(t => t.type),
        runs: a.runs,
      })),
      ...config.broken.map(({ id }) => ({
        id,
        name: id,
        state: 'broken' as const,
        for: null,
        on: [],
        runs: null,
      })),
    ].sort((a, b) => (a.id < b.id ? -1 : 1));
    await printThings(
      context,
      rows,
      [
        plainColumn('id', r => r.id),
        plainColumn('name', r => r.name),
        plainColumn('state', r => r.state),
        plainColumn('for', r => r.for),
        plainColumn('on', r => r.on),
        plainColumn('runs', r => r.runs),
        plainColumn('waiting', r => count(r.id, 'waiting', 'ready'), { align: 'right' }),
        plainColumn('completed', r => count(r.id, 'completed'), { align: 'right' }),
        plainColumn('failed', r => count(r.id, 'failed'), { align: 'right' }),
      ],
      r => r.id,
      filter,
    );
  },
});

async function printRemoved(context: Context, filter: readonly string[]): Promise<void> {
  const { removedAutomations } = await import('../../app/automation/removed-automations.ts');
  const workspace = await context.workspace();
  const view = await workspace.view();
  const removed = await removedAutomations(view, workspace.store.journal);
  const columns: ThingColumn<RemovedAutomation>[] = [
    plainColumn('id', r => r.id),
    plainColumn('removedAt', r => r.removedAt, { human: r => humanInstant(view, r.removedAt) }),
    plainColumn('by', r => r.by),
    plainColumn('tx', r => r.tx, { align: 'right' }),
  ];
  await printThings(context, removed, columns, r => r.id, filter);
}
