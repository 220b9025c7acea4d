/**
 * Which transactions were made on this machine, in order: `made.jsonl` in the replica's part of the state directory. The
 * journal says who made a change and not where, and a sync may give what was made offline another number:
 *
 *     ["request","2026-09-14T08:00:00.000Z","ana","deal set"]    made here: noted before it is appended, where it may fail
 *     {"was":58,"is":61}                                         a sync put it on top; null: nothing of it was left to do
 *     {"begun":57}                                               all up to there was here before anything was shared
 *
 * The file is not fsynced. A power cut may lose its end: then undo does not reach the last changes of this machine, and
 * nothing else is lost.
 */
import { join } from 'node:path';
import { markOf, type Transaction } from '../../domain/changes.ts';
import { appendTo, makeDirectory, replaceFile, type Temporary } from '../disk/durable.ts';
import { ifThere, type Io, readIfThere } from '../disk/io.ts';

/** The most bytes of the file; then the older half goes. */
const LARGEST = 1 << 19;
/** Directories and files of the user's alone. */
const PRIVATE = 0o700;
const PRIVATE_FILE = 0o600;

type Marked = Pick<Transaction, 'request' | 'at' | 'by' | 'via'>;
type Noted = string[] | { begun: number } | Move;

/** The number that a transaction had before a sync, and the one that it has after it; null if nothing was left to do. */
interface Move {
  readonly was: number;
  readonly is: number | null;
}

/** What the file says. */
export interface Made {
  /** Returns the place of a transaction among those made here, counted from 0; -1 of those from before; undefined if it was made elsewhere. */
  placeOf(tx: Marked & Pick<Transaction, 'seq'>): number | undefined;
  /** Returns the place of the request of that time. */
  placeOfRequest(request: string, at: string): number | undefined;
  /** Returns the number that a transaction of this machine has by now; null if nothing is left of it, undefined if it never had this one. */
  nowOf(seq: number): number | null | undefined;
}

export class MadeHere {
  readonly #io: Io;
  readonly #dir: string;
  readonly #temporary: Temporary;

  /** `dir` is the replica's part of the state directory. */
  constructor(io: Io, dir: string, temporary: Temporary) {
    this.#io = io;
    this.#dir = dir;
    this.#temporary = temporary;
  }

  get #path(): string {
    return join(this.#dir, 'made.jsonl');
  }

  /** Under the lock: notes a transaction that is about to be appended. */
  note({ request, at, by, via }: Marked): void {
    this.#append([[request, at, by, via]]);
  }

  /** Under the lock: notes which numbers a sync gave to what was made here. */
  moved(moves: readonly Move[]): void {
    // A reader takes in one line after the other: a number is given away before another transaction gets it.
    const gone = moves.filter(({ is }) => is === null);
    const later = moves.filter(({ was, is }) => is !== null && is > was).sort((a, b) => b.was - a.was);
    const sooner = moves.filter(({ was, is }) => is !== null && is < was).sort((a, b) => a.was - b.was);
    this.#append([...gone, ...later, ...sooner].map(({ was, is }) => ({ was, is })));
  }

  /** Notes that all up to a transaction was here before anything was shared. */
  begin(seq: number): void {
    this.#append([{ begun: seq }]);
  }

  #append(lines: readonly Noted[]): void {
    if (lines.length === 0) return;
    makeDirectory(this.#io, this.#dir, PRIVATE);
    this.#shorten();
    appendTo(this.#io, this.#path, lines.map(line => `${JSON.stringify(line)}\n`).join(''), PRIVATE_FILE);
  }

  #shorten(): void {
    const size = ifThere(() => this.#io.statSync(this.#path).size) ?? 0;
    if (size < LARGEST) return;
    const lines = this.#lines();
    const begun = lines.slice(0, lines.length >> 1).filter(line => 'begun' in line);
    const kept = [...begun, ...lines.slice(lines.length >> 1)];
    const text = kept.map(line => `${JSON.stringify(line)}\n`).join('');
    replaceFile(this.#io, this.#path, this.#temporary, sink => sink.write(text), { mode: PRIVATE_FILE });
  }

  #lines(): Noted[] {
    const text = readIfThere(this.#io, this.#path, LARGEST * 2)?.toString() ?? '';
    return text.split('\n').flatMap(line => {
      try {
        return [JSON.parse(line) as Noted];
      } catch {
        // The end of the file, or of before a power cut.
        return [];
      }
    });
  }

  read(): Made {
    let begun = 0;
    const places = new Map<string, number>();
    const requests = new Map<string, number>();
    const now = new Map<number, number | null>();
    for (const line of this.#lines())
      if (Array.isArray(line)) {
        const [request, at, by, via] = line as [string, string, string, string];
        const mark = markOf({ request, at, by, via });
        if (!places.has(mark)) places.set(mark, places.size);
        requests.set(`${request} ${at}`, places.get(mark)!);
      } else if ('begun' in line) begun = Math.max(begun, line.begun);
      else {
        for (const [was, is] of now) if (is === line.was) now.set(was, line.is);
        now.set(line.was, line.is);
      }
    return {
      placeOf: tx => places.get(markOf(tx)) ?? (tx.seq <= begun ? -1 : undefined),
      placeOfRequest: (request, at) => requests.get(`${request} ${at}`),
      nowOf: seq => now.get(seq),
    };
  }
}
