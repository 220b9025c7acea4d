import { type HistoryEntry, history as historyOf } from '../app/history.ts';
import { parseLimit } from '../app/list.ts';
import { humanInstant } from '../app/shape.ts';
import { notFound } from '../domain/errors.ts';
import { kindNames, parseId } from '../domain/kinds.ts';
import { plural } from '../ui/words.ts';
import type { Command } from './command.ts';
import { setText, short } from './diff.ts';
import { plainColumn, printThings } from './output.ts';

export const history: Command = {
  summary: 'show what was changed, by whom, when and why',
  usage: '[RECORD]',
  options: [{ flags: '--limit <N>', description: 'the newest so many' }],
  examples: ['history D12', 'history --limit 10', 'history pipelines/sales.yaml'],
  async run(context, args, options) {
    const workspace = await context.workspace();
    const view = await workspace.view();
    const limit = options.text('limit');
    const most = limit === undefined ? Number.POSITIVE_INFINITY : parseLimit(limit);
    const [key] = args;
    // A file, a record in the trash and one that was purged have a history too.
    const id =
      key === undefined || key.includes('/') || key.endsWith('.yaml') || parseId(key)
        ? key
        : view.find(kindNames, key);
    const entries: HistoryEntry[] = [];
    if (most > 0)
      for await (const entry of historyOf(workspace.store.journal, view, id)) {
        entries.push(entry);
        if (entries.length >= most) break;
      }
    if (entries.length === 0 && id !== undefined && parseId(id)) view.find(kindNames, id);
    if (entries.length === 0 && most > 0 && id !== undefined)
      throw notFound(
        `there is no file ${JSON.stringify(id)} in the history`,
        'for example pipelines/sales.yaml',
      );
    const one = id !== undefined && parseId(id) !== undefined;
    await printThings(
      context,
      entries,
      [
        plainColumn('tx', e => e.tx, { align: 'right' }),
        plainColumn('at', e => e.at, { whole: true, human: e => humanInstant(view, e.at) }),
        plainColumn('by', e => e.by),
        plainColumn('via', e => e.via),
        plainColumn('why', e => e.why, { text: e => whyText(e), human: whyText }),
        plainColumn('changes', e => e.changes, { text: e => summary(e, one), human: e => summary(e, one) }),
      ],
      e => String(e.tx),
    );
  },
};

function whyText({ why }: HistoryEntry): string {
  if (!why) return '';
  if ('undoes' in why) return `takes back ${why.undoes}`;
  if (why.transition !== undefined) return `transition row ${why.transition}`;
  if (why.automation !== undefined) return `${why.automation}${why.step ? ` step ${why.step}` : ''}`;
  return why.line !== undefined ? `line ${why.line}` : (why.file ?? '');
}

/** The changes in a line: of one record its fields, of several how many there are of each. */
function summary({ changes }: HistoryEntry, one: boolean): string {
  if (one || changes.length === 1)
    return changes
      .map(({ id, op, set, kind }) => {
        if (kind === 'file') return `${op} ${id}`;
        const fields = Object.entries(set).map(([field, [old, value]]) =>
          op === 'set' ? setText(field, old, value) : `${field}=${short(op === 'add' ? value : old)}`,
        );
        return `${op === 'set' ? '' : `${op} `}${one ? '' : `${id} `}${fields.join(', ')}`;
      })
      .join('; ');
  const counts = new Map<string, number>();
  const verbs = { add: 'added', set: 'changed', rm: 'removed' };
  for (const { kind, op } of changes)
    counts.set(`${kind} ${verbs[op]}`, (counts.get(`${kind} ${verbs[op]}`) ?? 0) + 1);
  return [...counts]
    .map(([what, count]) => `${plural(count, what.split(' ')[0]!)} ${what.split(' ')[1]}`)
    .join(', ');
}
