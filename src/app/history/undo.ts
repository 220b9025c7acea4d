/**
 * Takes back a transaction by a new one with the inverse changes, checked three ways. Values that were changed since
 * stay and are listed, and so do records to which others point.
 */
import { stagesBefore } from './stages-before.ts';
import { type Done, handEdited, refuseDelivery } from './choose-transaction.ts';
import { endEnrolments } from './undo-enrolments.ts';
import { isCancelled, stopRestored, takeBackMessage } from './undo-messages.ts';
import { fieldsLeft, idsIn, referencesOf, withoutLost } from '../core/references.ts';
import { filesOf, type FileTexts, settingsWith, writeFiles } from '../settings/settings.ts';
import { lacking } from '../settings/uses.ts';
import { KeyTaken, requireRestorable, requireUnique } from '../core/unique.ts';
import { mayChangeSettings } from '../core/viewer.ts';
import { isHandMove, type Writer } from '../core/writer.ts';
import {
  addition,
  applyChange,
  type Change,
  idOf,
  isRestored,
  kindOf,
  passingThrough,
  type SetChange,
  type Transaction,
} from '../../domain/changes.ts';
import { definitionOf } from '../../kinds/define.ts';
import { pipelineOf } from '../../domain/config.ts';
import { CrmError, failed, usage } from '../../domain/errors.ts';
import { isNamed, type Kind, numberOf } from '../../domain/kinds.ts';
import { type Json, type Rec, sameJson, valueAt } from '../../domain/records.ts';
import { merged } from '../../domain/three-way.ts';
import type { Draft } from '../../state/draft.ts';
import type { State } from '../../state/state.ts';
import { backwards, type Journal } from '../../store/journal/journal.ts';

/** A record or file that an undo left unchanged, and why. */
export interface Kept {
  readonly id: string;
  readonly why: string;
}

export interface Undone {
  readonly tx: number;
  readonly via: string;
  readonly by: string;
  /** The files of a hand edit; empty for a command. */
  readonly files: readonly string[];
  readonly kept: readonly Kept[];
}

/** Takes back a transaction in a draft; `only` limits it to one record (by id or natural key) or automation. */
export async function takeBack(
  writer: Writer,
  journal: Journal,
  tx: Done,
  only: string | undefined,
): Promise<Undone> {
  const { draft } = writer;
  refuseDelivery(tx);
  draft.trigger = false;
  draft.undoes = tx.seq;
  const kept: Kept[] = [];
  const inverses = (only === undefined ? tx.changes : changesOf(tx, only, writer)).filter(
    change => kindOf(change) !== 'cursor' && kindOf(change) !== 'enrolment',
  );
  endEnrolments(draft, tx, only);
  if (inverses.length === 0 && draft.changes.length === 0 && tx.purged !== undefined)
    throw failed(
      `what transaction ${tx.seq} changed${only === undefined ? '' : ` of ${only}`} was erased by transaction ${tx.purged}`,
      'nothing brings it back',
    );
  if (inverses.length === 0 && draft.changes.length === 0)
    throw usage(
      `transaction ${tx.seq} changed nothing${only === undefined ? '' : ` of ${only}`} that can be taken back`,
      `crm history --json`,
    );
  refuseHidden(writer, tx, inverses);
  const known: Known = {
    stages: await stagesBefore(journal, tx, inverses),
    pointed: await pointedSince(writer, journal, tx, inverses),
    passing: passingIn(draft.state, inverses),
  };
  // The last change first, but all files together: settings may be sound only together.
  const files = inverses.filter(change => kindOf(change) === 'file') as SetChange[];
  if (files.length > 0) mayChangeSettings(writer.view.viewer);
  // A record in the trash that the transaction added is gone already, as before the transaction.
  const added = new Set(
    inverses.flatMap(change => ('add' in change && !isRestored(change) ? [idOf(change)] : [])),
  );
  // Files that records still need, such as the users that an import made, wait until these records are taken back.
  const wait = files.length > 0 && !(await areSound(draft, files, added));
  for (const change of [...inverses].reverse()) {
    if (change === files.at(-1) && !wait) kept.push(...(await takeBackFiles(writer, files, added)));
    if (kindOf(change) === 'file') continue;
    const why = takeBackOne(writer, change, tx, known);
    if (why !== undefined) kept.push({ id: idOf(change), why });
  }
  if (wait) kept.push(...(await takeBackFiles(writer, files, added)));
  // Rights on a removed record can be decided only after it is restored.
  const removed = inverses.filter(change => 'rm' in change);
  if (removed.length > 0) refuseHidden(writer, tx, removed);
  return { tx: tx.seq, via: tx.via, by: tx.by, files: handEdited(tx), kept };
}

/** The changes of a transaction to one record, or by one automation. */
function changesOf(tx: Done, only: string, { view }: Writer): readonly Change[] {
  const named = tx.changes.filter(change => idOf(change) === only || change.why?.automation === only);
  if (named.length > 0) return named;
  const id = view.lookup(view.kinds.names, only);
  return tx.changes.filter(change => idOf(change) === id);
}

function refuseHidden(writer: Writer, tx: Done, changes: readonly Change[]): void {
  if (changes.some(change => !isNamed(kindOf(change)) && isHidden(writer, change)))
    throw failed(
      `transaction ${tx.seq} changed records that ${writer.view.viewer.user} may not see`,
      'a user who sees all of them may undo it',
    );
}

/** Whether a change is of a record that the viewer does not see, or moved one to or from a pipeline that is closed to them. */
function isHidden({ view, draft }: Writer, change: Change): boolean {
  const kind = kindOf(change) as Kind;
  const isClosed = (id: Json) => pipelineOf(draft.config, String(id)) && !pipelineOf(view.config, String(id));
  if ('set' in change && change.set.pipeline?.some(isClosed)) return true;
  const id = idOf(change);
  const row = draft.state.table(kind).row(numberOf(id));
  if (row >= 0) return !view.sees(kind, row);
  // A record that comes back is checked after it is restored.
  return !('rm' in change) && draft.state.trash().has(id) && !view.trashed(id);
}

/** Whether files can be as they were at once. */
const areSound = async (
  draft: Draft,
  changes: readonly SetChange[],
  takenBack: ReadonlySet<string>,
): Promise<boolean> =>
  (await whyKept(
    draft,
    new Map(changes.map(({ id, set }) => [id, set.text![0] as string | null])),
    takenBack,
  )) === undefined;

/** Takes back changes of files: all of them if that is sound, otherwise those that are sound one by one. */
async function takeBackFiles(
  { draft, view }: Writer,
  changes: readonly SetChange[],
  takenBack: ReadonlySet<string>,
): Promise<Kept[]> {
  const kept: Kept[] = [];
  const now = filesOf(draft);
  const back = new Map<string, string | null>();
  for (const { id, set } of changes) {
    const [old, made] = set.text as readonly [string | null, string | null];
    if ((now.get(id) ?? null) === made) back.set(id, old);
    else kept.push({ id, why: 'was changed since' });
  }
  const together = (await whyKept(draft, back, takenBack)) === undefined;
  for (const texts of together ? [back] : [...back].map(one => new Map([one]))) {
    const why = await whyKept(draft, texts, takenBack);
    if (why === undefined) await writeFiles(draft, view.viewer, texts);
    else for (const id of texts.keys()) kept.push({ id, why });
  }
  return kept;
}

/** Facts from the rest of the journal about the records of a transaction. */
interface Known {
  /** Since when deals were in their stage before it. */
  readonly stages: ReadonlyMap<string, string>;
  /** The records that point since then to what it brought back. */
  readonly pointed: ReadonlySet<string>;
  /** The records that it took out of the trash and put back, and whether they are still in the trash. */
  readonly passing: ReadonlyMap<string, 'trashed' | 'restored since' | 'purged'>;
}

/** The records that a transaction took out of the trash to change them, and put back. */
function passingIn(state: State, changes: readonly Change[]): Known['passing'] {
  const nowOf = (id: string) =>
    state.get(id) ? 'restored since' : state.trash().has(id) ? 'trashed' : 'purged';
  return new Map([...passingThrough(changes)].map(id => [id, nowOf(id)]));
}

/** Restores a removed record; returns why that is impossible. A message does not leave the workspace a second time. */
function bringBack(writer: Writer, kind: Kind, record: Rec, leaves: boolean): string | undefined {
  const { draft } = writer;
  if (draft.get(record.id)) return 'is there again already';
  const taken = whyTaken(() => requireRestorable(writer, kind, record), true);
  if (taken !== undefined) return taken;
  draft.apply(addition(kind, withoutLost(draft.state, kind, record)));
  if (leaves) stopRestored(draft, record.id);
  return undefined;
}

/** Takes back one change of a record; returns why the record stays as it is. */
function takeBackOne(
  writer: Writer,
  change: Change,
  tx: Done,
  { stages, pointed, passing }: Known,
): string | undefined {
  const { draft } = writer;
  const kind = kindOf(change);
  const leaves = !isNamed(kind) && definitionOf(draft.config.kinds, kind).leaves === true;
  const ofMessage = leaves ? takeBackMessage(draft, change) : undefined;
  if (ofMessage !== undefined) return ofMessage ?? undefined;
  const passed = passing.get(idOf(change));
  // A record that only passes through may share its key with another one, because it does not stay.
  if (passed !== undefined && !('set' in change)) {
    if (passed !== 'trashed') return passed === 'purged' && 'rm' in change ? 'was purged' : undefined;
    if ('rm' in change) draft.apply(addition(change.kind, draft.state.trash().get(change.id)!.record));
    else draft.remove(change.add.id);
    return undefined;
  }
  if ('add' in change) {
    const now = draft.get(change.add.id);
    if (!now) return 'is gone already';
    if (!isUntouched(now, applyChange(undefined, change, tx.at)!)) return 'was changed since';
    const pointing = firstPointing(draft.state, now.id, isRestored(change) ? pointed : undefined);
    if (pointing) return `is still used by ${pointing}`;
    draft.apply({ kind, id: now.id, rm: now });
    return undefined;
  }
  if ('rm' in change) {
    return bringBack(writer, kind as Kind, change.rm, leaves);
  }
  const now = draft.get(change.id);
  if (!now) return 'was removed since';
  const back: Record<string, Json> = {};
  const changed: string[] = [];
  let taken: string | undefined;
  for (const [path, [old, made]] of Object.entries(change.set)) {
    if (path === 'held' || (path === 'stageSince' && change.set.stage)) continue;
    const before = merged(valueAt(now, path), made, old);
    if (!before) changed.push(path);
    else {
      const wanted = { id: now.id, [path]: before.value };
      const left = fieldsLeft(draft.state, kind as Kind, wanted);
      const unique = () => requireUnique(writer, kind as Kind, wanted, draft.get(wanted.id));
      const why = whyTaken(unique) ?? whyLost(before.value, left[path]);
      if (why === undefined) back[path] = left[path] ?? null;
      else taken = why;
    }
  }
  if ('stage' in back) {
    const before = stages.get(change.id);
    if (before) back.stageSince = before;
  }
  const made = draft.set(change.id, back);
  if (made && isHandMove(made)) writer.hold(change.id);
  return changed.length > 0 ? `${changed.join(', ')} was changed since` : taken;
}

/** Says why a reference cannot be restored: its record was purged. The rest of a list can. */
const whyLost = (wanted: Json, left: Json | undefined): string | undefined =>
  typeof wanted === 'string' && left === undefined ? `cannot be as it was: ${wanted} was purged` : undefined;

/** Says why a former value cannot be restored: another record has got this e-mail or name. */
function whyTaken(requireFree: () => void, withHint = false): string | undefined {
  try {
    requireFree();
    return undefined;
  } catch (error) {
    if (!(error instanceof KeyTaken)) throw error;
    const hint = withHint && error.id !== undefined ? `; ${error.hint}` : '';
    return `cannot be as it was: ${error.message}${hint}`;
  }
}

/** Says why a file cannot be restored: something newer relies on its present content. */
async function whyKept(
  draft: Draft,
  texts: FileTexts,
  takenBack: ReadonlySet<string>,
): Promise<string | undefined> {
  try {
    return lacking(draft, await settingsWith(draft, texts), takenBack);
  } catch (error) {
    if (error instanceof CrmError && error.kind === 'INVALID') return `is needed: ${error.message}`;
    throw error;
  }
}

/** Whether a record is as it was added, apart from values that follow from the history. */
export function isUntouched(now: Rec, added: Rec): boolean {
  const names = new Set([...Object.keys(now), ...Object.keys(added)]);
  for (const derived of ['updatedAt', 'createdAt', 'stageSince', 'held']) names.delete(derived);
  return [...names].every(name => sameJson(now[name], added[name]));
}

/** The id of a record that points to this one; of one that was restored, only by what was done `after` it. */
function firstPointing(state: State, id: string, after: ReadonlySet<string> | undefined): string | undefined {
  const { kind, number } = state.kinds.parseId(id)!;
  const row = state.table(kind).row(number);
  for (const from of state.kinds.names) {
    // Enrolments of a record do not keep it from being removed.
    if (from === 'enrolment' || state.table(from).rows === 0) continue;
    const { leaves } = definitionOf(state.kinds, from);
    for (const { path, refs } of referencesOf(state.config, from)) {
      if (!refs.includes(kind)) continue;
      let found: string | undefined;
      state.links(kind, from, path).some(row, child => {
        const pointing = state.table(from).id(child);
        if (leaves && isCancelled(state.table(from).record(child))) return false;
        if (!after || after.has(`${pointing} ${id}`)) found = pointing;
        return found !== undefined;
      });
      if (found) return found;
    }
  }
  return undefined;
}

/**
 * Of the records that a transaction brought back from the trash: which others began to point to them after it, as
 * `D5 C3`. Who pointed to them before did so while they were in the trash too.
 */
async function pointedSince(
  { draft }: Writer,
  journal: Journal,
  tx: Pick<Transaction, 'seq'>,
  inverses: readonly Change[],
): Promise<Set<string>> {
  const restored = new Set(inverses.flatMap(change => (isRestored(change) ? [idOf(change)] : [])));
  const pointed = new Set<string>();
  if (restored.size === 0) return pointed;
  for await (const later of backwards(journal)) {
    if (later.seq <= tx.seq) break;
    for (const change of later.changes) {
      const kind = kindOf(change);
      if (isNamed(kind) || 'rm' in change) continue;
      for (const { path } of referencesOf(draft.config, kind)) {
        const [old, made] = 'add' in change ? [undefined, change.add[path]] : (change.set[path] ?? []);
        for (const id of idsIn(made))
          if (restored.has(id) && !idsIn(old).includes(id)) pointed.add(`${idOf(change)} ${id}`);
      }
    }
  }
  return pointed;
}
