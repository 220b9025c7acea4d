/**
 * A prefix of a bucket as a remote, of any store that has the conditional put of S3. Each transaction is an object, put only
 * if its name is still free; numbers are never deleted. A pack is a copy of 256 of them, for reading.
 *
 *     s3://acme/sales    journal/000000000001 ... 000000000300      packs/000000000256
 */
import { failed, invalid } from '../../domain/errors.ts';
import { GENESIS } from '../lines/encoding.ts';
import type { Tip } from '../journal/journal.ts';
import { type Sealed, sealedIn, sealedOne, tipOf } from '../journal/sealed.ts';
import type { RemoteKind } from './kind.ts';
import type { Appended, Redacted, Remote } from './remote.ts';
import { S3Bucket, Unsure } from './s3-bucket.ts';
import { bucketOf, checkBucket } from './s3-login.ts';

export const s3: RemoteKind = {
  name: 'S3 bucket',
  schemes: ['s3'],
  example: 's3://acme-crm/sales',
  isOnline: true,
  options: [],
  remains: 'older versions of objects, where the bucket keeps versions, and its backups',
  check: checkBucket,
  async open(url, place) {
    const { AwsClient } = await import('aws4fetch');
    const bucket = bucketOf(url, place);
    const client = new AwsClient({ ...bucket, service: 's3', retries: 0 } as ConstructorParameters<
      typeof AwsClient
    >[0]);
    const token = `${place.host}-${place.pid}-${place.random().toString(36).slice(2)}`.replace(
      /[^\w-]/g,
      '_',
    );
    return new S3Remote(new S3Bucket(client, bucket, url.href), url.href, token);
  },
};

/** How many transactions a pack has. */
const PACK = 256;
/** How many objects are asked for at once. */
const AT_ONCE = 16;
/** How often a put that met another one under way is tried. */
const ATTEMPTS = 5;

const nameOf = (seq: number): string => String(seq).padStart(12, '0');
const keyOf = (seq: number): string => `journal/${nameOf(seq)}`;
/** The pack that ends with a number which is a multiple of PACK. */
const packOf = (last: number): string => `packs/${nameOf(last)}`;
const packEnd = (seq: number): number => Math.ceil(seq / PACK) * PACK;

class S3Remote implements Remote {
  readonly #bucket: S3Bucket;
  readonly #shown: string;
  /** A unique part for the name of a probe. */
  readonly #token: string;
  /** A number that is known to be there: numbers are never deleted. */
  #known = 0;
  #packed: number | undefined;

  constructor(bucket: S3Bucket, shown: string, token: string) {
    this.#bucket = bucket;
    this.#token = token;
    this.#shown = shown;
  }

  async tip(): Promise<Tip> {
    let last = Math.max(this.#known, await this.#lastPacked());
    for await (const key of this.#bucket.keys('journal/', last === 0 ? '' : keyOf(last)))
      last = Number(key.slice('journal/'.length));
    if (last === 0) return { seq: 0, hash: GENESIS };
    this.#known = last;
    return tipOf(await this.#one(last));
  }

  async #lastPacked(): Promise<number> {
    let last = this.#packed ?? 0;
    for await (const key of this.#bucket.keys('packs/', last === 0 ? '' : packOf(last)))
      last = Number(key.slice('packs/'.length));
    this.#packed = last;
    return last;
  }

  async read(after: number, limit: number): Promise<Sealed[]> {
    const { seq: tip } = await this.tip();
    const end = Math.min(tip, after + limit);
    const found: Sealed[] = [];
    while (after + found.length < end) {
      const next = after + found.length + 1;
      const whole = packEnd(next);
      // For a few transactions, reading the objects themselves is less work.
      if (whole <= (this.#packed ?? 0) && end - next >= AT_ONCE) {
        const pack = await this.#bucket.get(packOf(whole));
        if (pack) {
          const all = [...sealedIn(pack.bytes, `${this.#shown}, pack ${whole}`)];
          found.push(...all.slice(next - (whole - PACK) - 1, end - (whole - PACK)));
          continue;
        }
      }
      const count = Math.min(AT_ONCE, end - next + 1);
      found.push(...(await Promise.all(Array.from({ length: count }, (_, n) => this.#one(next + n)))));
    }
    found.forEach(({ seq }, n) => {
      if (seq !== after + n + 1) throw this.#missing(after + n + 1);
    });
    return found;
  }

  async #one(seq: number): Promise<Sealed> {
    const object = await this.#bucket.get(keyOf(seq));
    if (!object) throw this.#missing(seq);
    return sealedOne(object.bytes, `${this.#shown}, transaction ${seq}`);
  }

  async append(after: Tip, transactions: readonly Sealed[]): Promise<Appended> {
    if (after.seq > 0) {
      const before = await this.#bucket.get(keyOf(after.seq));
      if (!before || sealedOne(before.bytes, this.#shown).hash !== after.hash) return { outcome: 'conflict' };
    }
    try {
      for (const each of transactions) {
        if (!(await this.#put(each))) return { outcome: 'conflict' };
        this.#known = Math.max(this.#known, each.seq);
      }
      const last = transactions.at(-1)!.seq;
      for (let end = packEnd(after.seq + 1); end <= last; end += PACK) await this.#pack(end);
    } catch (error) {
      if (error instanceof Unsure) return { outcome: 'unsure', why: `${this.#shown}: ${error.message}` };
      throw error;
    }
    return { outcome: 'committed' };
  }

  /** Puts a transaction at its number; true if it is there now, whoever put it. */
  async #put({ seq, hash, bytes }: Sealed): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      const put = await this.#bucket.put(keyOf(seq), bytes);
      if (put === 'done') return true;
      const there = put === 'taken' ? await this.#bucket.get(keyOf(seq)) : undefined;
      if (there) return sealedOne(there.bytes, this.#shown).hash === hash;
      if (attempt === ATTEMPTS) throw new Unsure('other puts of the same number were under way');
      await new Promise(resolve => setTimeout(resolve, 20 * 2 ** attempt));
    }
  }

  /** Copies the transactions up to a multiple of PACK into one object. It only makes reading faster. */
  async #pack(end: number): Promise<void> {
    await this.#bucket.put(packOf(end), await this.#contentOf(end));
  }

  async #contentOf(end: number): Promise<Buffer> {
    const all: Sealed[] = [];
    for (let seq = end - PACK + 1; seq <= end; seq += AT_ONCE)
      all.push(...(await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => this.#one(seq + n)))));
    return Buffer.concat(all.map(({ bytes }) => bytes));
  }

  async redact(tip: Tip, left: readonly Sealed[]): Promise<Redacted> {
    if ((await this.tip()).seq !== tip.seq) return 'conflict';
    const before = await Promise.all(left.map(({ seq }) => this.#bucket.get(keyOf(seq))));
    left.forEach(({ seq, hash }, n) => {
      const object = before[n];
      if (!object || sealedOne(object.bytes, this.#shown).hash !== hash)
        throw invalid(`${this.#shown}: transaction ${seq} is another one there`, 'crm remote repair');
    });
    for (const [n, { seq, bytes }] of left.entries())
      if (!before[n]!.bytes.equals(bytes)) await this.#replace(keyOf(seq), bytes, before[n]!.etag);
    // Even packs that nobody has made yet, so that a machine about to make one of the old content comes second.
    const ends = new Set(left.map(({ seq }) => packEnd(seq)).filter(end => end <= tip.seq));
    for (const end of ends) await this.#repack(end);
    return 'redacted';
  }

  async #repack(end: number): Promise<void> {
    const pack = await this.#bucket.get(packOf(end));
    if (!pack) return this.#pack(end);
    const bytes = await this.#contentOf(end);
    if (!bytes.equals(pack.bytes)) await this.#replace(packOf(end), bytes, pack.etag);
  }

  async #replace(key: string, bytes: Buffer, etag: string): Promise<void> {
    const refused = failed(`${this.#shown}: ${key} changed while it was redacted`, 'the same command again');
    try {
      if ((await this.#bucket.put(key, bytes, etag)) !== 'done') throw refused;
    } catch (error) {
      throw error instanceof Unsure
        ? failed(`${this.#shown}: ${error.message}`, 'the same command again')
        : error;
    }
  }

  /** A store that accepts a second object under the same name would lose the first one. */
  async probe(): Promise<void> {
    const key = `probe-${this.#token}`;
    try {
      const first = await this.#bucket.put(key, Buffer.from('first\n'));
      const second = first === 'done' ? await this.#bucket.put(key, Buffer.from('second\n')) : 'taken';
      if (second !== 'taken')
        throw failed(
          `${this.#shown} does not refuse a second object of the same name (PUT with If-None-Match: *): two machines would overwrite each other`,
          'a store that has the conditional writes of S3',
        );
    } catch (error) {
      throw error instanceof Unsure ? failed(`${this.#shown}: ${error.message}`) : error;
    } finally {
      await this.#bucket.remove(key).catch(() => {});
    }
  }

  async close(): Promise<void> {}

  #missing = (seq: number) =>
    invalid(`${this.#shown}: transaction ${seq} is missing there`, 'crm remote repair');
}
