/** Reading files of the journal while another process packs them. */
import { CrmError } from '../../domain/errors.ts';
import { codeOf } from '../disk/io.ts';

/** How often a reader looks again before it reports damage: another process may be in the middle of its work. */
export const ATTEMPTS = 3;

/** Calls `work` again if a file is gone: a packer may remove a loose file between our listing and our reading, and the next listing has its pack. */
export function againWhilePacked<T>(work: () => T): T {
  for (let attempt = 1; ; attempt++) {
    try {
      return work();
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error;
    }
  }
}

/** A file of the journal is gone, or is another one, since its first lines were read: another process may have packed it. */
export class ChangedMeanwhile extends CrmError {
  constructor(path: string) {
    super('FAILED', `${path} changed while it was read`, 'run the command again');
  }
}
