import { history as historyOf, type HistoryEntry } from '../app/history/history.ts';
import type { StageStay } from '../app/history/stage-times.ts';
import { parseLimit } from '../app/reading/list.ts';
import { humanInstant, userName } from '../app/reading/said.ts';
import { shortDuration } from '../app/reading/shape.ts';
import type { View } from '../app/core/view.ts';
import { pipelineOf, stageOf } from '../domain/config.ts';
import { notFound, usage } from '../domain/errors.ts';
import { anyNumber, record } from './args/declare.ts';
import { command } from './line/command.ts';
import type { Context } from './line/context.ts';
import { drawHistory } from '../screens/history.ts';
import { historyColumns, whyText } from './printing/history-columns.ts';
import { formatFor, printThings } from './printing/output.ts';
import { plainColumn } from '../ui/thing-column.ts';

export const history = command({
  summary: 'show what was changed, by whom, when and why',
  effect: 'reads',
  args: { words: anyNumber(record(['deal', 'contact', 'account', 'task'], { label: 'RECORD' })) },
  options: [
    { flags: '--limit <N>', description: 'the newest so many' },
    {
      flags: '--all',
      description: 'for a record: include the tasks, activities and deals that are about it',
    },
    { flags: '--stages', description: 'of a deal: how long it was in each stage' },
  ],
  examples: [
    'history D12',
    'history D12 --all',
    'history D12 --stages',
    'history --limit 10',
    'deal list -q is:won | crm history -',
    'history pipelines/sales.yaml',
  ],
  jsonFields: ['tx', 'at', 'by', 'via', 'why', 'changes'],
  async run(context, { words }, options) {
    const workspace = await context.workspace();
    const view = await workspace.view();
    const limit = options.text('limit');
    const most = limit === undefined ? Number.POSITIVE_INFINITY : parseLimit(limit);
    // Undefined: of everything.
    const named =
      words.length === 0 ? undefined : (await context.ids(words)).map(key => subjectOf(view, key));
    const id = named?.length === 1 ? named[0] : undefined;
    const isAll = options.flag('all');
    if (isAll && (id === undefined || options.flag('stages')))
      throw usage('--all needs a record, and cannot be used with --stages', 'crm history D12 --all');
    const ids = isAll && id !== undefined ? await withWhatIsAbout(view, id) : named;
    if (options.flag('stages') && (id === undefined || limit !== undefined))
      throw usage('--stages needs one deal, and shows all its history', 'crm history D12 --stages');
    if (options.flag('stages')) {
      const { stageTimes } = await import('../app/history/stage-times.ts');
      return printStages(context, view, await stageTimes(view, workspace.store.journal, id!));
    }
    const entries: HistoryEntry[] = [];
    if (most > 0 && ids?.length !== 0)
      for await (const entry of historyOf(workspace.store.journal, view, ids && new Set(ids))) {
        entries.push(entry);
        if (entries.length >= most) break;
      }
    const found = new Set(entries.flatMap(({ changes }) => changes.map(change => change.id)));
    for (const each of entries.length < most ? (named ?? []) : []) {
      if (found.has(each)) continue;
      if (view.kinds.parseId(each) && !view.trashed(each)) view.find(view.kinds.names, each);
      throw notFound(
        `there is no file ${JSON.stringify(each)} in the history`,
        'for example pipelines/sales.yaml',
      );
    }
    const one = id !== undefined;
    if (one && formatFor(context) === 'table' && !context.globals.fields)
      return drawHistory(context, view, entries, whyText, id);
    const isRecord = one && !isAll && view.kinds.parseId(id) !== undefined;
    // The changes need the room; requested columns stay.
    const columns = historyColumns(view, { isRecord, goes: !context.globals.fields });
    await printThings(context, entries, columns, e => String(e.tx));
  },
});

/** A record's id, or a file's path. A file, a record in the trash and one that was purged have a history too. */
const subjectOf = (view: View, key: string): string =>
  key.includes('/') || key.endsWith('.yaml') || view.kinds.parseId(key)
    ? key
    : view.find(view.kinds.names, key);

/** Returns a record with the records about it; a record in the trash, or a file, alone. */
async function withWhatIsAbout(view: View, id: string): Promise<string[]> {
  const parsed = view.kinds.parseId(id);
  const row = parsed ? view.state.table(parsed.kind).row(parsed.number) : -1;
  if (!parsed || row < 0 || !view.sees(parsed.kind, row)) return [id];
  const { idsAbout } = await import('../app/history/timeline.ts');
  return [...idsAbout(view, parsed.kind, row)];
}

const why = ({ entry }: StageStay): string => (entry ? whyText(entry) : '');

/** A line per stay in a stage, the first one first. */
const printStages = (context: Context, view: View, stays: readonly StageStay[]): Promise<void> =>
  printThings(
    context,
    stays,
    [
      { ...plainColumn<StageStay>('pipeline', s => s.pipeline), jsonOnly: true },
      plainColumn('stage', s => s.stage, {
        human: s => stageOf(pipelineOf(view.config, s.pipeline), s.stage)?.name ?? s.stage,
      }),
      plainColumn('from', s => s.from, { whole: true, human: s => humanInstant(view, s.from) }),
      plainColumn('to', s => s.to, { whole: true, human: s => (s.to ? humanInstant(view, s.to) : '') }),
      plainColumn('time', s => shortDuration(s.time), { align: 'right' }),
      { ...plainColumn<StageStay>('seconds', s => Math.floor(s.time / 1000)), jsonOnly: true },
      plainColumn('by', s => s.entry?.by ?? null, {
        human: s => (s.entry ? userName(view.config, s.entry.by) : ''),
      }),
      plainColumn('via', s => s.entry?.via ?? null),
      plainColumn('why', s => s.entry?.why ?? null, { text: why, human: why }),
    ],
    s => s.stage,
  );
