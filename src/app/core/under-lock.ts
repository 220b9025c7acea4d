/** Working alone among the writers of a workspace. */
import type { Store } from '../../store/store.ts';

/**
 * Does `work` while this process holds the lock. Reports a full or read-only disk by its meaning for the command.
 * `work` must not ask or wait for anything.
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
