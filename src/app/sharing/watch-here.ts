/** `crm watch` of a workspace without a remote: hands on the transactions of other commands of this machine as they come. */
import { watchDirectory } from '../../store/disk/watch.ts';
import { Workspace } from '../core/workspace.ts';
import { until } from './until.ts';
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
    await until(every, stop, changed => watchDirectory(store.journalPath, changed));
  }
}
