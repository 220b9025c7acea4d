/**
 * Copies the snapshots of a verified workspace beside a copy of its journal, so that the copy need not be folded from its first
 * transaction on.
 */
import { join } from 'node:path';
import { readCheckpoint, replaceCheckpoint } from '../checkpoint/checkpoint-file.ts';
import { replaceFile, type Temporary } from '../disk/durable.ts';
import type { Io } from '../disk/io.ts';
import {
  areIntact,
  hasHead,
  openSnapshot,
  snapshotFile,
  snapshotKinds,
  snapshotPieces,
} from '../snapshot/snapshot.ts';
import type { Verified } from './verify.ts';

/** `verified` is the workspace `from`; `to` has a copy of the good part of its journal. Snapshots with a finding are left out. */
export function copySnapshots(
  io: Io,
  from: string,
  to: string,
  temporary: Temporary,
  { findings, journal: { good }, folded: { kinds } }: Verified,
): void {
  if (findings.some(({ repair }) => repair === 'erase')) return;
  const unsound = new Set(findings.map(({ file }) => file));
  for (const kind of snapshotKinds(kinds)) {
    const file = join('data', snapshotFile(kinds, kind));
    const opened = unsound.has(file) ? undefined : openSnapshot(io, from, file);
    if (!opened) continue;
    try {
      // A process that works there may have written it since.
      const isOfCopy = hasHead(opened) && opened.head.seq <= good.seq;
      if (!isOfCopy || !areIntact(snapshotPieces(io, opened), opened.head)) continue;
      replaceFile(io, join(to, file), temporary, sink => {
        for (const piece of snapshotPieces(io, { ...opened, start: 0 })) sink.write(piece);
      });
    } finally {
      io.closeSync(opened.fd);
    }
  }
  const checkpoint = unsound.has(join('data', 'checkpoint.json'))
    ? undefined
    : readCheckpoint(io, join(from, 'data'));
  if (checkpoint && checkpoint.seq <= good.seq)
    replaceCheckpoint(io, join(to, 'data'), temporary, checkpoint);
}
