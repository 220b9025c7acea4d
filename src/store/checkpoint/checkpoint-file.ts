/**
 * `data/checkpoint.json`: the transaction up to which each snapshot is still true. Without it, the head of each
 * snapshot counts.
 */
import { join } from 'node:path';
import { invalid } from '../../domain/errors.ts';
import { cachedValue, cacheValue } from '../columns/cache.ts';
import { replaceFile, type Temporary } from '../disk/durable.ts';
import { ifThere, type Io, readWhole } from '../disk/io.ts';
import type { Checkpoint } from './opened.ts';
import type { Site } from '../site/site.ts';
import { FORMAT } from '../snapshot/snapshot.ts';

const NAME = 'checkpoint.json';

/** Returns the checkpoint, if there is one; INVALID if the file is not a checkpoint, or a newer crm wrote it. */
export function readCheckpoint(io: Io, data: string): Checkpoint | undefined {
  const path = join(data, NAME);
  const bytes = ifThere(() => readWhole(io, path));
  if (!bytes) return undefined;
  let checkpoint: unknown;
  try {
    checkpoint = JSON.parse(bytes.toString());
  } catch {
    throw invalid(`${path}: is not JSON`, 'crm doctor');
  }
  if (!isCheckpoint(checkpoint)) throw invalid(`${path}: is not a checkpoint`, 'crm doctor');
  if (checkpoint.format > FORMAT)
    throw invalid(
      `${path}: written in format ${checkpoint.format} by a newer crm; this one knows ${FORMAT}`,
      'upgrade crm; nothing was changed',
    );
  return checkpoint;
}

/** The name of its copy among the caches. */
const COPY = 'checkpoint';

/**
 * Returns the copy of the last checkpoint that this user's commands wrote; undefined without a readable copy. It may be of
 * another journal, so the caller compares its number and hash with the journal's.
 */
export function keptCheckpoint(site: Site): Checkpoint | undefined {
  const kept = cachedValue<Checkpoint>(site, COPY, site.options.version);
  return kept && isCheckpoint(kept) && kept.format <= FORMAT ? kept : undefined;
}

/** Keeps a copy of a checkpoint among the caches: without one, the whole journal is read if the file is lost. */
export function keepCheckpoint(site: Site, checkpoint: Checkpoint): void {
  cacheValue(site, COPY, site.options.version, checkpoint);
}

/** Puts a checkpoint in the place of the last one, durably. */
export function replaceCheckpoint(io: Io, data: string, temporary: Temporary, checkpoint: Checkpoint): void {
  replaceFile(io, join(data, NAME), temporary, sink => sink.write(`${JSON.stringify(checkpoint)}\n`));
}

/** Returns whether a value has the shape of a checkpoint, of this format or a newer one. */
export function isCheckpoint(value: unknown): value is Checkpoint {
  const { format, seq, hash, current } = (value ?? {}) as Partial<Checkpoint>;
  return (
    typeof format === 'number' &&
    (format > FORMAT ||
      (Number.isInteger(seq) && typeof hash === 'string' && typeof current === 'object' && current !== null))
  );
}
