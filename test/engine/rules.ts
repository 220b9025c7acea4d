/** A workspace to try rules in: two people, a few contacts, and sweeps whose result can be looked at. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { emptyDirectory, type RunOptions, TestWorkspace, workspace } from '../harness.ts';
import { after, HARDWARE, SALES, SETTINGS, type Sweep } from './swept.ts';

export * from './swept.ts';

export class Rules {
  readonly ws: TestWorkspace;

  constructor(ws: TestWorkspace) {
    this.ws = ws;
  }

  static async make(files: Readonly<Record<string, string>> = {}): Promise<Rules> {
    const rules = new Rules(await workspace('empty'));
    rules.write('crm.yaml', SETTINGS);
    // By file name, so that sales is the first and the default.
    rules.write('pipelines/a-sales.yaml', SALES);
    rules.write('pipelines/hardware.yaml', HARDWARE);
    for (const path of readdirSync(join(rules.ws.dir, 'pipelines')))
      if (path !== 'a-sales.yaml' && path !== 'hardware.yaml') rmSync(join(rules.ws.dir, 'pipelines', path));
    for (const [path, text] of Object.entries(files)) rules.write(path, text);
    return rules;
  }

  /** Every file of the workspace, to make the same one again. */
  files(): Map<string, Buffer> {
    const files = readdirSync(this.ws.dir, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name));
    return new Map(files.map(path => [path.slice(this.ws.dir.length + 1), readFileSync(path)]));
  }

  /** A workspace of such files. */
  static of(files: ReadonlyMap<string, Buffer>): Rules {
    const rules = new Rules(new TestWorkspace(join(emptyDirectory(), 'ws')));
    for (const [path, bytes] of files) rules.write(path, bytes);
    return rules;
  }

  /** Writes a file as a person with an editor would. */
  write(path: string, text: string | Buffer): void {
    mkdirSync(dirname(join(this.ws.dir, path)), { recursive: true });
    writeFileSync(join(this.ws.dir, path), text);
  }

  edit(path: string, change: (text: string) => string): void {
    this.write(path, change(readFileSync(join(this.ws.dir, path), 'utf8')));
  }

  remove(path: string): void {
    rmSync(join(this.ws.dir, path));
  }

  rule(id: string, text: string): void {
    this.write(`automations/${id}.yaml`, text);
  }

  /** Goes on to another time, after the beginning. */
  at(ms: number): void {
    this.ws.now = after(ms);
  }

  ok(args: string | readonly string[], options?: RunOptions): Promise<string> {
    return this.ws.ok(args, options);
  }

  json<T>(args: string | readonly string[]): Promise<T> {
    return this.ws.json<T>(args);
  }

  async sweep(...options: string[]): Promise<Sweep> {
    const { code, out, err } = await this.ws.crm(['run', '--json', ...options]);
    if (out === '') throw new Error(err);
    return { code, ...(JSON.parse(out) as Omit<Sweep, 'code'>) };
  }

  /** Sweeps, and again at the same time: which must change nothing, byte for byte. */
  async sweepTwice(...options: string[]): Promise<Sweep> {
    const dry = await this.sweep('--dry-run', ...options);
    const first = await this.sweep(...options);
    expect(dry, 'a dry run says what the run does').toEqual({ ...first, tx: null });
    const files = this.digest();
    const second = await this.sweep();
    expect(second).toMatchObject({ tx: null, events: 0, transitions: [], automations: [], changes: {} });
    expect(this.digest(), 'the second sweep writes nothing').toBe(files);
    return first;
  }

  /** Of every file but caches and locks. */
  digest(): string {
    const hash = createHash('sha256');
    const files = [...this.files()].filter(([path]) => !path.startsWith('.crm/'));
    for (const [path, bytes] of files.sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(path).update(bytes);
    return hash.digest('hex');
  }

  /** The journal's files, one behind the other. */
  journal(): string {
    const dir = join(this.ws.dir, 'data', 'journal');
    return readdirSync(dir)
      .sort()
      .map(name => readFileSync(join(dir, name), 'utf8'))
      .join('');
  }

  async notes(id: string): Promise<string[]> {
    const all = await this.json<{ for: string; text: string }[]>(['activity', 'list', '--sort', 'id']);
    return all.filter(activity => activity.for === id).map(activity => activity.text);
  }

  show(id: string): Promise<Record<string, unknown>> {
    const kinds: Record<string, string> = {
      D: 'deal',
      C: 'contact',
      A: 'account',
      T: 'task',
      M: 'message',
      V: 'activity',
      E: 'event',
    };
    return this.json([kinds[id[0]!]!, 'show', id]);
  }
}

/** Gives workspaces in which these commands were done: once, and the files of that are copied. */
export function seededBy(...commands: string[]): () => Promise<Rules> {
  let files: Promise<ReadonlyMap<string, Buffer>> | undefined;
  const make = async () => {
    const rules = await Rules.make();
    for (const command of commands) await rules.ok(command);
    return rules.files();
  };
  return async () => Rules.of(await (files ??= make()));
}
