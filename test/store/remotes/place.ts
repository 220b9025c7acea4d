/** What remotes are opened with in tests: this process, without waiting for a disk. */
import { join } from 'node:path';
import type { RemotePlace } from '../../../src/store/remotes/kind.ts';
import { emptyDirectory } from '../../harness.ts';
import { unsyncedIo } from '../hooked-io.ts';

let count = 0;

/** Each is of one more machine, with a directory of its own. */
export function remotePlace(extra: Partial<RemotePlace> = {}): RemotePlace {
  return {
    io: unsyncedIo,
    env: { PATH: process.env.PATH, HOME: '/nowhere' },
    pid: process.pid,
    host: 'test',
    random: () => (++count % 997) / 997,
    lockTimeout: 10_000,
    own: join(emptyDirectory(), 'own'),
    mayAsk: false,
    options: {},
    ...extra,
  };
}
