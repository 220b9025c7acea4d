/**
 * A disk in memory, as the store's file system. It writes down in which order names and contents were changed and
 * what was forced onto the disk, from which power-cut.ts tells what a power cut may leave.
 */
import { dirname, join } from 'node:path';
import { type Io, nodeIo } from '../../src/store/disk/io.ts';

/** The bytes of a file: names that are linked to each other have the same object. */
export interface Content {
  readonly bytes: Buffer;
}

/** All that lies on a disk. */
export interface Image {
  readonly directories: ReadonlySet<string>;
  readonly files: ReadonlyMap<string, Content>;
}

/** One change. Names are changed in directories, contents in files that have a number and no name. */
export type Op =
  | { readonly op: 'name'; readonly path: string; readonly entry: Entry | null; readonly from?: string }
  | { readonly op: 'write'; readonly file: number; readonly at: number; readonly bytes: Buffer }
  | { readonly op: 'truncate'; readonly file: number }
  | { readonly op: 'sync'; readonly file: number }
  | { readonly op: 'sync-directory'; readonly path: string };

/** What a name stands for: a file's number, or a directory. */
export type Entry = number | 'directory';

interface File {
  readonly number: number;
  bytes: Buffer;
  links: number;
  changed: number;
}

interface Open {
  readonly file?: File;
  readonly directory?: string;
}

/** The type that statfs gives for ext4. */
const EXT4 = 0xef53;

/** The ID of the user who runs this, asked once, because each question is a system call. */
const UID = process.getuid?.() ?? 0;

export class MemoryDisk {
  readonly io: Io;
  /** Every change since the disk was made. */
  readonly log: Op[] = [];
  /** Bytes that may still be written. */
  room = Number.POSITIVE_INFINITY;
  readonly #files = new Map<string, File>();
  readonly #directories = new Map<string, Set<string>>();
  readonly #open = new Map<number, Open>();
  readonly #boot: string;
  readonly #first = new Map<string, number>();
  #count = 0;
  #clock = 0;

  /** `boot` tells one start of the machine from another. */
  constructor(image?: Image, boot = 'first boot') {
    this.#boot = boot;
    this.#directories.set('/', new Set());
    for (const path of image?.directories ?? []) this.#makeDirectory(path);
    const known = new Map<Content, File>();
    for (const [path, content] of image?.files ?? []) {
      const file = known.get(content) ?? this.#newFile(content.bytes);
      known.set(content, file);
      this.#enter(path, file);
      this.#first.set(path, file.number);
    }
    this.io = this.#makeIo();
  }

  /** What lies on it now. Contents are not copied: nobody changes their bytes in place. */
  image(): Image {
    const contents = new Map<File, Content>();
    const files = new Map<string, Content>();
    for (const [path, file] of this.#files) {
      if (!contents.has(file)) contents.set(file, { bytes: file.bytes });
      files.set(path, contents.get(file)!);
    }
    return { directories: new Set(this.#directories.keys()), files };
  }

  /** The number that the log gives a file which was there at first. */
  firstNumberOf(path: string): number | undefined {
    return this.#first.get(path);
  }

  #newFile(bytes: Buffer): File {
    return { number: ++this.#count, bytes, links: 0, changed: ++this.#clock };
  }

  #makeDirectory(path: string): void {
    if (this.#directories.has(path)) return;
    this.#makeDirectory(dirname(path));
    this.#directories.set(path, new Set());
    this.#directories.get(dirname(path))!.add(path);
  }

  #enter(path: string, file: File): void {
    this.#leave(path);
    this.#directories.get(dirname(path))!.add(path);
    this.#files.set(path, file);
    file.links++;
    file.changed = ++this.#clock;
  }

  #leave(path: string): void {
    const file = this.#files.get(path);
    if (!file) return;
    file.links--;
    file.changed = ++this.#clock;
    this.#files.delete(path);
    this.#directories.get(dirname(path))!.delete(path);
  }

  /** Nothing is left of this in the log: what power cuts are tried on renames no directory. */
  #renameDirectory(from: string, to: string): void {
    if ((this.#directories.get(to)?.size ?? 0) > 0) throw fault('ENOTEMPTY', to);
    if (!this.#directories.has(dirname(to))) throw fault('ENOENT', to);
    this.#makeDirectory(to);
    for (const path of [...this.#directories.get(from)!]) {
      const moved = `${to}${path.slice(from.length)}`;
      const file = this.#files.get(path);
      if (!file) this.#renameDirectory(path, moved);
      else {
        this.#leave(path);
        this.#enter(moved, file);
      }
    }
    this.#directories.delete(from);
    this.#directories.get(dirname(from))!.delete(from);
  }

  #file(path: string): File {
    const file = this.#files.get(path);
    if (!file) throw fault(this.#directories.has(path) ? 'EISDIR' : 'ENOENT', path);
    return file;
  }

  #opened(fd: number): Open {
    const open = this.#open.get(fd);
    if (!open) throw fault('EBADF', String(fd));
    return open;
  }

  #grow(bytes: number): void {
    if (bytes > this.room) throw fault('ENOSPC', `${bytes} bytes`);
    this.room -= bytes;
  }

  #openAt(path: string, asked: string | number): number {
    // A number is how the store opens what it reads.
    const flags = typeof asked === 'number' ? 'r' : asked;
    const fd = 1000 + ++this.#count;
    if (this.#directories.has(path)) {
      if (flags !== 'r') throw fault('EISDIR', path);
      this.#open.set(fd, { directory: path });
      return fd;
    }
    if (flags === 'r') {
      this.#open.set(fd, { file: this.#file(path) });
      return fd;
    }
    const there = this.#files.get(path);
    if (there && flags === 'wx') throw fault('EEXIST', path);
    if (!this.#directories.has(dirname(path))) throw fault('ENOENT', path);
    const file = there ?? this.#newFile(Buffer.alloc(0));
    if (flags === 'a') {
      if (!there) {
        this.#enter(path, file);
        this.log.push({ op: 'name', path, entry: file.number });
      }
    } else if (there) {
      there.bytes = Buffer.alloc(0);
      this.log.push({ op: 'truncate', file: file.number });
    } else {
      this.#enter(path, file);
      this.log.push({ op: 'name', path, entry: file.number });
    }
    this.#open.set(fd, { file });
    return fd;
  }

  #write(file: File, bytes: Buffer, at: number): number {
    this.#grow(Math.max(0, at + bytes.length - file.bytes.length));
    const whole = Buffer.alloc(Math.max(file.bytes.length, at + bytes.length));
    file.bytes.copy(whole);
    bytes.copy(whole, at);
    file.bytes = whole;
    file.changed = ++this.#clock;
    this.log.push({ op: 'write', file: file.number, at, bytes });
    return bytes.length;
  }

  #statOf(path: string) {
    const file = this.#files.get(path);
    if (!file && !this.#directories.has(path)) throw fault('ENOENT', path);
    return this.#stat(file);
  }

  #stat(file: File | undefined) {
    return {
      dev: 1,
      mode: file ? 0o100600 : 0o40700,
      birthtimeMs: 0,
      ino: file?.number ?? 0,
      uid: UID,
      size: file?.bytes.length ?? 0,
      nlink: file?.links ?? 1,
      mtimeMs: file?.changed ?? 0,
      ctimeMs: file?.changed ?? 0,
      isFile: () => file !== undefined,
      isDirectory: () => file === undefined,
      isSymbolicLink: () => false,
    };
  }

  #makeIo(): Io {
    const io = {
      openSync: (path: string, flags: string | number = 'r') => this.#openAt(path, flags),
      closeSync: (fd: number) => void this.#open.delete(fd),
      existsSync: (path: string) => this.#files.has(path) || this.#directories.has(path),
      fstatSync: (fd: number) => this.#stat(this.#opened(fd).file),
      fsyncSync: (fd: number) => {
        const { file, directory } = this.#opened(fd);
        if (file) this.log.push({ op: 'sync', file: file.number });
        else this.log.push({ op: 'sync-directory', path: directory! });
      },
      linkSync: (from: string, to: string) => {
        const file = this.#file(from);
        if (this.#files.has(to) || this.#directories.has(to)) throw fault('EEXIST', to);
        if (!this.#directories.has(dirname(to))) throw fault('ENOENT', to);
        this.#enter(to, file);
        this.log.push({ op: 'name', path: to, entry: file.number });
      },
      lstatSync: (path: string) => this.#statOf(path),
      mkdirSync: (path: string, options?: { recursive?: boolean }) => {
        const missing: string[] = [];
        for (let each = path; !this.#directories.has(each); each = dirname(each)) missing.unshift(each);
        if (missing.length === 0 && !options?.recursive) throw fault('EEXIST', path);
        for (const each of missing) {
          this.#makeDirectory(each);
          this.log.push({ op: 'name', path: each, entry: 'directory' });
        }
        return missing[0];
      },
      readSync: (fd: number, into: Uint8Array, offset: number, length: number, at: number) => {
        const { file } = this.#opened(fd);
        if (!file) throw fault('EISDIR', String(fd));
        return file.bytes.copy(into, offset, at, Math.min(file.bytes.length, at + length));
      },
      readdirSync: (path: string) => {
        const names = this.#directories.get(path);
        if (!names) throw fault(this.#files.has(path) ? 'ENOTDIR' : 'ENOENT', path);
        return [...names].map(name => name.slice(name.lastIndexOf('/') + 1));
      },
      readFileSync: (path: string | number) => {
        if (typeof path === 'number') return Buffer.from(this.#opened(path).file!.bytes);
        if (path === '/proc/sys/kernel/random/boot_id') return Buffer.from(this.#boot);
        if (path.startsWith('/proc/')) return nodeIo.readFileSync(path);
        return Buffer.from(this.#file(path).bytes);
      },
      realpathSync: (path: string) => {
        this.#statOf(path);
        return path;
      },
      renameSync: (from: string, to: string) => {
        if (this.#directories.has(from)) return this.#renameDirectory(from, to);
        const file = this.#file(from);
        this.#leave(from);
        this.#enter(to, file);
        this.log.push({ op: 'name', path: to, entry: file.number, from });
      },
      rmdirSync: (path: string) => {
        const names = this.#directories.get(path);
        if (!names) throw fault(this.#files.has(path) ? 'ENOTDIR' : 'ENOENT', path);
        if (names.size > 0) throw fault('ENOTEMPTY', path);
        this.#directories.delete(path);
        this.#directories.get(dirname(path))!.delete(path);
        this.log.push({ op: 'name', path, entry: null });
      },
      statSync: (path: string) => this.#statOf(path),
      statfsSync: () => ({ type: EXT4, bsize: 4096, blocks: 2 ** 20, bfree: 2 ** 20, bavail: 2 ** 20 }),
      unlinkSync: (path: string) => {
        const file = this.#file(path);
        this.#leave(path);
        if (file.links === 0) this.room += file.bytes.length;
        this.log.push({ op: 'name', path, entry: null });
      },
      writeSync: (
        fd: number,
        bytes: Uint8Array,
        offset = 0,
        length = bytes.length,
        at: number | undefined = undefined,
      ) => {
        const { file } = this.#opened(fd);
        const written = Buffer.from(bytes.subarray(offset, offset + length));
        // Without a place, it is appended.
        return this.#write(file!, written, at ?? file!.bytes.length);
      },
    };
    return io as unknown as Io;
  }
}

/** Returns an error of the file system, without a stack, because the store asks for many files that do not exist. */
function fault(code: string, what: string): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = Object.assign(new Error(`${code}: ${what}`), { code });
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}

/** All that lies below a directory of any file system; the folder `except` is left out. */
export function imageOf(io: Io, dir: string, except?: string): Image {
  const directories = new Set<string>();
  const files = new Map<string, Content>();
  const inodes = new Map<number, Content>();
  const walk = (path: string) => {
    directories.add(path);
    for (const name of io.readdirSync(path) as string[]) {
      if (name === except) continue;
      const each = join(path, name);
      const stat = io.statSync(each);
      if (stat.isDirectory()) walk(each);
      else {
        const content = inodes.get(stat.ino) ?? { bytes: io.readFileSync(each) as Buffer };
        inodes.set(stat.ino, content);
        files.set(each, content);
      }
    }
  };
  walk(dir);
  return { directories, files };
}
