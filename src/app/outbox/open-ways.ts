/** The ways out of a workspace that are open on this machine. */
import type { Answer, Channel } from '../../channels/channel.ts';
import { CrmError } from '../../domain/errors.ts';
import type { TrustItem } from '../core/trust-item.ts';
import { Trusted } from '../core/trusted.ts';
import type { Workspace } from '../core/workspace.ts';
import type { Message } from './message.ts';
import type { Closed, Way, WayDefinition, Ways } from './ways.ts';
import { ways } from './ways/index.ts';

/** Returns the ways of a workspace. A channel is opened when the first message is sent by it. */
export async function openWays(workspace: Workspace): Promise<Ways> {
  const { config } = workspace;
  const channels = new Map(
    ways.map(way => [way, openedLate(async () => await way.open(workspace))] as const),
  );
  const trusted = await Trusted.of(workspace);
  const wayOf = (message: Message): Way | Closed => {
    const way = ways.find(each => each.takes(message, config));
    if (!way) return { closed: `nothing on this machine sends what is for ${message.channel}` };
    const trust = trustIn(way.needs?.(message, config) ?? [], trusted);
    if ('closed' in trust) return trust;
    const part = way.part && { part: way.part(message) };
    return { ...facts(way), ...part, channel: channels.get(way)!, ...trust };
  };
  return Object.assign(wayOf, { reread: () => trusted.reread() });
}

const facts = ({ name, isLocal, isRecord }: WayDefinition) => ({
  name,
  isLocal: isLocal === true,
  ...(isRecord && { isRecord }),
});

type Trust = { readonly since?: number } | Closed;

/** Returns since when all of the items are trusted, or which item is not. */
function trustIn(items: readonly TrustItem[], trusted: Trusted): Trust {
  const since: number[] = [];
  for (const item of items) {
    const hint = 'crm trust shows what this workspace would do, and asks';
    const at = trusted.since(item);
    if (at === undefined)
      return { closed: `not trusted on this machine: ${item.kind} ${item.what}`, hint, isUntrusted: true };
    since.push(at);
  }
  return since.length > 0 ? { since: Math.max(...since) } : {};
}

/** Returns a channel that is opened on first use. If it cannot be opened, it is down, and nothing has left. */
function openedLate(open: () => Promise<Channel>): Channel {
  let opened: Promise<Channel> | undefined;
  const openOr = async (): Promise<Channel | Answer> => {
    try {
      return await (opened ??= open());
    } catch (error) {
      opened = undefined;
      if (!(error instanceof CrmError)) throw error;
      const { message: reason, hint } = error;
      return { outcome: 'channel-down', reason, ...(hint !== undefined && { hint }) };
    }
  };
  return {
    async ready(abort) {
      const channel = await openOr();
      return 'outcome' in channel ? channel : channel.ready?.(abort);
    },
    async send(message, abort) {
      const channel = await openOr();
      return 'outcome' in channel ? channel : channel.send(message, abort);
    },
    async close() {
      await (await opened)?.close?.();
    },
  };
}
