/**
 * `crm doctor`: examines a whole workspace, even if nothing else works any more, and says what is wrong and what
 * would be right. It repairs only files that the journal can restore; edits by hand are taken in or left.
 */
import { join, resolve } from 'node:path';
import { type Change, idOf } from '../../domain/changes.ts';
import { type Config, noSettings, pipelineOf, stageOf } from '../../domain/config.ts';
import { CrmError, failed, invalid, usage } from '../../domain/errors.ts';
import { fieldTypes } from '../../kinds/field-types.ts';
import { byReference, definitionsIn } from '../../kinds/define.ts';
import type { Kind } from '../../domain/kinds.ts';
import { type Deal, isEmpty, type Json, type Rec, sameJson, valueAt } from '../../domain/records.ts';
import { removeQuietly } from '../../store/disk/durable.ts';
import type { Finding } from '../../store/site/finding.ts';
import type { Folded } from '../../store/snapshot/folded.ts';
import { namesIn, NotOurs, whyUnread } from '../../store/disk/io.ts';
import { thisOwner } from '../../store/disk/owner.ts';
import type { Store } from '../../store/store.ts';
import { type Verified, verifyStore } from '../../store/verify/verify.ts';
import { type EditedSnapshot, isAsRead, some } from '../../store/verify/verify-snapshots.ts';
import { parseYaml, type Problem } from '../../store/yaml/yaml.ts';
import { commit, type Committed } from '../core/commit.ts';
import { idsIn, referencesOf } from '../core/references.ts';
import { checkFiles } from '../core/check-files.ts';
import { admittedWorkspace } from '../core/trust.ts';
import { underLock } from '../core/under-lock.ts';
import { Workspace, type World } from '../core/workspace.ts';
import { assignee } from '../records/assign.ts';
import { type Fields, parseField, settableField, Writer } from '../core/writer.ts';
import { fold, quietStore } from './copy-workspace.ts';
import type { Examination } from './examination.ts';
import { sharedKeys, untidyLists } from './shared-keys.ts';

/** Examines everything. NOT_FOUND if there is no workspace; otherwise throws nothing and writes nothing. */
export async function examine(world: World, dir: string | undefined): Promise<Examination> {
  return examineStore(world, quietStore(world, await admittedWorkspace(world, dir)));
}

async function examineStore(world: World, store: Store): Promise<Examination> {
  const { io, version } = world;
  const settings = await examineSettings(store);
  const { config } = settings;
  const owner = thisOwner(io, world.pid, world.host);
  const verified = verifyStore(
    { io, dir: store.dir, kinds: world.kinds, version, owner, pending: store.pending, caches: store.caches },
    config,
  );
  const found = [
    ...verified.findings,
    ...settings.findings,
    ...danglingReferences(verified.folded),
    ...untidyLists(verified.folded),
    ...(config ? sharedKeys(verified.folded, config) : []),
    ...(config ? lostDeals(verified.folded, config) : []),
    ...cutShort(store, io),
  ];
  const findings = (['error', 'warning', 'note'] as const).flatMap(severity =>
    found.filter(f => f.severity === severity),
  );
  return { dir: store.dir, findings, sound: findings.every(f => f.severity === 'note'), verified, config };
}

/** Reports transactions that a sync set aside and did not put back: until it is finished, nothing can be changed. */
function cutShort(store: Store, io: World['io']): Finding[] {
  const dir = join('data', 'parted');
  const count = namesIn(io, join(store.dir, dir)).length;
  if (count === 0) return [];
  return [
    {
      severity: 'warning',
      file: dir,
      message: `a sync was cut short: ${count} ${count === 1 ? 'transaction' : 'transactions'} of this machine wait there to be put on top of those of others`,
      fix: 'crm sync finishes it',
    },
  ];
}

async function examineSettings(store: Store): Promise<{ findings: Finding[]; config: Config | undefined }> {
  const { files, unread } = store.surveyUserFiles();
  if (unread.length > 0) {
    const findings = unread.map(
      ({ path, error }): Finding => ({
        severity: 'error',
        file: path,
        message: whyUnread(error),
        ...(error instanceof NotOurs && { fix: error.hint! }),
      }),
    );
    return { findings, config: undefined };
  }
  const { config, problems } = await checkFiles(files, store.kinds);
  const broken = [...(config?.broken ?? []), ...(config?.brokenTemplates ?? [])].flatMap(b => b.problems);
  const cases = [...files].flatMap(([path, text]) =>
    path.endsWith('.test.yaml') ? parseYaml(path, text).problems : [],
  );
  const notes = (config?.warnings ?? []).filter(({ id }) => id === 'users').flatMap(b => b.problems);
  const findings = [
    ...[...problems, ...broken, ...cases].map(ofProblem),
    ...notes.map((problem): Finding => ({ ...ofProblem(problem), severity: 'note' })),
  ];
  return { findings, config: problems.length === 0 ? config : undefined };
}

const ofProblem = ({ file, line, message, hint }: Problem): Finding => ({
  severity: 'error',
  file,
  line,
  message,
  ...(hint !== undefined && { fix: hint }),
});

/** Finds references to records that never existed. A record in the trash may come back, so a reference to it is not a fault. */
function danglingReferences(folded: Folded): Finding[] {
  const isKnown = (id: string) => {
    const kind = folded.kinds.parseId(id)?.kind;
    return kind !== undefined && (folded.of(kind).has(id) || folded.of('trash').has(id));
  };
  return folded.kinds.names.flatMap(kind => {
    // Only built-in fields point to records, so any settings are sufficient.
    const fields = referencesOf(noSettings(folded.kinds), kind);
    const all = fields.map((): string[] => []);
    for (const record of folded.of(kind).values())
      for (const [i, { path }] of fields.entries()) {
        const lost = idsIn(valueAt(record, path)).filter(id => !isKnown(id));
        if (lost.length > 0) all[i]!.push(`${record.id} (${lost.join(', ')})`);
      }
    return fields.flatMap((field, i) => {
      const dangling = all[i]!;
      const [first] = dangling;
      if (first === undefined) return [];
      const finding: Finding = {
        severity: 'warning',
        file: 'data/journal',
        message: `${field.name} of ${some(dangling)} does not exist, and is not in the trash`,
        fix: field.settable
          ? `crm ${kind} set ${first.split(' ')[0]} ${field.name}=, or name one that exists`
          : `crm history ${first.split(' ')[0]} shows where it comes from`,
      };
      return [finding];
    });
  });
}

/** Finds deals in pipelines and stages that no longer exist. */
function lostDeals(folded: Folded, config: Config): Finding[] {
  const lost = new Map<string, string[]>();
  for (const { id, pipeline, stage } of folded.of('deal').values() as Iterable<Deal>) {
    const known = pipelineOf(config, pipeline);
    if (stageOf(known, stage)) continue;
    const where = known
      ? `the stage ${stage}, which ${pipeline} does not have`
      : `the pipeline ${pipeline}, which there is not`;
    const ids = lost.get(where);
    if (ids) ids.push(id);
    else lost.set(where, [id]);
  }
  return [...lost].map(([where, ids]) => ({
    severity: 'warning',
    file: 'pipelines',
    message: `${some(ids)} ${ids.length === 1 ? 'is' : 'are'} in ${where}`,
    fix: `crm deal move ${ids.slice(0, 5).join(' ')} STAGE --pipeline P, or put it back into the YAML`,
  }));
}

/** Says what `--fix` would do; nothing if it must not do anything. */
export function repairsOf({ findings, verified }: Examination): string[] {
  if (verified.isUnread || isDamaged(verified)) return [];
  const words = { remove: 'remove', rebuild: 'make again', finish: 'finish', erase: 'erase the rest from' };
  return findings.flatMap(({ repair, file }) => (repair ? `${words[repair]} ${file}` : []));
}

/** A damaged journal may need the files beside it, so nothing is removed then. */
const isDamaged = ({ journal }: Verified): boolean => journal.findings.some(f => f.severity === 'error');

/** Repairs what is safe to repair; returns what was done, in words. */
export async function repair(world: World, { dir, findings }: Examination): Promise<string[]> {
  const { io } = world;
  const store = quietStore(world, dir);
  // A stray file at the lock's path would block us from acquiring it.
  const lock = findings.find(f => f.file === join('.crm', 'lock') && f.repair);
  if (lock?.severity === 'warning') io.unlinkSync(join(dir, lock.file));
  const done: string[] = lock ? [`remove ${lock.file}`] : [];
  let isUnfinished = false;
  await underLock(store, async () => {
    const now = await examineStore(world, store);
    done.push(...repairsOf(now));
    if (now.verified.isUnread || isDamaged(now.verified)) return;
    const ours = now.findings.filter(f => f.repair);
    isUnfinished = now.config !== undefined && ours.some(f => f.repair === 'finish');
    for (const { file, repair: how } of ours)
      if (how === 'remove' || how === 'rebuild') removeQuietly(io, resolve(dir, file));
    // With broken settings, the next command that works writes the snapshots.
    if (now.config && ours.some(f => f.repair === 'rebuild' || f.repair === 'erase'))
      await fold(store, now.config);
  });
  if (isUnfinished) await commit(await Workspace.open(world, dir), { via: 'doctor' }, () => undefined);
  return done;
}

/**
 * Takes in hand edits of snapshots as a transaction, by the rules of commands, and makes the snapshots again. INVALID
 * with file and line if an edit cannot be taken in; then none is.
 */
export async function adopt(
  world: World,
  { dir, verified }: Examination,
  show: (changes: readonly Change[]) => Promise<void>,
): Promise<Committed<void>> {
  const { edited } = verified;
  const workspace = await Workspace.open({ ...world, warn: () => {} }, dir);
  const committed = await commit(workspace, { via: 'doctor', confirm: draft => show(draft.changes) }, draft =>
    takeIn(new Writer(draft, workspace.viewer, assignee), edited),
  );
  if (world.dryRun) return committed;
  const { store } = workspace;
  await underLock(store, async () => {
    for (const each of edited) if (isAsRead(world.io, dir, each)) world.io.unlinkSync(join(dir, each.file));
    await fold(store, workspace.config);
  });
  return committed;
}

function takeIn(writer: Writer, edited: readonly EditedSnapshot[]): void {
  // The kinds that people make records of, each after those that its records point to.
  const inOrder = byReference(definitionsIn(writer.config.kinds).filter(each => each.isMadeByPeople));
  const problems: string[] = [];
  const attempt = (where: string, work: () => void) => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      problems.push(`${where}: ${error.message}${error.hint ? ` (${error.hint})` : ''}`);
    }
  };
  for (const { kind, file, problems: wrong, changes } of edited) {
    problems.push(...wrong.map(({ line, message }) => `${file}:${line}: ${message}`));
    if (!inOrder.includes(kind) && changes.length > 0)
      problems.push(
        `${file}: must not be changed by hand; if you delete it, it is made again from the journal`,
      );
  }
  const sorted = inOrder.flatMap(kind => edited.filter(each => each.kind === kind));
  // New records come first, because changed ones may name them.
  for (const op of ['add', 'set', 'rm'] as const)
    for (const { file, lines, changes } of sorted)
      for (const change of changes)
        if (op in change) {
          const line = lines.get(idOf(change));
          attempt(line === undefined ? file : `${file}:${line}`, () => takeInOne(writer, change));
        }
  if (problems.length > 0)
    throw invalid(
      problems.join('\n'),
      'nothing was adopted; correct the lines, or delete the file: it is made again from the journal',
    );
}

/** A change that was adopted before a crash is not a change any more. */
function takeInOne(writer: Writer, change: Change): void {
  const { draft } = writer;
  const id = idOf(change);
  const kind = draft.state.kinds.kindOf(id);
  const now = draft.get(id);
  if ('rm' in change) {
    if (now) writer.remove(id);
    return;
  }
  if ('set' in change) {
    if (!now) throw failed(`${id} was removed since`, `crm ${kind} restore ${id}`);
    writer.set(id, typed(writer, kind, now, change.set));
    return;
  }
  const { id: _, ...values } = change.add;
  if (now && Object.entries(values).every(([path, value]) => sameJson(value, now[path]))) return;
  if (draft.state.nextId(kind) !== id)
    throw usage(
      `${id} was given already, or is not the next id`,
      `the next one is ${draft.state.nextId(kind)}`,
    );
  const paths = Object.entries(values).flatMap(([name, value]): [string, readonly [Json, Json]][] =>
    name === 'fields'
      ? Object.entries(value as { [name: string]: Json }).map(([inner, v]) => [`fields.${inner}`, [null, v]])
      : [[name, [null, value ?? null]]],
  );
  writer.add(kind, typed(writer, kind, change.add, Object.fromEntries(paths)));
}

/** Reads values that were written by hand as if they had been typed, and refuses what a command refuses. */
function typed(
  writer: Writer,
  kind: Kind,
  record: Rec,
  set: { readonly [path: string]: readonly [Json, Json] },
): Fields {
  const currency = (set.currency?.[1] ?? valueAt(record, 'currency') ?? writer.config.currency) as string;
  const fields: Fields = {};
  for (const [path, [, value]] of Object.entries(set)) {
    const field = settableField(writer.config, kind, path);
    const text = isEmpty(value) ? '' : fieldTypes[field.type].print(value);
    fields[field.path] = parseField(field, text, writer.context(currency));
  }
  return fields;
}

/** How much there is, for a sentence. */
export function extent({ verified: { journal, folded } }: Examination): {
  transactions: number;
  records: number;
} {
  const records = folded.kinds.names.reduce((sum, kind) => sum + folded.of(kind).size, 0);
  return { transactions: journal.good.seq, records };
}
