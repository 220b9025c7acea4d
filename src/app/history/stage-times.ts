/** How long a deal was in each stage, read from its history. */
import { usage } from '../../domain/errors.ts';
import type { HistoryChange, HistoryEntry } from './history.ts';

/** One stay in a stage; who comes back has two. */
export interface StageStay {
  readonly pipeline: string;
  readonly stage: string;
  /** ISO instants; `to` is null where it still is. */
  readonly from: string;
  readonly to: string | null;
  /** Milliseconds; of a deal that was won or lost, until then. */
  readonly time: number;
  /** The entry that moved it here. */
  readonly entry: HistoryEntry;
}

/** The stays of a deal, the first one first. `entries` are its history, newest first; USAGE where it is no deal's. */
export function stageTimes(entries: readonly HistoryEntry[], id: string, now: number): StageStay[] {
  const stays: { pipeline: string; stage: string; from: string; entry: HistoryEntry }[] = [];
  let closed: string | null = null;
  const changes = [...entries]
    .reverse()
    .flatMap(entry => entry.changes.map(change => ({ entry, change })))
    .filter(({ change }) => change.id === id);
  if (changes[0] && changes[0].change.kind !== 'deal')
    throw usage(`${id} is no deal, and only deals are in stages`, 'crm history D12 --stages');
  for (const { entry, change } of changes) {
    if (change.op === 'rm') continue;
    closed = textIn(change, 'closedAt', closed);
    const last = stays.at(-1);
    const stage = textIn(change, 'stage', last?.stage);
    const pipeline = textIn(change, 'pipeline', last?.pipeline);
    if (!stage || !pipeline || (change.set.stage === undefined && change.set.pipeline === undefined))
      continue;
    // An undo, and who comes out of the trash, go on where they were: what was in between did not count.
    const since = textIn(change, 'stageSince', undefined);
    const from = since ?? (change.op === 'add' && textIn(change, 'createdAt', undefined)) ?? entry.at;
    if (since) while (stays.length > 0 && stays.at(-1)!.from > since) stays.pop();
    const before = stays.at(-1);
    if (since && before?.stage === stage && before.pipeline === pipeline) continue;
    stays.push({ pipeline, stage, from: from || entry.at, entry });
  }
  return stays.map((stay, i) => {
    const to = stays[i + 1]?.from ?? null;
    const end = to ?? (closed && closed > stay.from ? closed : undefined);
    const time = (end === undefined ? now : Date.parse(end)) - Date.parse(stay.from);
    return { ...stay, to, time: Math.max(0, time) };
  });
}

/** What a change makes of a field that is a text; else what it was before. */
function textIn<T>({ set }: HistoryChange, field: string, before: T): string | T {
  const value = set[field]?.[1];
  return typeof value === 'string' ? value : value === null ? (null as T) : before;
}
