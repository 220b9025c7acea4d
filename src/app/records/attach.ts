/** Attaches files to deals, contacts and accounts: the copies are in `files/<id>/`, and the record names them. */
import { failed, notFound } from '../../domain/errors.ts';
import { fileNameFrom } from '../../domain/file-paths.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { Rec } from '../../domain/records.ts';
import {
  forgetAttached,
  hashOfAttached,
  keepAttached,
  readAttached,
  removeAttached,
} from '../../store/disk/attached-file.ts';
import { temporaryOf } from '../../store/site/leftovers.ts';
import { thisOwner } from '../../store/disk/owner.ts';
import { Sha256 } from '../../store/disk/sha256.ts';
import type { Workspace } from '../core/workspace.ts';
import type { Writer } from '../core/writer.ts';

/** A file that is to be attached. */
export interface Given {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const filesOf = ({ files }: Rec): readonly string[] => (files as readonly string[] | undefined) ?? [];

/** The files of one command: they are copied once, and removed again if the command fails. */
export class Attaching {
  readonly #workspace: Workspace;
  readonly #given: readonly Given[];
  #kept: { readonly id: string; readonly paths: readonly string[] } | undefined;

  constructor(workspace: Workspace, given: readonly Given[]) {
    this.#workspace = workspace;
    this.#given = given;
  }

  /** Attaches the files, except those that are attached already with the same name and bytes. */
  attach(writer: Writer, id: string): void {
    const before = filesOf(writer.view.record(id));
    if (this.#kept && this.#kept.id !== id) this.undo();
    this.#kept ??= { id, paths: this.#keep(id, before) };
    writer.set(id, { files: [...new Set([...before, ...this.#kept.paths])] });
  }

  /** Removes the copies again, since no record names them. */
  undo(): void {
    const { world, store } = this.#workspace;
    forgetAttached(world.io, store.dir, this.#kept?.paths ?? []);
    this.#kept = undefined;
  }

  #keep(id: string, before: readonly string[]): string[] {
    const { world, store } = this.#workspace;
    const { io } = world;
    const temporary = temporaryOf(thisOwner(io, world.pid, world.host), world.random);
    const fresh = this.#given.filter(({ name, bytes }) => {
      const hash = new Sha256().update(bytes).digest();
      const same = before.filter(path => path.endsWith(`/${fileNameFrom(name)}`));
      return !same.some(path => hashOfAttached(io, store.dir, path) === hash);
    });
    if (world.dryRun) return fresh.map(({ name }) => `files/${id}/${fileNameFrom(name)}`);
    const paths: string[] = [];
    try {
      for (const { name, bytes } of fresh)
        paths.push(keepAttached(io, store.dir, { folder: id, name: fileNameFrom(name), bytes }, temporary));
      return paths;
    } catch (error) {
      forgetAttached(io, store.dir, paths);
      throw error;
    }
  }
}

/** Takes files off a record, by path or name; they stay where they are. NOT_FOUND for one that it does not have. */
export function detach(writer: Writer, id: string, names: readonly string[]): void {
  const before = filesOf(writer.view.record(id));
  const gone = new Set(
    names.map(name => {
      const path = before.find(each => each === name) ?? before.find(each => each.endsWith(`/${name}`));
      if (path !== undefined) return path;
      const known = before.map(each => each.slice(each.lastIndexOf('/') + 1));
      throw notFound(
        `${id} does not have the file ${JSON.stringify(name)}`,
        suggestion(name, known, 'files'),
      );
    }),
  );
  const left = before.filter(path => !gone.has(path));
  writer.set(id, { files: left.length > 0 ? left : null });
}

/** Returns the files of a record with their sizes in bytes; null for a file that is missing. */
export function sizesOf({ world, store }: Workspace, record: Rec): { path: string; bytes: number | null }[] {
  return filesOf(record).map(path => {
    let bytes: number | null = null;
    try {
      bytes = readAttached(world.io, store.dir, path)?.bytes.length ?? null;
    } catch {
      // A link, or a file that is too large, does not come from `attach`.
    }
    return { path, bytes };
  });
}

/**
 * Removes the files of records that transaction `tx` purged, including detached ones. FAILED names the folders that
 * are still there: nothing else knows of them any more.
 */
export function forgetFiles({ world, store }: Workspace, ids: readonly string[], tx: number): void {
  const left = ids.filter(id => {
    try {
      removeAttached(world.io, store.dir, id);
      return false;
    } catch {
      return true;
    }
  });
  if (left.length === 0) return;
  const folders = left.map(id => `files/${id}`);
  throw failed(
    `what transaction ${tx} erases is gone, but for its files: ${folders.join(', ')} cannot be removed`,
    `rm -r ${folders.join(' ')}`,
  );
}
