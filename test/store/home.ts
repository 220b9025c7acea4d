/** A workspace below the commands: opened by as many processes as a test wants, with time and chance fixed. */
import { recordKinds } from '../../src/kinds/index.ts';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { commit, type Committed } from '../../src/app/core/commit.ts';
import { Workspace, type World } from '../../src/app/core/workspace.ts';
import type { Config } from '../../src/domain/config.ts';
import type { Draft } from '../../src/state/draft.ts';
import type { Kind } from '../../src/domain/kinds.ts';
import { closingIo, type Io } from '../../src/store/disk/io.ts';
import { applyTransaction, type Opened, stateOf } from '../../src/store/checkpoint/opened.ts';
import { emptyState } from '../state/contents.ts';
import { cachePath, emptyDirectory } from '../harness.ts';
import { unsyncedIo } from './hooked-io.ts';

const settings = (fields = '{}') => `name: Test
timezone: Europe/Amsterdam
currency: EUR
users: { ana: { name: Ana Ruiz }, ben: { name: Ben Bos } }
task-types: { call: { contact: true }, todo: {} }
fields: ${fields}
`;

const pipeline = `name: Sales
stages:
  - { id: new, name: New }
  - { id: offer, name: Offer }
`;

export class Home {
  readonly dir: string;
  readonly cacheHome: string;
  now = Date.parse('2026-09-14T08:00:00Z');
  readonly warnings: string[] = [];
  /** The number of records from which a snapshot leaves out what they share; undefined as it is for users. */
  sharesFrom: number | undefined;
  #count = 0;

  /** A new workspace, or one that is there already. */
  constructor(dir?: string) {
    this.dir = dir ?? join(emptyDirectory(), 'ws');
    this.cacheHome = `${this.dir}.caches`;
    onTestFinished(() => rmSync(this.cacheHome, { recursive: true, force: true }));
    if (dir !== undefined) return;
    this.write('crm.yaml', settings());
    this.write('pipelines/sales.yaml', pipeline);
    mkdirSync(this.path('data', 'journal'), { recursive: true });
  }

  path(...names: string[]): string {
    return join(this.dir, ...names);
  }

  /** The path of a cache, or of the directory of all of them. */
  cache(name = ''): string {
    return cachePath(this.dir, this.cacheHome, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** Gives the workspace these custom fields, as in crm.yaml. */
  writeFields(fields: string): void {
    this.write('crm.yaml', settings(fields));
  }

  world(extra: Partial<World> = {}): World {
    return {
      io: unsyncedIo,
      kinds: recordKinds,
      cwd: this.dir,
      env: { XDG_CACHE_HOME: this.cacheHome },
      uid: process.geteuid?.(),
      pid: process.pid,
      host: 'test',
      lockTimeout: 10_000,
      random: () => (++this.#count % 997) / 997,
      salt: () => `salt-${++this.#count}`,
      warn: message => this.warnings.push(message),
      now: () => this.now,
      isTimeGiven: true,
      user: { name: 'ana' },
      request: { id: `request-${++this.#count}`, given: false },
      dryRun: false,
      version: 'test',
      runtime: 'test',
      ...(this.sharesFrom !== undefined && { sharesFrom: this.sharesFrom }),
      ...extra,
    };
  }

  async workspace(extra: Partial<World> = {}): Promise<Workspace> {
    return Workspace.open(this.world(extra), this.dir);
  }

  /** Commits as a process of its own, a second after the last one. */
  async commit<T>(
    decide: (draft: Draft) => T | Promise<T>,
    extra: Partial<World> = {},
  ): Promise<Committed<T>> {
    this.now += 1000;
    return commit(await this.workspace(extra), { via: 'test' }, decide);
  }

  /** Appends transactions that set the title of D1 from `title` to the last of these, without opening the state for each. */
  async appendTitles(title: string, titles: readonly string[]): Promise<void> {
    const { store } = await this.workspace();
    let tip = await store.journal.tip();
    let before = title;
    for (const after of titles) {
      this.now += 1000;
      const changes = [
        { kind: 'deal' as const, id: 'D1', set: { title: [before, after] as [string, string] } },
      ];
      const head = { request: `request-${++this.#count}`, by: 'ana', via: 'test' };
      tip = (await store.journal.append(tip, { ...head, at: new Date(this.now).toISOString(), changes }))!;
      before = after;
    }
  }

  /** Adds deals with long descriptions: 30 of them make a snapshot that is not small. */
  async addLarge(count: number, kind: Kind = 'deal'): Promise<void> {
    await this.commit(draft => {
      for (let i = 0; i < count; i++)
        draft.add(kind, { title: `Large ${i}`, name: `large-${i}`, description: `${i} `.repeat(4000) });
    });
  }

  /** Opens the state as a new process does; every file that it left open is closed after `work`. */
  async opened<T>(
    work: (state: ReturnType<typeof stateOf>, opened: Opened) => T | Promise<T>,
    io: Io = unsyncedIo,
  ): Promise<T> {
    const closing = closingIo(io);
    try {
      const workspace = await this.workspace({ io: closing.io });
      const opened = await workspace.open();
      return await work(stateOf(opened, workspace.config), opened);
    } finally {
      closing.close();
    }
  }

  /** The state that follows from the journal alone. */
  async folded(config?: Config): Promise<ReturnType<typeof emptyState>> {
    const workspace = await this.workspace();
    const state = emptyState(config ?? workspace.config);
    for (const tx of await workspace.store.journal.read(0)) applyTransaction(state, tx);
    return state;
  }

  /** Folds the journal into the snapshots now. */
  async checkpoint(io: Io = unsyncedIo): Promise<void> {
    const closing = closingIo(io);
    const workspace = await this.workspace({ io: closing.io });
    const opened = await workspace.open();
    workspace.store.checkpoint(opened, stateOf(opened, workspace.config), opened.tip);
    closing.close();
  }
}
