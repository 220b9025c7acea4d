/**
 * Stores that are broken on purpose: each does one thing that a store may be thought to do well without. They are
 * made of the real one by changing what its calls to the file system do.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { cutOff } from '../../src/app/outbox/attempt.ts';
import { Sender } from '../../src/app/outbox/sender.ts';
import { smtp } from '../../src/app/outbox/ways/smtp.ts';
import { type Change, kindOf } from '../../src/domain/changes.ts';
import { ColumnsFile } from '../../src/store/columns/columns-file.ts';
import { encode, type Unhashed } from '../../src/store/lines/encoding.ts';
import { PACK_SIZE } from '../../src/store/journal/journal-directory.ts';
import type { Io } from '../../src/store/disk/io.ts';
import { ProjectedSource } from '../../src/store/columns/records-file.ts';
import { Store } from '../../src/store/store.ts';
import type { Program } from './proofs/serve.ts';

export type Broken = (io: Io) => Io;

const isJournal = (path: unknown) => basename(dirname(String(path))) === 'journal';
const isPack = (path: unknown) => basename(String(path)).startsWith('pack-');

const isDirectory = (io: Io, fd: number) => io.fstatSync(fd).isDirectory();

/** Nothing is forced onto the disk but the directories. */
export const filesUnsynced: Broken = io => ({
  ...io,
  fsyncSync: fd => {
    if (isDirectory(io, fd)) io.fsyncSync(fd);
  },
});

/** A name may be gone after a power cut though its file is there. */
export const directoriesUnsynced: Broken = io => ({
  ...io,
  fsyncSync: fd => {
    if (!isDirectory(io, fd)) io.fsyncSync(fd);
  },
});

/** A file has its name first, and is forced onto the disk then. */
export const namedBeforeSynced: Broken = io => {
  const sync = (path: unknown) => {
    const fd = io.openSync(String(path), 'r');
    io.fsyncSync(fd);
    io.closeSync(fd);
  };
  return {
    ...filesUnsynced(io),
    linkSync(from, to) {
      io.linkSync(from, to);
      sync(to);
    },
    renameSync(from, to) {
      io.renameSync(from, to);
      sync(to);
    },
  };
};

/** Single transactions are removed before the pack that has them is there. */
export const looseRemovedFirst: Broken = io => ({
  ...io,
  linkSync(from, to) {
    if (isPack(to)) for (const name of looseNames(io, dirname(String(to)))) io.unlinkSync(name);
    io.linkSync(from, to);
  },
});

const looseNames = (io: Io, dir: string) =>
  (io.readdirSync(dir) as string[])
    .filter(name => Number.parseInt(name, 10) <= PACK_SIZE)
    .map(name => join(dir, name));

/** A writer does not look whether its number was packed while it slept. */
export const noLookAfterLink: Broken = io => ({
  ...io,
  existsSync: path => !isPack(path) && io.existsSync(path),
});

/** Who comes second takes the number from who was first. */
export const overwriting: Broken = io => ({
  ...io,
  linkSync(from, to) {
    if (isJournal(to) && io.existsSync(to)) io.unlinkSync(to);
    io.linkSync(from, to);
  },
});

/** That a number is taken is not noticed. */
export const takenUnnoticed: Broken = io => ({
  ...io,
  linkSync(from, to) {
    if (!isJournal(to) || !io.existsSync(to)) io.linkSync(from, to);
  },
});

/** All writers use the same name for what is not done yet. */
export const sharedTemporary: Broken = io => {
  const shared = (path: unknown) =>
    basename(String(path)).startsWith('.tmp-') ? join(dirname(String(path)), '.tmp-0-0-0') : String(path);
  return {
    ...io,
    openSync: (path, flags, mode) =>
      shared(path) === path ? io.openSync(path, flags, mode) : io.openSync(shared(path), 'w', mode),
    linkSync: (from, to) => io.linkSync(shared(from), to),
    renameSync: (from, to) => io.renameSync(shared(from), shared(to)),
    unlinkSync: path => io.unlinkSync(shared(path)),
  };
};

/** Copies a file to another name, in two pieces. */
function copy(io: Io, from: unknown, to: unknown): void {
  const bytes = io.readFileSync(String(from)) as Buffer;
  const fd = io.openSync(String(to), 'w', 0o666);
  const half = bytes.length >> 1;
  io.writeSync(fd, bytes, 0, half, 0);
  io.writeSync(fd, bytes, half, bytes.length - half, half);
  io.fsyncSync(fd);
  io.closeSync(fd);
}

/** What replaces a file is written into it. */
export const writtenInPlace: Broken = io => ({
  ...io,
  renameSync(from, to) {
    copy(io, from, to);
    io.unlinkSync(from);
  },
});

/** A transaction has its name before it has its content. */
export const namedBeforeWritten: Broken = io => ({
  ...io,
  linkSync(from, to) {
    if (isJournal(to) && !io.existsSync(to)) copy(io, from, to);
    else io.linkSync(from, to);
  },
});

/** The old file goes before the new one has its name. */
export const removedBeforeReplaced: Broken = io => ({
  ...io,
  renameSync(from, to) {
    if (io.existsSync(to)) io.unlinkSync(to);
    io.renameSync(from, to);
  },
});

/** A commit is acknowledged when its file is written, whether it got its name or not. */
export const acknowledgedBeforeNamed: Broken = io => ({
  ...io,
  linkSync(from, to) {
    try {
      io.linkSync(from, to);
    } catch (error) {
      if (!isJournal(to)) throw error;
    }
  },
});

/** Whatever a transaction says is taken for what its hash was made of. */
export const hashUnchecked: Broken = io => {
  const paths = new Map<number, unknown>();
  return {
    ...io,
    openSync(path, flags, mode) {
      const fd = io.openSync(path, flags, mode);
      paths.set(fd, path);
      return fd;
    },
    readFileSync: ((from: string | number) => {
      const bytes = io.readFileSync(from) as Buffer;
      const path = typeof from === 'number' ? paths.get(from) : from;
      return isJournal(path as string) ? withRightHashes(bytes) : bytes;
    }) as Io['readFileSync'],
  };
};

function withRightHashes(bytes: Buffer): Buffer {
  const out: Buffer[] = [];
  let changes: Change[] = [];
  for (const line of bytes.toString().split('\n').slice(0, -1)) {
    const value = parsed(line);
    if (!value) return bytes;
    if ('seq' in value) {
      encode(value as unknown as Unhashed, { changes }, chunk => out.push(Buffer.from(chunk as Uint8Array)));
      changes = [];
    } else changes.push(value as Change);
  }
  return Buffer.concat(out);
}

function parsed(line: string): object | undefined {
  try {
    return JSON.parse(line) as object;
  } catch {
    return undefined;
  }
}

/** Runs `work` with a store that commits where a sweep has come to after what the sweep did, and not with it. */
export async function withCursorApart<T>(work: () => Promise<T>): Promise<T> {
  const { append } = Store.prototype;
  Store.prototype.append = async function (tip, commit) {
    const cursor = commit.changes.filter(change => kindOf(change) === 'cursor');
    const others = commit.changes.filter(change => kindOf(change) !== 'cursor');
    if (cursor.length === 0 || others.length === 0) return append.call(this, tip, commit);
    const first = await append.call(this, tip, { ...commit, changes: others });
    return first && append.call(this, first, { ...commit, changes: cursor });
  };
  try {
    return await work();
  } finally {
    Store.prototype.append = append;
  }
}

/** Runs `work` with a store that takes every block of a projection for what was written. */
export async function withBlocksUnchecked<T>(work: () => Promise<T>): Promise<T> {
  const { isSound } = ColumnsFile.prototype;
  ColumnsFile.prototype.isSound = () => true;
  try {
    return await work();
  } finally {
    ColumnsFile.prototype.isSound = isSound;
  }
}

/** Runs `work` with a store that takes the record at a row's place for the row's, whatever its id. */
export async function withIdsUnchecked<T>(work: () => Promise<T>): Promise<T> {
  const { isOf } = ProjectedSource.prototype;
  ProjectedSource.prototype.isOf = () => true;
  try {
    return await work();
  } finally {
    ProjectedSource.prototype.isOf = isOf;
  }
}

/** Runs `work` with an outbox that says of an e-mail that it was sent, and sends it after that. */
export async function withSentTooSoon<T>(work: () => Promise<T>): Promise<T> {
  const way = smtp as { open: typeof smtp.open };
  const { open } = way;
  way.open = async workspace => {
    const channel = await open(workspace);
    let late: (() => Promise<unknown>) | undefined;
    const catchUp = async () => {
      await late?.();
      late = undefined;
    };
    return {
      async send(message, abort) {
        await catchUp();
        late = () => channel.send(message, abort);
        return { outcome: 'sent' };
      },
      async close() {
        // Throws in a process that was killed: it sends nothing any more.
        workspace.world.io.existsSync(workspace.store.dir);
        await catchUp();
        await channel.close?.();
      },
    };
  };
  try {
    return await work();
  } finally {
    way.open = open;
  }
}

/** Runs `work` with an outbox that sends again what was cut off in the midst of an attempt. */
export async function withUnknownSentAgain<T>(work: () => Promise<T>): Promise<T> {
  const fields = cutOff as { status: string };
  const { status } = fields;
  fields.status = 'queued';
  try {
    return await work();
  } finally {
    fields.status = status;
  }
}

/** Runs `work` with `crm` as a program whose server is broken in that way (broken-serve.ts). */
export async function withBrokenServe<T>(
  way: 'answered early' | 'ids forgotten',
  work: (program: Program) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'crm-broken-'));
  try {
    const bundle = ['test/torture/bundle.mjs', 'test/torture/broken-serve.ts', directory];
    const path = execFileSync(process.execPath, bundle, { encoding: 'utf8' });
    return await work({ args: [path], env: { BROKEN: way } });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs `work` with an outbox that does not ask whether this machine is the one that sends, and where it had come to. */
export async function withoutSender<T>(work: () => Promise<T>): Promise<T> {
  const { whyNot } = Sender.prototype;
  Sender.prototype.whyNot = async () => undefined;
  try {
    return await work();
  } finally {
    Sender.prototype.whyNot = whyNot;
  }
}
