/**
 * The standard input of a hook: a transaction as one JSON object, in the form of `crm history --json`, with each changed
 * record as it is after the whole transaction.
 */
import { isNamed } from '../../domain/kinds.ts';
import type { Clock } from '../../domain/clock.ts';
import { SWEEPER } from '../../domain/sweeper.ts';
import type { State } from '../../state/state.ts';
import type { Commit } from '../../store/journal/journal.ts';
import { View } from '../core/view.ts';
import { historyChange } from '../history/history.ts';
import { recordsAsJson } from '../reading/record-json.ts';
import type { HookName } from './hook-files.ts';

/** A transaction that a hook is asked about or told of. */
export interface Told {
  readonly commit: Pick<Commit, 'at' | 'by' | 'via' | 'undoes' | 'changes'>;
  /** The state after the transaction. */
  readonly state: State;
  /** The transaction's number; left out before it is saved. */
  readonly seq?: number;
}

/** The least characters of a part: fewer, larger writes to the pipe. */
const PART = 1 << 16;

/** Yields the JSON in parts: for an import, it may be longer than the longest JavaScript string (512 MB). */
export function* hookInput(name: HookName, { commit, state, seq }: Told, clock: Clock): Generator<string> {
  const { at, by, via, undoes, changes } = commit;
  const why = undoes === undefined ? null : { undoes };
  const head = JSON.stringify({ hook: name, tx: seq ?? null, at, by, via, why });
  const recordOf = recordsAsJson(new View(state, { user: SWEEPER, role: 'admin' }, clock));
  let part = `${head.slice(0, -1)},"changes":[`;
  let between = '';
  for (const change of changes) {
    const isFile = change.kind === 'file';
    if (isNamed(change.kind) && !isFile) continue;
    const said = historyChange(change);
    if (said.op === 'set' && Object.keys(said.set).length === 0) continue;
    part += between + JSON.stringify(isFile ? said : { ...said, record: recordOf(said.id) });
    between = ',';
    if (part.length < PART) continue;
    yield part;
    part = '';
  }
  yield `${part}]}\n`;
}
