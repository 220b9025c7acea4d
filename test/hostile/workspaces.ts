/** Builds workspaces as somebody might send them who wishes harm: each has the demo's shape, and one thing in it is wrong. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestWorkspace } from '../harness.ts';
import { appendForged } from './journal.ts';

/** Where a workspace and what it must not touch are. */
export interface Place {
  readonly ws: TestWorkspace;
  /** A directory beside the workspace. */
  readonly outside: string;
}

export type Builder = (place: Place) => void;

const write = (path: string, text: string) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

/** Puts something else in the place of a file or directory of the workspace. */
const instead =
  (name: string, make: (path: string, place: Place) => void): Builder =>
  place => {
    const path = join(place.ws.dir, name);
    rmSync(path, { recursive: true, force: true });
    mkdirSync(dirname(path), { recursive: true });
    make(path, place);
  };

/** Files that crm reads or writes below a workspace. */
export const files = [
  'crm.yaml',
  'pipelines/sales.yaml',
  'automations/greet.yaml',
  'automations/greet.test.yaml',
  'templates/welcome.md',
  'data/journal/00000002.jsonl',
  'data/deals.jsonl',
  'data/checkpoint.json',
  '.crm/lock',
  '.crm/pending',
] as const;

export const directories = ['pipelines', 'automations', 'templates', 'data', 'data/journal', '.crm'] as const;

/** Ids of files that no journal may name, though a text for each is easily made. */
export const foreignFiles = [
  '../outside/victim.txt',
  '/etc/passwd',
  '.git/config',
  '.git/hooks/post-commit',
  'automations/../../outside/victim.txt',
  'pipelines/sub/x.yaml',
  'pipelines/.yaml',
  'pipelines/..yaml',
  'pipelines/x.yml',
  'templates/x.yaml',
  'templates/../crm.yaml',
  'automations/x.md',
  'automations/x.yaml\0',
  './crm.yaml',
  'CRM.yaml/',
  '.gitignore',
  'data/deals.jsonl',
  '.crm/lock',
  '',
] as const;

/** A link to a copy of what was there, outside. */
export const linked =
  (name: string): Builder =>
  place => {
    const path = join(place.ws.dir, name);
    const to = join(place.outside, 'moved');
    if (existsSync(path)) {
      cpSync(path, to, { recursive: true });
      rmSync(path, { recursive: true });
    } else write(to, 'secret\n');
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(to, path);
  };

export const linkedNowhere = (name: string): Builder =>
  instead(name, (path, { outside }) => symlinkSync(join(outside, 'nowhere'), path));
export const linkedToDevice = (name: string): Builder =>
  instead(name, path => symlinkSync('/dev/zero', path));
export const fifo = (name: string): Builder => instead(name, path => void execFileSync('mkfifo', [path]));
export const directoryAt = (name: string): Builder => instead(name, path => void mkdirSync(path));

/** So many bytes of nothing, which take no room on the disk. */
export const ofSize = (name: string, bytes: number): Builder =>
  instead(name, path => {
    writeFileSync(path, '');
    truncateSync(path, bytes);
  });

/** A note that asks for texts in files; `tx` is the transaction that it names. */
export const pending =
  (tx: unknown, ...paths: readonly string[]): Builder =>
  ({ ws, outside }) => {
    const notes = paths.map(path => {
      const full = join(ws.dir, path);
      const isFile = !path.includes('\0') && existsSync(full) && statSync(full).isFile();
      const had = isFile ? readFileSync(full, 'utf8') : null;
      return { path, had, gets: 'changed\n' };
    });
    write(join(ws.dir, '.crm', 'pending'), JSON.stringify({ tx, files: notes }));
    mkdirSync(outside, { recursive: true });
  };

/** A transaction with a right hash that gives files a text. */
export const journal =
  (...paths: readonly string[]): Builder =>
  ({ ws }) => {
    appendForged(
      ws,
      paths.map(id => ({ kind: 'file', id, set: { text: [null, 'changed\n'] } })),
    );
  };

/** The journal of a purge or an import that was cut short, with links for the directories that are removed next. */
export const leftoverLinks: Builder = ({ ws, outside }) => {
  mkdirSync(join(outside, 'full'), { recursive: true });
  writeFileSync(join(outside, 'full', 'keep.txt'), 'keep\n');
  for (const name of ['journal.new', 'journal.old'])
    symlinkSync(join(outside, 'full'), join(ws.dir, 'data', name));
};
