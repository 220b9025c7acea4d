/**
 * A ref of a git repository as a remote. Each push is a commit whose tree has its transactions and nothing else:
 *
 *     refs/crm/journal    "crm 1-256" <- "crm 257-300" <- "crm 301" <- "crm 302-321"
 *                          00000001.jsonl ...              00000301.jsonl
 *
 * A push moves the ref only from the commit that it was made on (a lease). If it is refused, a fetch tells whether
 * somebody else moved the ref, which is the only conflict; any other error is reported in git's words.
 */
import { join } from 'node:path';
import { CrmError, invalid, usage } from '../../domain/errors.ts';
import { replaceFile } from '../disk/durable.ts';
import { GENESIS } from '../lines/encoding.ts';
import { readIfThere } from '../disk/io.ts';
import type { Tip } from '../journal/journal.ts';
import { looseName } from '../journal/journal-directory.ts';
import { temporaryOf } from '../site/leftovers.ts';
import { thisOwner } from '../disk/owner.ts';
import { type Sealed, sealedOne, tipOf } from '../journal/sealed.ts';
import { Git } from './git-command.ts';
import type { RemoteKind, RemotePlace } from './kind.ts';
import { type Appended, type Redacted, Refused, type Remote, unreached } from './remote.ts';

/** The ref that has the journal, unless `--ref` names another one. */
const REF = 'refs/crm/journal';

/** The most bytes of a file with the name of a commit. */
const LARGEST_NAME = 128;

/** How many transactions a commit has at most, so that its tree stays small. */
const MOST = 256;

export const git: RemoteKind = {
  name: 'git repository',
  schemes: ['git+ssh', 'git+file', 'git+https'],
  example: 'git+ssh://git@example.com/acme/crm.git',
  isOnline: false,
  options: ['ref'],
  remains: 'old objects on the host until it prunes them, forks, and other clones of the repository',
  check(url) {
    const isLocal = url.protocol === 'git+file:';
    if (isLocal ? url.host !== '' : url.host === '' || url.host.startsWith('-'))
      throw usage(`${url.href} does not name a repository`, this.example);
    if (url.pathname.length < 2 || url.pathname.startsWith('/-') || url.username.startsWith('-'))
      throw usage(`${url.href} does not name a repository`, this.example);
  },
  async open(url, place) {
    return new GitRemote(url, place);
  },
};

/** A commit of the journal, and its transactions. */
interface Stretch {
  readonly commit: string;
  readonly first: number;
  readonly last: number;
}

/** The commit of the ref when it was fetched. */
interface Seen {
  /** Empty if there is no such ref. */
  readonly commit: string;
  /** In order of the numbers, without a gap. */
  readonly stretches: readonly Stretch[];
  readonly tip: Tip;
}

const NOTHING: Seen = { commit: '', stretches: [], tip: { seq: 0, hash: GENESIS } };

class GitRemote implements Remote {
  /** Without the `git+` of the address. */
  readonly #url: string;
  readonly #shown: string;
  readonly #ref: string;
  readonly #git: Git;
  readonly #place: RemotePlace;
  #seen: Seen | undefined;
  /** The history of the last answer to a reader, of which pages may be read. */
  #pages: Seen | undefined;

  constructor(url: URL, place: RemotePlace) {
    this.#shown = url.href;
    this.#url = url.href.replace(/^git\+/, '');
    this.#ref = refNamed(place.options.ref ?? REF);
    this.#git = new Git(place, url.protocol.slice('git+'.length, -1));
    this.#place = place;
  }

  async tip(): Promise<Tip> {
    this.#pages = await this.#look();
    return this.#pages.tip;
  }

  /** Pages before the last tip are of its history, so that thousands of transactions take two questions to the host. */
  async read(after: number, limit: number): Promise<Sealed[]> {
    const isBefore = this.#pages !== undefined && after + limit <= this.#pages.tip.seq;
    const { stretches, tip } = isBefore ? this.#pages! : (this.#pages = await this.#look());
    return this.#sealed(stretches, after + 1, Math.min(tip.seq, after + limit));
  }

  async append(after: Tip, transactions: readonly Sealed[]): Promise<Appended> {
    let seen = this.#seen ?? (await this.#look());
    if (!isSame(seen.tip, after)) seen = await this.#look();
    if (!isSame(seen.tip, after)) return this.#compared(seen, after, transactions);
    const made = await this.#commitsOf(seen, transactions);
    const { code, words } = await this.#push(made.commit, seen.commit);
    if (code === 0) {
      this.#seen = made;
      await this.#nameOnly(made.commit, [this.#madeRef]);
      return { outcome: 'committed' };
    }
    let now: Seen;
    try {
      now = await this.#look();
    } catch (error) {
      return { outcome: 'unsure', why: error instanceof CrmError ? error.message : words };
    }
    if (now.commit !== seen.commit) return this.#compared(now, after, transactions);
    // Another push holds the ref, and has not moved it yet.
    if (/cannot lock ref|Unable to create|failed to update ref/i.test(words))
      return { outcome: 'unsure', why: words };
    throw refused(this.#shown, words);
  }

  /** The outcome of an append whose numbers are taken: the transactions there are these, or somebody else's. */
  async #compared({ stretches, tip }: Seen, after: Tip, transactions: readonly Sealed[]): Promise<Appended> {
    const last = after.seq + transactions.length;
    if (tip.seq < last) return { outcome: 'conflict' };
    const there = await this.#sealed(stretches, after.seq + 1, last);
    const isOurs = there.every(({ hash }, i) => hash === transactions[i]!.hash);
    return { outcome: isOurs ? 'committed' : 'conflict' };
  }

  /** The redacted journal becomes a history of its own: the old commits have no name any more. */
  async redact(tip: Tip, left: readonly Sealed[]): Promise<Redacted> {
    const seen = await this.#look();
    if (!isSame(seen.tip, tip)) return 'conflict';
    const all = await this.#sealed(seen.stretches, 1, tip.seq);
    const replaced = [...all];
    for (const each of left) {
      if (all[each.seq - 1]?.hash !== each.hash)
        throw invalid(`${this.#shown}: transaction ${each.seq} is another one there`, 'crm remote repair');
      replaced[each.seq - 1] = each;
    }
    if (replaced.every(({ bytes }, i) => bytes.equals(all[i]!.bytes))) return 'redacted';
    const made = await this.#commitsOf(NOTHING, replaced);
    const { code, words } = await this.#push(made.commit, seen.commit);
    if (code !== 0) {
      if ((await this.#look()).commit !== seen.commit) return 'conflict';
      throw refused(this.#shown, words);
    }
    this.#seen = made;
    await this.#forget();
    return 'redacted';
  }

  async close(): Promise<void> {}

  /** Returns the present commit of the ref; fetches new commits. */
  async #look(): Promise<Seen> {
    const { code, stdout, words } = await this.#git.run(['ls-remote', '--', this.#url, this.#ref]);
    if (code !== 0) throw unreached(this.#shown, words);
    const commit = /^([0-9a-f]{40,64})\t/.exec(stdout.toString())?.[1] ?? '';
    if (commit === this.#seen?.commit) return this.#seen;
    if (commit === '') return (this.#seen = NOTHING);
    await this.#fetch();
    this.#seen = await this.#readHistory();
    // The history was made anew after a purge, so the old one is not kept here either.
    const clean = this.#clean();
    if (!this.#seen.stretches.some(({ commit: its }) => its === clean)) await this.#forget();
    else if (clean !== commit) this.#noteClean(commit);
    return this.#seen;
  }

  /**
   * Returns the commit whose history was once all that our repository has; undefined if nobody knows. It is a file, since a ref
   * would keep the objects of that commit, and it is written when they are gone: killed before, the next look does it again.
   */
  #clean(): string | undefined {
    return readIfThere(this.#place.io, this.#cleanPath, LARGEST_NAME)?.toString().trim();
  }

  #noteClean(commit: string): void {
    const { io, pid, host, random } = this.#place;
    const temporary = temporaryOf(thisOwner(io, pid, host), random);
    replaceFile(io, this.#cleanPath, temporary, sink => sink.write(`${commit}\n`));
  }

  get #cleanPath(): string {
    return join(this.#place.own, 'clean');
  }

  async #fetch(): Promise<void> {
    const args = [
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--',
      this.#url,
      `+${this.#ref}:${FETCHED}`,
    ];
    // Another process of this machine may be fetching into the same repository.
    for (let attempt = 1; ; attempt++) {
      const { code, words } = await this.#git.run(args);
      if (code === 0) return;
      if (attempt === 3 || !/cannot lock ref|Unable to create/i.test(words))
        throw unreached(this.#shown, words);
    }
  }

  async #readHistory(): Promise<Seen> {
    const log = (await this.#git.ask(['log', '--format=%H %s', FETCHED])).toString();
    const stretches = log
      .split('\n')
      .filter(line => line !== '')
      .map(line => {
        const match = /^([0-9a-f]+) crm (\d+)(?:-(\d+))?$/.exec(line);
        if (!match) throw this.#notJournal();
        const first = Number(match[2]);
        return { commit: match[1]!, first, last: Number(match[3] ?? first) };
      })
      .reverse();
    if (stretches.some(({ first, last }, i) => first !== (stretches[i - 1]?.last ?? 0) + 1 || last < first))
      throw this.#notJournal();
    const { commit, last } = stretches.at(-1)!;
    const [tip] = await this.#sealed(stretches, last, last);
    return { commit, stretches, tip: tipOf(tip!) };
  }

  /** The transactions `from` to `to`, which are there. */
  async #sealed(stretches: readonly Stretch[], from: number, to: number): Promise<Sealed[]> {
    const wanted: string[] = [];
    for (const { commit, first, last } of stretches)
      for (let seq = Math.max(first, from); seq <= Math.min(last, to); seq++)
        wanted.push(`${commit}:${looseName(seq)}`);
    if (wanted.length === 0) return [];
    const output = await this.#git.ask(['cat-file', '--batch'], Buffer.from(`${wanted.join('\n')}\n`));
    let at = 0;
    return wanted.map((_, i) => {
      const end = output.indexOf(10, at);
      const size = / blob (\d+)$/.exec(output.toString('utf8', at, end))?.[1];
      if (size === undefined) throw this.#notJournal();
      const bytes = output.subarray(end + 1, end + 1 + Number(size));
      at = end + 1 + Number(size) + 1;
      const sealed = sealedOne(bytes, this.#shown);
      if (sealed.seq !== from + i) throw this.#notJournal();
      return sealed;
    });
  }

  /** Writes commits with these transactions into our repository: the same ones for the same transactions and parent. */
  async #commitsOf(on: Seen, transactions: readonly Sealed[]): Promise<Seen> {
    const ref = this.#madeRef;
    const stretches: Omit<Stretch, 'commit'>[] = [];
    const stream: Buffer[] = [
      Buffer.from(`reset ${ref}\n${on.commit === '' ? '' : `from ${on.commit}\n`}\n`),
    ];
    for (let i = 0; i < transactions.length; i += MOST) {
      const some = transactions.slice(i, i + MOST);
      const [first, last] = [some[0]!.seq, some.at(-1)!.seq];
      stretches.push({ first, last });
      stream.push(...commitStream(ref, first === last ? `crm ${first}` : `crm ${first}-${last}`, some));
    }
    // It answers with the name of each commit.
    const names = (
      await this.#git.ask(['fast-import', '--quiet', '--force'], Buffer.concat(stream))
    ).toString();
    const commits = names.split('\n').filter(name => name !== '');
    const made = stretches.map((each, i) => ({ ...each, commit: commits[i]! }));
    return {
      commit: commits.at(-1)!,
      stretches: [...on.stretches, ...made],
      tip: tipOf(transactions.at(-1)!),
    };
  }

  #push(commit: string, expected: string) {
    return this.#git.run([
      'push',
      '--quiet',
      '--no-verify',
      `--force-with-lease=${this.#ref}:${expected}`,
      '--',
      this.#url,
      `${commit}:${this.#ref}`,
    ]);
  }

  /** Removes objects that no ref names any more from our repository. */
  async #forget(): Promise<void> {
    this.#pages = undefined;
    // Those of processes that were killed too.
    const made = await this.#git.ask(['for-each-ref', '--format=%(refname)', 'refs/crm/made-*']);
    const refs = made.toString().split('\n');
    const named = await this.#nameOnly(
      this.#seen!.commit,
      refs.filter(ref => ref !== ''),
    );
    const expired = await this.#git.run(['reflog', 'expire', '--expire=now', '--all']);
    const removed = await this.#git.run(['gc', '--quiet', '--prune=now']);
    // What still has a name is not removed: the next look does it again.
    if (named && expired.code === 0 && removed.code === 0) this.#noteClean(this.#seen!.commit);
  }

  /** Keeps this commit, and drops the names of others; returns whether git did. */
  async #nameOnly(commit: string, others: readonly string[]): Promise<boolean> {
    const lines = [`update ${FETCHED} ${commit}`, ...others.map(ref => `delete ${ref}`)];
    const { code } = await this.#git.run(['update-ref', '--stdin'], Buffer.from(`${lines.join('\n')}\n`));
    return code === 0;
  }

  /** Names the commits of this process until they are pushed, so that git keeps them. */
  get #madeRef(): string {
    return `refs/crm/made-${this.#place.pid}`;
  }

  #notJournal = () =>
    invalid(`${this.#shown}: ${this.#ref} is not the journal of a workspace`, 'crm remote show');
}

/** Names the last fetched commit, so that git keeps it. */
const FETCHED = 'refs/crm/fetched';

const isSame = (a: Tip, b: Tip) => a.seq === b.seq && a.hash === b.hash;

const refused = (shown: string, words: string) =>
  new Refused(`${shown} refuses the push: ${words}`, 'what the host says must be mended there');

function refNamed(ref: string): string {
  if (/^refs\/[\w-][\w./-]*$/.test(ref) && !/\.\.|\/\/|\/\.|\.lock$|[./]$/.test(ref)) return ref;
  throw usage(`${JSON.stringify(ref)} is not a ref`, '--ref refs/heads/crm');
}

/** By which fast-import is asked for the name of a commit: above those of its transactions. */
const COMMIT_MARK = MOST + 1;

/** Returns the input of fast-import: a commit whose tree has only these transactions, with the date of the last one. */
function* commitStream(ref: string, subject: string, transactions: readonly Sealed[]): Generator<Buffer> {
  for (const [i, { bytes }] of transactions.entries()) {
    yield Buffer.from(`blob\nmark :${i + 1}\ndata ${bytes.length}\n`);
    yield bytes;
    yield Buffer.from('\n');
  }
  const seconds = Math.floor(timeOf(transactions.at(-1)!) / 1000);
  yield Buffer.from(
    `commit ${ref}\nmark :${COMMIT_MARK}\ncommitter crm <crm@localhost> ${seconds} +0000\ndata ${subject.length}\n${subject}\ndeleteall\n`,
  );
  yield Buffer.from(transactions.map(({ seq }, i) => `M 100644 :${i + 1} ${looseName(seq)}\n`).join(''));
  yield Buffer.from(`\nget-mark :${COMMIT_MARK}\n`);
}

/** When a transaction was made, ms, as its commit line says it. */
function timeOf({ bytes }: Sealed): number {
  const line = bytes.toString('utf8', bytes.lastIndexOf(10, bytes.length - 2) + 1);
  const { at } = JSON.parse(line) as { at?: unknown };
  const time = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  return Number.isNaN(time) || time < 0 ? 0 : time;
}
