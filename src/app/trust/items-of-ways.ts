import { stateOf } from '../../store/checkpoint/opened.ts';
import type { TrustItem } from '../core/trust-item.ts';
import type { Workspace } from '../core/workspace.ts';
import { messagesIn } from '../outbox/message.ts';
import { ways } from '../outbox/ways/index.ts';

/** Returns the items that messages need to leave: those that the settings name, and those of messages in the outbox now. */
export async function itemsOfWays(workspace: Workspace): Promise<readonly TrustItem[]> {
  const { config, clock } = workspace;
  const state = stateOf(await workspace.open(), config);
  const waiting = messagesIn(state, clock, 'status:queued or status:held');
  return [
    ...ways.flatMap(way => way.items?.(config) ?? []),
    ...waiting.flatMap(each => ways.find(way => way.takes(each, config))?.needs?.(each, config) ?? []),
  ];
}
