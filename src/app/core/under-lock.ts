/** Working alone among the writers of a workspace. */
import type { Store } from '../../store/store.ts';

/**
 * Does `work` while this process holds the lock. A full or read-only disk is said as what it means for the command.
 * Nobody is asked and nothing is waited for under the lock.
 */
export async function underLock<T>(store: Store, work: () => Promise<T>): Promise<T> {
  const lock = await store.lock();
  try {
    return await work();
  } catch (error) {
    throw store.explained(error);
  } finally {
    lock.release();
  }
}
