/**
 * A directory of this machine as a remote, for people who share a server. It has the files of a journal, and appends
 * are safe for the same reason as locally: link(2) to a name that is free.
 *
 *     /srv/crm/sales/journal/00000057.jsonl, pack-000001.jsonl, ...
 *     /srv/crm/sales/lock        held while files are packed or redacted
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { invalid, usage } from '../../domain/errors.ts';
import { reasonOf } from '../../domain/system-errors.ts';
import { makeDirectory, replaceFile, type Sink, type Temporary } from '../disk/durable.ts';
import { GENESIS } from '../lines/encoding.ts';
import { codeOf, type Io, readWhole } from '../disk/io.ts';
import type { Tip } from '../journal/journal.ts';
import { readSealed } from '../journal/journal-bytes.ts';
import { JournalDirectory, nameOf, packOf } from '../journal/journal-directory.ts';
import { packLoose, putTransaction } from '../journal/journal-files.ts';
import { temporaryOf } from '../site/leftovers.ts';
import { withLock } from '../disk/lock.ts';
import { networkOf } from '../disk/network-fs.ts';
import { type Owner, thisOwner } from '../disk/owner.ts';
import { type Sealed, sealedIn, tipOf } from '../journal/sealed.ts';
import type { RemoteKind, RemotePlace } from './kind.ts';
import { type Appended, type Redacted, Refused, type Remote, type Unreached, unreached } from './remote.ts';
import { syncedBy } from './synced-folder.ts';

export const directory: RemoteKind = {
  name: 'directory',
  schemes: ['file'],
  example: '/srv/crm/sales',
  isOnline: true,
  options: [],
  remains: 'backups of the directory',
  check(url) {
    if (url.host !== '')
      throw usage(`${url.href} names another machine`, 'a directory of this machine: file:///srv/crm/sales');
  },
  async open(url, place) {
    return new DirectoryRemote(fileURLToPath(url), place);
  },
};

class DirectoryRemote implements Remote {
  readonly #dir: string;
  readonly #io: Io;
  readonly #place: RemotePlace;
  readonly #owner: Owner;
  readonly #temporary: Temporary;
  readonly #files: JournalDirectory;

  constructor(dir: string, place: RemotePlace) {
    const { io, pid, host, random } = place;
    this.#dir = dir;
    this.#io = io;
    this.#place = place;
    this.#owner = thisOwner(io, pid, host);
    this.#temporary = temporaryOf(this.#owner, random);
    this.#files = new JournalDirectory(io, join(dir, 'journal'));
  }

  async tip(): Promise<Tip> {
    return this.#asked(() => {
      const { tip } = this.#files.list();
      if (tip === 0) return { seq: 0, hash: GENESIS };
      return tipOf(readSealed(this.#io, this.#files, tip - 1, 1)[0]!);
    });
  }

  async read(after: number, limit: number): Promise<Sealed[]> {
    return this.#asked(() => readSealed(this.#io, this.#files, after, limit));
  }

  async append(after: Tip, transactions: readonly Sealed[]): Promise<Appended> {
    await this.#requireSafe();
    const { dir } = this.#files;
    const last = transactions.at(-1)!;
    try {
      if (after.seq > 0 && (await this.read(after.seq - 1, 1))[0]?.hash !== after.hash)
        return { outcome: 'conflict' };
      makeDirectory(this.#io, dir);
      for (const each of transactions) if (!this.#put(each)) return { outcome: 'conflict' };
      if (packOf(last.seq + 1) > packOf(after.seq + 1))
        await this.#alone(async () => packLoose(this.#io, this.#files, this.#temporary, last.seq));
    } catch (error) {
      throw this.#refusal(error);
    }
    return { outcome: 'committed' };
  }

  /** Puts a transaction at its number; true if it is there now, whoever put it. */
  #put({ seq, hash, bytes }: Sealed): boolean {
    const isThere = () => readSealed(this.#io, this.#files, seq - 1, 1)[0]?.hash === hash;
    // The name of a number that was packed is free again.
    if (this.#files.list().tip >= seq) return isThere();
    const fill = (sink: Sink) => sink.write(bytes);
    return putTransaction(this.#io, this.#files.dir, this.#temporary, seq, fill, () => hash) || isThere();
  }

  async redact(tip: Tip, left: readonly Sealed[]): Promise<Redacted> {
    await this.#requireSafe();
    try {
      return await this.#alone(async () => {
        if ((await this.tip()).seq !== tip.seq) return 'conflict';
        // First, so that nobody packs the old content.
        packLoose(this.#io, this.#files, this.#temporary, tip.seq);
        this.#requireSameHashes(left);
        this.#replace(left);
        return 'redacted';
      });
    } catch (error) {
      throw this.#refusal(error);
    }
  }

  #requireSameHashes(left: readonly Sealed[]): void {
    for (const { seq, hash } of left)
      if (readSealed(this.#io, this.#files, seq - 1, 1)[0]?.hash !== hash)
        throw invalid(`${this.#dir}: transaction ${seq} is another one there`, 'crm remote repair');
  }

  /** Writes each file that has some of these transactions once. */
  #replace(left: readonly Sealed[]): void {
    const bytes = new Map(left.map(each => [each.seq, each.bytes]));
    const listing = this.#files.list();
    for (const name of new Set(left.map(({ seq }) => nameOf(seq, listing)))) {
      const path = join(this.#files.dir, name);
      const before = readWhole(this.#io, path);
      const after = Buffer.concat([...sealedIn(before, path)].map(each => bytes.get(each.seq) ?? each.bytes));
      if (!after.equals(before)) replaceFile(this.#io, path, this.#temporary, sink => sink.write(after));
    }
  }

  async close(): Promise<void> {}

  /** Runs `work` while no other process packs or redacts. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const { random, lockTimeout: timeout } = this.#place;
    return withLock(
      { io: this.#io, dir: this.#dir, owner: this.#owner, temporary: this.#temporary, timeout, random },
      work,
    );
  }

  /** Throws Unreached if the directory is not there. */
  #asked<T>(read: () => T): T {
    try {
      if (!this.#io.statSync(this.#dir).isDirectory()) throw this.#unreached('it is not a directory');
      return read();
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) throw error;
      throw this.#unreached(
        code === 'ENOENT' ? 'there is no such directory' : (reasonOf(code) ?? String(error)),
        error,
      );
    }
  }

  #unreached = (reason: string, cause?: unknown): Unreached => unreached(this.#dir, reason, cause);

  /** Throws if two machines could overwrite each other's files. */
  async #requireSafe(): Promise<void> {
    this.#asked(() => undefined);
    const network = networkOf(this.#io, this.#dir);
    if (network !== undefined)
      throw new Refused(
        `${this.#dir} is on a network file system (${network}), which may lose what is written`,
        'a directory of one machine, which people log in to; or a git repository',
      );
    const program = syncedBy(this.#io, this.#dir);
    if (program !== undefined)
      throw new Refused(
        `${program} copies ${this.#dir} between machines, and overwrites what two of them write at once`,
        'a directory outside of it; or a git repository',
      );
  }

  #refusal(error: unknown): unknown {
    const code = codeOf(error);
    const reason = code === undefined ? undefined : reasonOf(code);
    return reason === undefined
      ? error
      : new Refused(`${this.#dir} refuses what was to be shared: ${reason}`, undefined, error);
  }
}
