/**
 * What a hook reads on its standard input: a transaction as one JSON object, as `crm history --json` has it, with each
 * changed record as it is after the whole transaction.
 */
import { isNamed } from '../../domain/kinds.ts';
import type { Clock } from '../../domain/clock.ts';
import { SWEEPER } from '../../domain/sweeper.ts';
import type { State } from '../../state/state.ts';
import type { Commit } from '../../store/journal.ts';
import { View } from '../core/view.ts';
import { historyChange } from '../history/history.ts';
import { recordsAsJson } from '../reading/record-json.ts';
import type { HookName } from './hook-files.ts';

/** A transaction as a hook gets it. */
export interface Told {
  readonly commit: Pick<Commit, 'at' | 'by' | 'via' | 'undoes' | 'changes'>;
  /** The state after it. */
  readonly state: State;
  /** The number, which only a saved transaction has. */
  readonly seq?: number;
}

/** How many characters are made at once. */
const PART = 1 << 16;

/** Yields the JSON in parts: that of an import may be longer than a text can be. */
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
