/** Watches a directory for changes by others, if the system reports them. */
import { watch } from 'node:fs';

/** Several changes come together: a transaction is a temporary file, its name and its removal. Milliseconds. */
const GATHER = 30;

/**
 * Calls `changed` soon after something in a directory changed; returns the function that stops. If the system cannot
 * watch it (some network file systems, too many watchers), `changed` is never called, so callers must also check by
 * themselves.
 */
export function watchDirectory(path: string, changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  try {
    const watcher = watch(path, () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        changed();
      }, GATHER);
    });
    watcher.on('error', () => watcher.close());
    return () => {
      clearTimeout(timer);
      watcher.close();
    };
  } catch {
    return () => {};
  }
}
