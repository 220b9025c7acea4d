/** An opened workspace: its settings, the acting user, the time, and the store below. Everything that commands do starts here. */
import type { Kinds } from '../../domain/kinds.ts';
import { kindOf, type SetChange } from '../../domain/changes.ts';
import { clockIn } from '../../domain/clock.ts';
import { type Config, noSettings } from '../../domain/config.ts';
import type { Clock } from '../../domain/clock.ts';
import { CrmError, invalid } from '../../domain/errors.ts';
import { memoBy, recentBy } from '../../domain/memo.ts';
import { offsetTable, useOffsetTable } from '../../domain/zone.ts';
import type { Draft } from '../../state/draft.ts';
import { backwards } from '../../store/journal/journal.ts';
import { type Opened, stateOf } from '../../store/checkpoint/opened.ts';
import type { StoreOptions } from '../../store/site/site.ts';
import { codeOf } from '../../store/disk/io.ts';
import { Store } from '../../store/store.ts';
import { findWorkspace, type Surroundings } from '../../store/site/workspace.ts';
import type { Problem } from '../../store/yaml/yaml.ts';
import { type Actor, viewerFor } from './actor.ts';
import type { Hooks } from './commit/hooks.ts';
import { View } from './view.ts';
import type { Viewer } from './viewer.ts';
import { visibleConfig, visibleFiles } from './visible-config.ts';

/** The world outside, as the app sees it: everything that differs between runs comes from here. */
export interface World extends Surroundings, Omit<StoreOptions, 'dir'> {
  /** The time of this command, ms: --now, CRM_NOW, or the clock; a day is its midnight in the zone. */
  now(clock: Omit<Clock, 'now'>): number;
  /** Whether it was given, and not taken from the clock. */
  readonly isTimeGiven: boolean;
  /** The acting user, named by --as, CRM_USER, the user's own settings, or the login name. */
  readonly user: Actor;
  /** --request-id, or a new one; one that was given is bound to the command line. */
  readonly request: {
    readonly id: string;
    readonly given: boolean;
    readonly commandLine?: string | undefined;
    /** What it was bound to elsewhere, if a transaction is made again. */
    readonly asked?: string;
  };
  readonly dryRun: boolean;
  /** The number of deals from which sums of them are kept (default: see `SumsCaches`). */
  readonly sumsFrom?: number;
  /** --offline: changes wait for crm sync, if the workspace has a remote. */
  readonly offline?: boolean;
  /** Called for each transaction that was saved. */
  saved?(tx: number): void;
  /** The version of Node, which brings its own time zones. */
  readonly runtime: string;
  /** Returns the hooks that this machine runs for a workspace; undefined if the workspace has none. */
  hooks?(workspace: Workspace): Promise<Hooks | undefined>;
  /**
   * Calls back when the process is asked to end; returns a function that stops listening. Left out: work that has
   * begun is finished first.
   */
  readonly onStop?: ((stop: () => void) => () => void) | undefined;
}

export interface OpenOptions {
  /** Accepts the settings of the last transaction with sound ones, if the present ones are broken. */
  readonly orLastSound?: boolean;
}

export class Workspace {
  readonly world: World;
  readonly store: Store;
  #clock: Clock;
  readonly #options: OpenOptions;
  #settings: Settings;
  #draft: Draft | undefined;

  private constructor(world: World, store: Store, options: OpenOptions, settings: Settings) {
    this.world = world;
    this.store = store;
    this.#options = options;
    this.#settings = settings;
    const clock = clockIn(settings.config, 0);
    this.#clock = { ...clock, now: world.now(clock) };
  }

  /** The time at which the command acts. */
  get clock(): Clock {
    return this.#clock;
  }

  /** YAML files and templates by path, as they were when the settings were read from them. */
  get files(): ReadonlyMap<string, string> {
    if (!this.#draft) return this.#settings.files;
    const files = new Map(this.#settings.files);
    for (const { path, text } of this.#draft.files)
      if (text === null) files.delete(path);
      else files.set(path, text);
    return files;
  }

  /** The whole settings, for decisions. */
  get config(): Config {
    return this.#draft?.config ?? this.#settings.config;
  }

  /** The settings as the acting user may know them, for messages to them. */
  get visible(): Config {
    return visibleConfig(this.config, this.viewer);
  }

  /** The files that the acting user may read, of those. */
  get visibleFiles(): ReadonlyMap<string, string> {
    return visibleFiles(this.files, this.config, this.viewer);
  }

  get viewer(): Viewer {
    return this.#settings.viewer;
  }

  /** The problem of the present settings, if earlier ones are used instead. */
  get broken(): CrmError | undefined {
    return this.#settings.broken;
  }

  /** Opens a workspace. NOT_FOUND if there is none, INVALID (file:line) if its settings are broken. */
  static async open(world: World, dir: string | undefined, options: OpenOptions = {}): Promise<Workspace> {
    const { dir: found, foreign } = findWorkspace(world.io, dir, world);
    // Only then is the state of this machine read.
    if (foreign !== undefined) await (await import('./trust.ts')).admittedWorkspace(world, dir);
    const store = new Store({ ...world, dir: found });
    const files = await readableFiles(store);
    return new Workspace(world, store, options, await readSettings(world, store, options, files));
  }

  /** Reads the settings and the clock again, for a command that waited and must see what others changed meanwhile. */
  async reload(): Promise<void> {
    const files = await readableFiles(this.store);
    if (this.broken || !sameFiles(files, this.files))
      this.#settings = await readSettings(this.world, this.store, this.#options, files);
    if (!this.world.isTimeGiven) this.#clock = { ...this.#clock, now: this.world.now(this.#clock) };
  }

  /**
   * Keeps the settings among the caches after a commit wrote files of them. Otherwise the next command
   * would check them again, which takes twice as long as Node's start. A failure costs only that time.
   */
  async keepSettings(): Promise<void> {
    try {
      await loadConfig(this.store, await readableFiles(this.store), versionsOf(this.world));
    } catch (error) {
      if (!(error instanceof CrmError) && codeOf(error) === undefined) throw error;
    }
  }

  /** Returns the workspace as a draft leaves it: what is read from it has the changes of the draft. */
  withDraft(draft: Draft): Workspace {
    const drafted = new Workspace(this.world, this.store, this.#options, this.#settings);
    drafted.#clock = this.#clock;
    drafted.#draft = draft;
    return drafted;
  }

  /** Opens the state at the journal's tip. */
  async open(): Promise<Opened> {
    return this.store.open(this.config);
  }

  /** Returns the view of the acting user, on an opened store or on the journal's tip. */
  async view(at?: Opened): Promise<View> {
    if (this.#draft && !at) return new View(this.#draft.state, this.viewer, this.clock);
    const opened = at ?? (await this.open());
    const state = stateOf(opened, this.config);
    return new View(state, this.viewer, this.clock, use => this.store.past(opened, use));
  }
}

/** Whether the files are still as they were when they were read. */
export const sameFiles = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([path, text]) => b.get(path) === text);

/**
 * Returns YAML files and templates by path: as they are on disk; while a sync has transactions set aside, as the records that
 * readers see then know them.
 */
async function readableFiles(store: Store): Promise<Map<string, string>> {
  const files = store.userFiles();
  if (!store.isParted()) return files;
  const config = noSettings(store.kinds);
  for (const [path, { text }] of stateOf(await store.open(config), config).named('file'))
    if (typeof text === 'string' && text !== '') files.set(path, text);
    else files.delete(path);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Reads the settings from the files of a workspace, and the acting user from these. */
interface Settings {
  readonly files: ReadonlyMap<string, string>;
  readonly config: Config;
  readonly viewer: Viewer;
  readonly broken?: CrmError;
}

async function readSettings(
  world: World,
  store: Store,
  { orLastSound }: OpenOptions,
  files: ReadonlyMap<string, string> = store.userFiles(),
): Promise<Settings> {
  const ownsDirectory = () => world.uid === undefined || world.io.statSync(store.dir).uid === world.uid;
  const viewerIn = (config: Config) => viewerFor(config, world.user, ownsDirectory);
  let config: Config;
  let broken: CrmError | undefined;
  try {
    config = await loadConfig(store, files, versionsOf(world));
  } catch (error) {
    if (!(error instanceof CrmError) || error.kind !== 'INVALID') throw error;
    // Without them, the error of the settings is thrown, whatever else is wrong with the journal.
    const sound = await (orLastSound ? lastSound(store) : lastSound(store).catch(() => undefined));
    broken = sound ? errorFor(await viewerIn(sound), error, sound) : error;
    if (!orLastSound || !sound) throw broken;
    config = sound;
  }
  return { files, config, viewer: await viewerIn(config), ...(broken && { broken }) };
}

/**
 * Returns the part of an error in the settings that a viewer may know. A user who may not read all of the last sound
 * settings learns only that they are broken.
 */
const errorFor = (viewer: Viewer, error: CrmError, sound: Config): CrmError =>
  visibleConfig(sound, viewer) === sound
    ? error
    : invalid('the settings are broken', 'an admin sees where: crm doctor');

/** Returns the settings of the last transaction with sound ones, from the files that the journal keeps. */
async function lastSound(store: Store): Promise<Config | undefined> {
  const { checkFiles } = await import('./check-files.ts');
  const none = noSettings(store.kinds);
  const texts = new Map<string, string | null>();
  for (const { id, text } of stateOf(await store.open(none), none)
    .named('file')
    .values())
    texts.set(id, (text as string | undefined) ?? null);
  const check = async () => {
    const files = [...texts].filter((file): file is [string, string] => file[1] !== null);
    return checkFiles(new Map(files.sort(([a], [b]) => (a < b ? -1 : 1))), store.kinds);
  };
  let checked = await check();
  for await (const { changes } of backwards(store.journal)) {
    if (checked.config && checked.problems.length === 0) return checked.config;
    const edits = changes.filter(change => kindOf(change) === 'file' && 'set' in change) as SetChange[];
    for (const { id, set } of edits) texts.set(id, set.text![0] as string | null);
    if (edits.length > 0) checked = await check();
  }
  return undefined;
}

/** The settings as read from files, kept among the caches, because most commands find the files unchanged. */
interface Checked {
  readonly config: Config | undefined;
  readonly problems: readonly Problem[];
  /** The data of the time zone that sound settings needed. */
  readonly offsets: ReturnType<typeof offsetTable> | undefined;
}

/** What the check of settings depends on besides their files: crm, and the time zones of Node. */
const versionsOf = ({ version, runtime }: World): string => `${version} ${runtime}`;

/** Returns the settings in files: from the cache if the files are unchanged, otherwise checked again. */
async function loadConfig(
  store: Store,
  files: ReadonlyMap<string, string>,
  versions: string,
): Promise<Config> {
  const { kinds } = store;
  const key = JSON.stringify([versions, kinds.names, ...files]);
  let checked = store.kept<Checked>('config', key);
  if (!checked) {
    checked = await check(files, kinds);
    store.keep('config', key, checked);
  }
  const { config, problems, offsets } = checked;
  if (!config || problems.length > 0) throw problemsError(problems);
  if (offsets) useOffsetTable(config.timezone, offsets);
  return sameConfig(kinds)(key, config);
}

/** The most settings that are remembered: a server reads those of a few workspaces all day. */
const MOST_REMEMBERED = 32;

/** Returns one object for the same settings, so that what follows from them (see `memoBy`) is computed once. */
const sameConfig = memoBy((kinds: Kinds) =>
  recentBy(MOST_REMEMBERED, (_: string, config: Config): Config => ({ ...config, kinds })),
);

async function check(files: ReadonlyMap<string, string>, kinds: Kinds): Promise<Checked> {
  const { checkFiles } = await import('./check-files.ts');
  const checked = await checkFiles(files, kinds);
  const sound = checked.config !== undefined && checked.problems.length === 0;
  // Loading Node's time zones takes half as long as starting Node, so the data that is needed is kept too.
  return { ...checked, offsets: sound ? offsetTable(checked.config.timezone) : undefined };
}

/** The most problems that an error lists: nobody mends more at once, and a script logs them with each command. */
const MOST_LISTED = 20;

/** Returns one error for all problems, each of the first 20 with its file and line. */
export function problemsError(problems: readonly Problem[]): CrmError {
  const text = (p: Problem) => `${p.file}:${p.line}: ${p.message}`;
  const [first, second] = problems;
  if (!second) return invalid(text(first!), first!.hint);
  const listed = problems.slice(0, MOST_LISTED).map(p => (p.hint ? `${text(p)} (${p.hint})` : text(p)));
  const more = problems.length - listed.length;
  return invalid([...listed, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'));
}
