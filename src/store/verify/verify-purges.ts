/** Checks what was erased from a journal, by whom, and whether all of it is gone. */
import { join } from 'node:path';
import { idOf, isPurge } from '../../domain/changes.ts';
import { looseName, packName, packOf } from '../journal/journal-directory.ts';
import type { Finding } from '../site/finding.ts';
import type { Stored, Tailed } from '../journal/journal.ts';
import type { Folding } from './verify-journal.ts';
import { TAIL_FILE } from '../journal/tail-file.ts';
import type { ReadSnapshot } from './verify-snapshots.ts';

export class Purges {
  /** By which purge each transaction was rewritten last. */
  readonly #rewritten = new Map<number, number>();
  readonly #purges: { readonly tx: Stored; readonly ids: readonly string[]; readonly left: number[] }[] = [];

  /** Takes in the next transaction. */
  take(tx: Folding): void {
    if (tx.purged !== undefined) this.#rewritten.set(tx.seq, tx.purged);
    if (!tx.erases) return;
    const left = tx.erases.filter(({ seq }) => (this.#rewritten.get(seq) ?? 0) < tx.seq);
    this.#purges.push({
      tx,
      ids: tx.changes.filter(isPurge).map(idOf),
      left: left.map(({ seq }) => seq),
    });
  }

  /**
   * Whether a purge after transaction `seq` erases all of these records: older files that still have them must be
   * made again.
   */
  areErased(ids: readonly string[], seq: number): boolean {
    const erased = new Set(this.#purges.flatMap(purge => (purge.tx.seq > seq ? purge.ids : [])));
    return ids.length > 0 && ids.every(id => erased.has(id));
  }

  /** Finds erased content in the cache of the tail, which a slow reader wrote before it was killed. */
  stale(kept: readonly Tailed[], caches: string | undefined): Finding[] {
    const erased = kept.find(({ seq, purged }) => (this.#rewritten.get(seq) ?? 0) > (purged ?? 0));
    if (!erased || caches === undefined) return [];
    return [
      {
        severity: 'note',
        file: join(caches, TAIL_FILE),
        message: `still has what transaction ${this.#rewritten.get(erased.seq)} erased: it was being written then`,
        fix: 'crm doctor --fix removes it, and so does the next command',
        repair: 'remove',
      },
    ];
  }

  /** `packs` is how many packs there are. */
  findings(packs: number, snapshots: readonly ReadSnapshot[]): Finding[] {
    const fileOf = (seq: number) =>
      join('data', 'journal', packOf(seq) <= packs ? packName(packOf(seq)) : looseName(seq));
    return this.#purges.flatMap(({ tx, ids, left }): Finding[] => {
      const { seq, by, at, erases } = tx;
      const earlier = `${erases!.length} earlier transaction${erases!.length === 1 ? '' : 's'}`;
      const said: Finding = {
        severity: 'note',
        file: fileOf(seq),
        message:
          ids.length === 0
            ? `transaction ${seq}: says for a purge that was lost what it had left of ${earlier}`
            : `transaction ${seq}: ${by} erased ${ids[0]}${ids.length > 1 ? ` and ${ids.length - 1} more` : ''} for good at ${at}, also from ${earlier}`,
      };
      const late = snapshots.filter(
        ({ head, content }) => head && head.seq < seq && ids.some(id => content().records.has(id)),
      );
      const files = [...new Set([...left.map(fileOf), ...late.map(({ file }) => file)])];
      if (files.length === 0) return [said];
      const unfinished: Finding = {
        severity: 'note',
        file: files[0]!,
        message: `still has what transaction ${seq} erases${files.length > 1 ? `, and so do ${files.slice(1).join(', ')}` : ''}: the command was cut short`,
        fix: 'crm doctor --fix erases it, and so does the next change',
        repair: 'erase',
      };
      return [said, unfinished];
    });
  }
}
