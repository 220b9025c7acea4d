/** Counts the messages in the outbox that wait for trust. */
import { CrmError } from '../../domain/errors.ts';
import type { View } from '../core/view.ts';
import type { Workspace } from '../core/workspace.ts';
import { messagesIn } from './message.ts';
import { openWays } from './open-ways.ts';

/** Counts the queued messages that a viewer sees and that need something that is not trusted on this machine. */
export async function countUntrusted(workspace: Workspace, view: View): Promise<number> {
  try {
    const ways = await openWays(workspace);
    const queued = messagesIn(view.state, view.clock, 'status:queued').filter(({ id }) => view.seesId(id));
    return queued.filter(message => 'isUntrusted' in ways(message)).length;
  } catch (error) {
    // Delivery reports what is wrong with the state directory.
    if (error instanceof CrmError) return 0;
    throw error;
  }
}
