import type { Change } from '../../domain/changes.ts';

/** A finding about a workspace. */
export interface Finding {
  /**
   * error: crm refuses to work on it, or would answer wrongly; warning: crm ignores it and goes on, but somebody must
   * decide; note: it does no harm.
   */
  readonly severity: 'error' | 'warning' | 'note';
  /** The path from the workspace's directory; for a cache, which is elsewhere, the whole path. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  readonly message: string;
  /** What would be right. */
  readonly fix?: string;
  /**
   * What `--fix` may do, because nothing is lost by it. remove: removes the file; rebuild: makes it again from the
   * journal; finish: writes what a killed command had still to write; erase: finishes a purge.
   */
  readonly repair?: 'remove' | 'rebuild' | 'finish' | 'erase';
  /**
   * The differences of the file from the journal, as changes that turn the journal's records into those of the file.
   */
  readonly changes?: readonly Change[];
}
