/**
 * What may lie on a disk after its power was cut. A name is certain once its directory was forced onto the disk, and
 * a content once its file was. Of all that came later anything may be there or not, each on its own: every change of
 * a name; of every content the old, the new, a part of the new, or zeros of its length. No file system is worse, and
 * some are as bad. A rename is one change: it is there whole or not at all.
 */
import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { Chance } from './chance.ts';
import type { Content, Entry, Image, Op } from './disk.ts';

interface Written {
  /** As it was last forced onto the disk. */
  certain: Buffer;
  now: Buffer;
}

type NameOp = Extract<Op, { op: 'name' }>;

/** Follows the log of a disk, and tells at any point what a power cut would leave. */
export class PowerCut {
  readonly #names = new Map<string, Entry>();
  readonly #files = new Map<number, Written>();
  /** Changes of names that are not certain yet, by directory. */
  #uncertain: NameOp[] = [];

  /** What was on the disk at first is certain; `numberOf` says by what number the log names its files. */
  constructor(image: Image, numberOf: (path: string) => number | undefined) {
    for (const path of image.directories) this.#names.set(path, 'directory');
    for (const [path, { bytes }] of image.files) {
      const number = numberOf(path)!;
      this.#names.set(path, number);
      this.#files.set(number, { certain: bytes, now: bytes });
    }
  }

  follow(op: Op): void {
    switch (op.op) {
      case 'name':
        if (typeof op.entry === 'number' && !this.#files.has(op.entry))
          this.#files.set(op.entry, { certain: Buffer.alloc(0), now: Buffer.alloc(0) });
        this.#uncertain.push(op);
        return;
      case 'write': {
        const file = this.#files.get(op.file)!;
        const now = Buffer.alloc(Math.max(file.now.length, op.at + op.bytes.length));
        file.now.copy(now);
        op.bytes.copy(now, op.at);
        file.now = now;
        return;
      }
      case 'truncate':
        this.#files.get(op.file)!.now = Buffer.alloc(0);
        return;
      case 'sync': {
        const file = this.#files.get(op.file)!;
        file.certain = file.now;
        return;
      }
      case 'sync-directory':
        for (const each of this.#uncertain) if (dirname(each.path) === op.path) changeName(this.#names, each);
        this.#uncertain = this.#uncertain.filter(each => dirname(each.path) !== op.path);
    }
  }

  /** Up to `most` different states that a cut may leave now, with their fingerprints: the extremes first, then by chance. */
  *states(most: number, chance: Chance): Generator<{ image: Image; print: string }> {
    const seen = new Set<string>();
    const names = this.#uncertain.length;
    const all = (there: boolean) => this.#uncertain.map(() => there);
    const but = (i: number, there: boolean) => this.#uncertain.map((_, k) => (k === i ? !there : there));
    const choices: (() => Image)[] = [];
    for (const content of contents)
      for (const there of [true, false]) choices.push(() => this.#state(all(there), () => content));
    // Where much is uncertain at once, as when a pack's loose files go, some of it stands for the rest.
    const step = Math.max(1, Math.floor(names / 8));
    for (let i = 0; i < names; i += step)
      for (const there of [true, false])
        choices.push(() => this.#state(but(i, there), () => (there ? 'new' : 'old')));
    for (let i = 0; i < most; i++)
      choices.push(() => {
        const likely = chance.pick([0.1, 0.5, 0.9]);
        const there = this.#uncertain.map(() => chance.next() < likely);
        return this.#state(there, () => chance.pick(contents));
      });
    for (const choice of choices) {
      if (seen.size >= most) return;
      const image = choice();
      const print = fingerprint(image);
      if (!seen.has(print)) yield { image, print };
      seen.add(print);
    }
  }

  #state(there: readonly boolean[], contentOf: () => ContentAfter): Image {
    const names = new Map(this.#names);
    this.#uncertain.forEach((op, i) => {
      if (there[i]) changeName(names, op);
    });
    const directories = new Set<string>();
    const files = new Map<string, Content>();
    const contents = new Map<number, Content>();
    const isReached = (path: string): boolean =>
      path === '/' || (names.get(path) === 'directory' && isReached(dirname(path)));
    for (const [path, entry] of names) {
      if (!isReached(dirname(path))) continue;
      if (entry === 'directory') directories.add(path);
      else {
        if (!contents.has(entry))
          contents.set(entry, { bytes: contentAfter(this.#files.get(entry)!, contentOf) });
        files.set(path, contents.get(entry)!);
      }
    }
    return { directories, files };
  }
}

const contents = ['new', 'old', 'half', 'zeros'] as const;
type ContentAfter = (typeof contents)[number];

function contentAfter({ certain, now }: Written, which: () => ContentAfter): Buffer {
  if (certain === now) return now;
  switch (which()) {
    case 'new':
      return now;
    case 'old':
      return certain;
    case 'half':
      return now.subarray(0, now.length >> 1);
    case 'zeros':
      return Buffer.alloc(now.length);
  }
}

function changeName(names: Map<string, Entry>, { path, entry, from }: NameOp): void {
  if (from !== undefined) names.delete(from);
  if (entry === null) names.delete(path);
  else names.set(path, entry);
}

const hashes = new WeakMap<Buffer, string>();

function hashOf(bytes: Buffer): string {
  let hash = hashes.get(bytes);
  if (hash === undefined) hashes.set(bytes, (hash = createHash('sha1').update(bytes).digest('base64')));
  return hash;
}

/** The same for images that do not differ. */
export function fingerprint({ directories, files }: Image): string {
  const digest = createHash('sha1');
  for (const path of [...directories].sort()) digest.update(`${path}\n`);
  for (const [path, { bytes }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    digest.update(`${path} ${hashOf(bytes)}\n`);
  return digest.digest('base64');
}
