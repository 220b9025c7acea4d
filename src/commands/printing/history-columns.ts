/** The columns of the history: a line per transaction. */
import type { View } from '../../app/core/view.ts';
import type { HistoryEntry } from '../../app/history/history.ts';
import { humanInstant, userName } from '../../app/reading/said.ts';
import { setText, short } from '../../screens/diff.ts';
import { changeLine } from '../../screens/history.ts';
import { plainColumn, type ThingColumn } from '../../ui/thing-column.ts';
import { plural } from '../../ui/words.ts';

/**
 * Returns the columns. `isRecord` says that all entries are about one record, which is then not named; `goes`, that some
 * columns may be left out on a narrow terminal.
 */
export function historyColumns(
  view: View,
  { isRecord = false, goes = true },
): readonly ThingColumn<HistoryEntry>[] {
  const text = (entry: HistoryEntry) => summary(entry, isRecord);
  return [
    plainColumn('tx', e => e.tx, { align: 'right' }),
    plainColumn('at', e => e.at, { whole: true, human: e => humanInstant(view, e.at) }),
    plainColumn('by', e => e.by, { goes, human: e => userName(view.config, e.by) }),
    plainColumn('via', e => e.via, { goes }),
    plainColumn('why', e => e.why, { text: whyText, human: whyText, goes }),
    plainColumn('changes', e => e.changes, { text, human: e => summaryForPeople(view, e), isName: true }),
  ];
}

/** Says in a few words why a transaction was made. */
export function whyText({ why }: HistoryEntry): string {
  if (!why) return '';
  if ('undoes' in why) return `takes back ${why.undoes}`;
  if (why.into !== undefined) return `merged into ${why.into}`;
  if (why.transition !== undefined) return `transition row ${why.transition}`;
  if (why.automation !== undefined) return `${why.automation}${why.step ? ` step ${why.step}` : ''}`;
  return why.line !== undefined ? `line ${why.line}` : (why.file ?? '');
}

/** Returns the changes in a line, with names: the fields of one record, or the numbers of several by kind. */
const summaryForPeople = (view: View, entry: HistoryEntry): string =>
  entry.changes.length === 1 ? changeLine(view, entry.changes[0]!) : summary(entry, false);

/** Returns the changes in a line: the fields of one record, or the numbers of several by kind. */
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
