/**
 * `crm doctor --replay`: what another side of the workspace did since the two parted, on top of what was done here.
 * Each of its transactions becomes one here, by whom and when it was made; ids that both sides gave become new ones;
 * what contradicts what was done here stays as it is here, and is listed.
 */
import {
  addition,
  type Change,
  idOf,
  isPurge,
  kindOf,
  passingThrough,
  type SetChange,
  type Transaction,
} from '../../domain/changes.ts';
import { noSettings } from '../../domain/config.ts';
import type { Draft } from '../../state/draft.ts';
import { CrmError, failed } from '../../domain/errors.ts';
import { type Kind, numberOf, type Kinds } from '../../domain/kinds.ts';
import { type Enrolment, isEmpty, type Json, type Rec, sameJson, valueAt } from '../../domain/records.ts';
import { merged } from '../../domain/three-way.ts';
import { type OtherSide, readOtherSide } from '../../store/other-side.ts';
import { commit } from '../core/commit.ts';
import { isUntouched } from '../history/undo.ts';
import { definitionsIn } from '../../kinds/define.ts';
import { fieldsLeft, idsIn, referencesOf, withoutLost } from '../core/references.ts';
import { wayBack } from '../core/unique.ts';
import { settingsWith, writeFiles } from '../settings/settings.ts';
import { lacking } from '../settings/uses.ts';
import { sameRecord } from '../core/unique.ts';
import { Workspace, type World } from '../core/workspace.ts';
import { assignee } from '../records/assign.ts';
import { Writer } from '../core/writer.ts';

/** What was left as it is here. */
export interface Conflict {
  /** The transaction of the other side. */
  readonly theirs: number;
  /** The record, by its id here, or the file. */
  readonly id: string;
  readonly why: string;
}

export interface Replayed {
  /** The last transaction that both sides have. */
  readonly fork: number;
  /** Of each transaction of the other side, the one that it became here; null where nothing of it was left to do. */
  readonly transactions: readonly { readonly theirs: number; readonly tx: number | null }[];
  /** How many of them had become one before. */
  readonly known: number;
  /** Records of the other side that have another id here. */
  readonly renamed: readonly { readonly theirs: string; readonly id: string }[];
  readonly conflicts: readonly Conflict[];
}

/** Replays the other side in `from`, as far as that was not done before. In a dry run nothing is written. */
export async function replay(world: World, dir: string, from: string): Promise<Replayed> {
  const workspace = await Workspace.open(world, dir);
  const { viewer, store } = workspace;
  if (viewer.role !== 'admin')
    throw failed(
      `${viewer.user} is ${viewer.role} and may not replay another side`,
      'an admin may: --as USER',
    );
  const side = await readOtherSide(world.io, from, store.journal, world.kinds);
  if (side.transactions.length > 0 && (await store.journal.tip()).seq === side.fork)
    throw failed(
      `${from} has all that this workspace has, and ${side.transactions.length} transactions more: there is nothing to put on top`,
      'go on there, or copy its data over this one',
    );
  const done = new Map<string, Transaction>();
  for (const tx of await store.journal.read(side.fork)) done.set(markOf(tx), tx);
  const replaying = new Replaying(world.kinds, side, done);
  if (world.dryRun) {
    await commit(workspace, { via: 'doctor' }, async draft => {
      for (const tx of side.transactions) await replaying.decide(draft, tx);
    });
    return replaying.result();
  }
  // What people wrote in files here is older than what is put on top of it.
  await commit(workspace, { via: 'files', takeIn: true }, () => undefined);
  for (const tx of side.transactions) {
    // Made at its own time, by its own request: asked again, it is known.
    const own = {
      ...world,
      now: () => Date.parse(tx.at),
      isTimeGiven: true,
      request: { id: tx.request, given: false, ...(tx.asked !== undefined && { asked: tx.asked }) },
    };
    const committed = await commit(await Workspace.open(own, dir), { via: tx.via, by: tx.by }, draft =>
      replaying.decide(draft, tx),
    );
    if (committed.tx !== null) replaying.became(tx, committed.tx);
  }
  return replaying.result();
}

/** What tells a transaction, wherever it is: two sides may have been given one request id. */
const markOf = ({ request, at, by, via }: Transaction): string => JSON.stringify([request, at, by, via]);

/** Fields that make sense only together: of a deal that was closed on both sides, one closing stays. */
const together: readonly (readonly string[])[] = [
  ['status', 'closedAt', 'closedStage', 'lostReason'],
  ['pipeline', 'stage', 'held', 'stageSince'],
  ['value', 'currency'],
  ['amount', 'currency'],
  ['status', 'doneAt', 'outcome'],
];

const togetherIn = (kinds: Kinds): readonly (readonly string[])[] => [
  ...together,
  ...definitionsIn(kinds).flatMap(({ several = [] }) => several.map(({ one, others }) => [one, others])),
];

class Replaying {
  readonly #kinds: Kinds;
  readonly #together: readonly (readonly string[])[];
  readonly #side: OtherSide;
  /** The transactions here since the fork, by their mark. */
  readonly #done: ReadonlyMap<string, Transaction>;
  /** The ids here of records that the other side made. */
  readonly #ids = new Map<string, string>();
  readonly #seqs = new Map<number, number>();
  readonly #conflicts = new Map<number, Conflict[]>();
  /** Enrolments of the other side in what ran for the same record here too: they do not go on. */
  readonly #doubles = new Set<string>();
  /** What the transaction takes out of the trash and puts back, and where it was here. */
  #passing: ReadonlyMap<string, 'restored' | 'trashed'> = new Map();
  /** Up to here, sweeps of the other side have seen what it did: rules ran for it there. */
  readonly #swept: number;
  /** The number of the first enrolment after the fork, which is the same on both sides. */
  readonly #firstEnrolment: number;

  constructor(kinds: Kinds, side: OtherSide, done: ReadonlyMap<string, Transaction>) {
    this.#kinds = kinds;
    this.#together = togetherIn(kinds);
    this.#side = side;
    this.#done = done;
    const changes = side.transactions.flatMap(tx => tx.changes);
    const cursors = changes.flatMap(change =>
      'set' in change && change.kind === 'cursor' && change.id === 'engine'
        ? [Number(change.set.seq?.[1] ?? 0)]
        : [],
    );
    this.#swept = Math.max(0, ...cursors);
    const enrolments = changes.flatMap(change =>
      'add' in change && kindOf(change) === 'enrolment' ? [numberOf(change.id)] : [],
    );
    this.#firstEnrolment = Math.min(Number.POSITIVE_INFINITY, ...enrolments);
  }

  /** What was done of a transaction, when it was committed. */
  became(tx: Transaction, seq: number): void {
    this.#seqs.set(tx.seq, seq);
  }

  result(): Replayed {
    return {
      fork: this.#side.fork,
      transactions: this.#side.transactions.map(({ seq }) => ({
        theirs: seq,
        tx: this.#seqs.get(seq) ?? null,
      })),
      known: this.#side.transactions.filter(tx => this.#done.has(markOf(tx))).length,
      renamed: [...this.#ids].flatMap(([theirs, id]) => (theirs === id ? [] : [{ theirs, id }])),
      conflicts: [...this.#conflicts.values()].flat(),
    };
  }

  /** Does in a draft what a transaction of the other side did. Decided again, it says the same again. */
  async decide(draft: Draft, tx: Transaction): Promise<void> {
    const before = this.#done.get(markOf(tx));
    if (before) return this.#recall(tx, before);
    const conflicts: Conflict[] = [];
    this.#conflicts.set(tx.seq, conflicts);
    const writer = new Writer(draft, { user: tx.by, role: 'admin' }, assignee);
    if (tx.trigger === false || tx.seq <= this.#swept) draft.trigger = false;
    if (tx.undoes !== undefined)
      draft.undoes = tx.undoes <= this.#side.fork ? tx.undoes : this.#seqs.get(tx.undoes);
    this.#passing = new Map(
      [...passingThrough(tx.changes)]
        .map(id => this.#mappedId(id))
        .map(id => [id, draft.get(id) ? 'restored' : 'trashed']),
    );
    for (const change of tx.changes) {
      const kind = kindOf(change);
      if (kind === 'cursor') continue;
      const why =
        kind === 'file'
          ? await replayFile(writer, change as SetChange)
          : this.#replayOne(writer, change, kind as Kind, tx.at);
      if (why !== undefined && kind !== 'enrolment')
        conflicts.push({ theirs: tx.seq, id: this.#ids.get(idOf(change)) ?? idOf(change), why });
    }
    for (const id of this.#doubles) {
      const status = (draft.get(id) as Enrolment | undefined)?.status;
      if (status === 'waiting' || status === 'ready') draft.set(id, { status: 'undone' });
    }
  }

  /** Of a transaction that was replayed before: what its records are called here. */
  #recall(tx: Transaction, done: Transaction): void {
    this.#seqs.set(tx.seq, done.seq);
    const added = done.changes.flatMap(change => ('add' in change ? [change.add] : []));
    for (const change of tx.changes) {
      if (!('add' in change)) continue;
      const kind = kindOf(change) as Kind;
      const { id: _, ...expected } = this.#mappedRecord(kind, change.add);
      const at = added.findIndex(
        ({ id, ...record }) => this.#kinds.kindOf(id) === kind && sameJson(record as Json, expected as Json),
      );
      if (at >= 0) this.#ids.set(change.add.id, added.splice(at, 1)[0]!.id);
    }
  }

  #replayOne(writer: Writer, change: Change, kind: Kind, at: string): string | undefined {
    if ('add' in change) return this.#add(writer, change, kind);
    const { draft } = writer;
    const id = this.#mappedId(change.id);
    const now = draft.get(id);
    if ('rm' in change) {
      if (!now) return undefined;
      const passed = this.#passing.get(id);
      if (passed) {
        // It went back there, and so it does here, unless it was restored here.
        if (passed === 'trashed') draft.apply({ kind, id, rm: now, ...this.#why(change) });
        return undefined;
      }
      if (isPurge(change)) return `was purged there: crm purge ${id} does it here`;
      if (!isUntouched(now, { ...this.#mappedRecord(kind, change.rm), id }))
        return 'was removed there, and changed here';
      draft.apply({ kind, id, rm: now, ...this.#why(change) });
      return undefined;
    }
    if (!now) {
      const fields = Object.keys(change.set).join(', ');
      return `is ${draft.state.trash().has(id) ? 'in the trash' : 'gone'} here; there, ${fields} was changed on ${at}`;
    }
    return this.#set(writer, kind, now, change);
  }

  #add(writer: Writer, change: Change & { add: Rec }, kind: Kind): string | undefined {
    const { draft } = writer;
    const known = this.#mappedId(change.add.id);
    const record = this.#mappedRecord(kind, change.add);
    // Only a record that comes back from the trash knows when it was made.
    if (record.updatedAt !== undefined && (draft.get(known) || !draft.state.trash().has(known)))
      return draft.get(known) ? undefined : 'was brought back there, and is gone here';
    const isBack = record.updatedAt !== undefined;
    const holder =
      isBack && !this.#passing.has(known) ? sameRecord(writer, kind, { ...record, id: known }) : undefined;
    if (holder !== undefined)
      return `was brought back there, and ${holder} has its key here: ${wayBack(this.#kinds, kind, known, holder)}`;
    const left = withoutLost(draft.state, kind, record);
    const owner = referencesOf(draft.config, kind).find(
      ({ path, belongs }) => belongs && record[path] && !left[path],
    );
    if (owner) return `belongs to ${String(record[owner.path])}, which was purged here`;
    const id = isBack ? known : draft.state.nextId(kind);
    const same = isBack ? undefined : sameRecord(writer, kind, left);
    if (same !== undefined) {
      this.#ids.set(change.add.id, same);
      const { id: _, ...values } = left;
      const set = Object.fromEntries(
        Object.entries(values).flatMap(([path, value]) =>
          isEmpty(value) ? [] : [[path, [null, value!] as const]],
        ),
      );
      const why = this.#setMapped(writer, kind, draft.record(same), set, {});
      return `is one that was added on both sides${why ? `; ${why}` : ''}`;
    }
    this.#ids.set(change.add.id, id);
    draft.apply({ ...addition(kind, { ...left, id }), ...this.#why(change) });
    if (kind === 'enrolment' && this.#isDouble(draft, draft.record(id) as Enrolment)) this.#doubles.add(id);
    return undefined;
  }

  #isDouble({ state }: Draft, { id, automation, subject }: Enrolment): boolean {
    const ours = new Set(this.#ids.values());
    for (let n = this.#firstEnrolment; n < state.nextNumber('enrolment'); n++) {
      const other = state.get(state.kinds.makeId('enrolment', n)) as Enrolment | undefined;
      if (
        other &&
        other.id !== id &&
        !ours.has(other.id) &&
        other.automation === automation &&
        other.subject === subject
      )
        return true;
    }
    return false;
  }

  #set(writer: Writer, kind: Kind, now: Rec, change: SetChange): string | undefined {
    const references = new Set(referencesOf(writer.config, kind).map(({ path }) => path));
    const map = (path: string, value: Json) =>
      references.has(path) || path === 'cause' ? this.#mapped(value) : value;
    const set = Object.fromEntries(
      Object.entries(change.set).map(([path, [old, made]]) => [
        path,
        [map(path, old), map(path, made)] as const,
      ]),
    );
    return this.#setMapped(writer, kind, now, set, this.#why(change));
  }

  /** Takes the steps of fields three ways; returns which stayed as they are. */
  #setMapped(
    { draft }: Writer,
    kind: Kind,
    now: Rec,
    set: SetChange['set'],
    { why }: Pick<SetChange, 'why'>,
  ): string | undefined {
    const values: Record<string, Json> = {};
    const kept = new Set<string>();
    for (const [path, [old, made]] of Object.entries(set)) {
      // What follows from a move goes with it.
      const step =
        path === 'held' || path === 'stageSince' ? { value: made } : merged(valueAt(now, path), old, made);
      if (step) values[path] = step.value;
      else kept.add(path);
    }
    for (const group of this.#together)
      if (group.some(path => kept.has(path)))
        for (const path of group) if (path in values) delete values[path];
    const wanted = { id: now.id, ...values };
    const left = fieldsLeft(draft.state, kind, wanted);
    for (const path of Object.keys(values)) values[path] = left[path] ?? null;
    draft.set(now.id, values, why);
    if (kept.size === 0) return undefined;
    const text = (value: Json | undefined) => (isEmpty(value) ? 'nothing' : JSON.stringify(value));
    return [...kept]
      .map(path => `${path} is ${text(valueAt(now, path))} here and ${text(set[path]![1])} there`)
      .join(', ');
  }

  #why(change: Change): Pick<SetChange, 'why'> {
    if (!change.why) return {};
    const { enrolment } = change.why;
    return {
      why: { ...change.why, ...(enrolment !== undefined && { enrolment: this.#mappedId(enrolment) }) },
    };
  }

  #mappedId(id: string): string {
    return this.#ids.get(id) ?? id;
  }

  #mapped(value: Json): Json {
    if (typeof value === 'string') return this.#mappedId(value);
    return Array.isArray(value) ? idsIn(value).map(id => this.#mappedId(id)) : value;
  }

  /** The record with the ids that those which it points to have here. */
  #mappedRecord(kind: Kind, record: Rec): Rec {
    const left: Record<string, Json | undefined> = { ...record };
    for (const { path } of referencesOf(noSettings(this.#kinds), kind))
      if (left[path] !== undefined) left[path] = this.#mapped(left[path]!);
    if (typeof left.cause === 'string') left.cause = this.#mappedId(left.cause);
    return left as unknown as Rec;
  }
}

async function replayFile(writer: Writer, { id, set }: SetChange): Promise<string | undefined> {
  const { draft, view } = writer;
  const [old, made] = set.text as readonly [string | null, string | null];
  const now = (draft.state.named('file').get(id)?.text as string | undefined) ?? null;
  if (now === made) return undefined;
  if (now !== old) return 'was changed on both sides; it stays as it is here';
  try {
    const texts = new Map([[id, made]]);
    const lacks = lacking(draft, await settingsWith(draft, texts));
    if (lacks !== undefined) return `stays as it is here: it ${lacks}`;
    await writeFiles(draft, view.viewer, texts);
    return undefined;
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    return `cannot be as it is there: ${error.message}`;
  }
}
