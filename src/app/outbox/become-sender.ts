/** `crm trust --sender`: this machine sends for the workspace from now on, and no other one does. */
import { commit } from '../core/commit.ts';
import { mayChangeSettings } from '../core/viewer.ts';
import type { Workspace } from '../core/workspace.ts';
import { cutOff } from './attempt.ts';
import { messagesIn, whyOf } from './message.ts';
import { nameSender, Sender } from './sender.ts';

export interface NewSender {
  /** Whether it was not the sender before. */
  readonly changed: boolean;
  /** The messages that are held now: another machine may have sent them. */
  readonly held: readonly string[];
}

const HELD = 'queued before this machine became the one that sends: another one may have sent it';

/**
 * Names this machine in the journal. What is queued is held, and what was on its way is unknown, since only a person can
 * say whether another machine sent it. Throws FAILED for a user who may not change settings.
 */
export async function becomeSender(workspace: Workspace, via: string): Promise<NewSender> {
  mayChangeSettings(workspace.viewer);
  const { world, store } = workspace;
  const sender = await Sender.of(workspace);
  const lock = world.dryRun ? undefined : await sender.hold();
  try {
    let changed = false;
    const { result } = await commit(workspace, { via, online: 'to name the sender' }, async draft => {
      changed = sender.isFree(draft.state) || (await sender.whyNot(draft.state, store.journal)) !== undefined;
      if (!changed) return [];
      for (const each of messagesIn(draft.state, draft.clock, 'status:sending'))
        draft.set(each.id, cutOff, whyOf(each));
      const queued = messagesIn(draft.state, draft.clock, 'status:queued');
      for (const each of queued)
        draft.set(each.id, { status: 'held', hold: 'copy', reason: HELD }, whyOf(each));
      nameSender(draft, world.dryRun ? 'dry-run' : await sender.claim(world.salt()));
      return queued.map(({ id }) => id);
    });
    return { changed, held: result ?? [] };
  } finally {
    lock?.release();
  }
}
