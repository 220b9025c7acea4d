/** Reading files of the journal while another process packs them. */
import { codeOf } from './io.ts';

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
