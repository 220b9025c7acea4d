/** Recognises file systems of other machines, on which crm does not write: links and renames are not reliable there. */
import type { Io } from './io.ts';

/** Magic numbers of statfs(2). */
const types = new Map<number, string>([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x01021997, '9P'],
  [0x5346414f, 'AFS'],
  [0x73757245, 'Coda'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x7461636f, 'OCFS2'],
]);

/**
 * Returns the name of the network file system on which a path is; undefined if it is on none, or the system does not
 * tell.
 */
export function networkOf(io: Io, path: string): string | undefined {
  try {
    return types.get(Number(io.statfsSync(path).type) >>> 0);
  } catch {
    return undefined;
  }
}
