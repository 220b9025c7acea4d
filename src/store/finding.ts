import type { Change } from '../domain/changes.ts';

/** What a look at a workspace found. */
export interface Finding {
  /**
   * error: crm refuses to work on it, or would answer wrongly; warning: crm leaves it aside and goes on, but
   * somebody has to decide; note: it does no harm.
   */
  readonly severity: 'error' | 'warning' | 'note';
  /** Its path from the workspace's directory; of a cache, which is not in there, the whole path. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  readonly message: string;
  /** What would be right. */
  readonly fix?: string;
  /**
   * What `--fix` may do, because nothing is lost by it. remove: the file goes; rebuild: it is made again from the
   * journal; finish: what a killed command had still to write is written; erase: so is what a purge had to erase.
   */
  readonly repair?: 'remove' | 'rebuild' | 'finish' | 'erase';
  /** What the file says otherwise than the journal, as changes that would make the one of the other. */
  readonly changes?: readonly Change[];
}
