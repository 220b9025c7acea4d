/** The sources of items that a workspace may ask a person to trust, one line each. `crm trust` shows the items of all of them. */
import type { TrustItem } from '../core/trust-item.ts';
import type { Workspace } from '../core/workspace.ts';
import { commitHookItem, hooksIn } from '../hooks/hook-files.ts';
import { serverItems } from '../outbox/ways/mail.ts';
import { hookItems } from './hook-items.ts';
import { itemsOfWays } from './items-of-ways.ts';

/** Returns the items that the settings and the queued messages of a workspace need. */
type TrustProvider = (workspace: Workspace) => readonly TrustItem[] | Promise<readonly TrustItem[]>;

export const providers: readonly TrustProvider[] = [
  itemsOfWays,
  ({ config: { mail } }) => (mail?.fetch ? serverItems('IMAP server', mail.fetch) : []),
  ({ config }) => hookItems(config),
  ({ world, store }) => hooksIn(world.io, store.dir).map(commitHookItem),
];
