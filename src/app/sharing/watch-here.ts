/** `crm watch` of a workspace without a remote: hands on the transactions of other commands of this machine as they come. */
import { watchDirectory } from '../../store/watch.ts';
import { Workspace } from '../core/workspace.ts';
import { type Look, mayPass, type Watching } from './watching.ts';

/** Watches until it is stopped. */
export async function watchHere(
  look: () => Promise<Look>,
  dir: string | undefined,
  { store }: Workspace,
  { every, stop, begins, came, alarm }: Watching,
): Promise<void> {
  let { seq } = await store.journal.tip();
  let complaint: string | undefined;
  await begins(store.dir);
  while (!stop.aborted) {
    const { world, close } = await look();
    try {
      const workspace = await Workspace.open(world, dir, { orLastSound: true });
      const { journal } = workspace.store;
      const last = (await journal.tip()).seq;
      if (last > seq) await came(await workspace.view(), await journal.read(seq, last));
      seq = last;
      complaint = undefined;
    } catch (error) {
      if (!mayPass(error)) throw error;
      if (error.message !== complaint) await alarm(error);
      complaint = error.message;
    } finally {
      close();
    }
    await untilChanged(store.journalPath, every, stop);
  }
}

/** Resolves when a file of the directory changes, after `every` ms, or when it is stopped. */
function untilChanged(path: string, every: number, stop: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      unwatch();
      clearTimeout(timer);
      stop.removeEventListener('abort', end);
      resolve();
    };
    const unwatch = watchDirectory(path, end);
    const timer = setTimeout(end, every);
    stop.addEventListener('abort', end);
    if (stop.aborted) end();
  });
}
