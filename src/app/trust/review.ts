/** Reviews trust (`crm trust`): what a workspace would do beyond its directory, and which of these items this machine's user trusts. */
import { usage } from '../../domain/errors.ts';
import { formatInstant } from '../../domain/dates.ts';
import type { TrustItem } from '../core/trust-item.ts';
import { Trusted } from '../core/trusted.ts';
import { mayChangeSettings } from '../core/viewer.ts';
import type { Workspace } from '../core/workspace.ts';
import { ways } from '../outbox/ways/index.ts';
import { providers } from './providers.ts';

/**
 * `new`: not trusted yet. `changed`: the same words were trusted, with other bytes of a file that it names. `unused`: it
 * was trusted, and the workspace does not name it now.
 */
export type TrustState = 'new' | 'changed' | 'trusted' | 'unused';

export interface Reviewed {
  /** The shortened hash of the item: any change of the item changes it. */
  readonly id: string;
  readonly kind: string;
  readonly what: string;
  readonly state: TrustState;
  /** When it was trusted. */
  readonly since?: string;
  readonly hash: string;
}

/** How many characters of a hash are shown: their 60 bits tell a few dozen items apart. */
const SHORT = 10;

/** Returns all items, those that are new first. FAILED for a user who may not change settings. */
export async function review(workspace: Workspace): Promise<readonly Reviewed[]> {
  mayChangeSettings(workspace.viewer);
  const trusted = await Trusted.of(workspace);
  const { remembered } = trusted;
  const found = new Map<string, TrustItem>();
  for (const provider of providers)
    for (const item of await provider(workspace)) found.set(trusted.hash(item), item);
  const known = Object.entries(remembered);
  const isKnown = ({ kind, what }: TrustItem, hash: string) =>
    known.some(([other, each]) => other !== hash && each.kind === kind && each.what === what);
  const items = [...found].map(([hash, item]): Reviewed => {
    const at = trusted.since(item);
    const state = at !== undefined ? 'trusted' : isKnown(item, hash) ? 'changed' : 'new';
    const { kind, what } = item;
    return { id: hash.slice(0, SHORT), kind, what, state, ...since(at), hash };
  });
  const unused = known
    .filter(([hash]) => !found.has(hash))
    .map(([hash, { kind, what, since: at }]): Reviewed => {
      return { id: hash.slice(0, SHORT), kind, what, state: 'unused', ...since(at), hash };
    });
  const isOpen = ({ state }: Reviewed) => state === 'new' || state === 'changed';
  return [...items.filter(isOpen), ...items.filter(each => !isOpen(each)), ...unused];
}

const since = (at: number | undefined) => (at === undefined ? {} : { since: formatInstant(at) });

/** Trusts items from now on, on this machine. */
export async function trustItems(workspace: Workspace, items: readonly Reviewed[]): Promise<void> {
  const { world, clock } = workspace;
  if (world.dryRun || items.length === 0) return;
  await (await Trusted.of(workspace)).trust(items, world.now(clock));
}

/** Trusts the items that e-mails need by the present settings, and returns those that were not trusted before. */
export async function trustMail(workspace: Workspace): Promise<readonly TrustItem[]> {
  mayChangeSettings(workspace.viewer);
  const { config, world, clock } = workspace;
  const mail = { id: 'M0', channel: 'email', status: 'queued', to: '' } as const;
  const items = ways.find(way => way.takes(mail, config))?.items?.(config) ?? [];
  const trusted = await Trusted.of(workspace);
  const open = items.filter(item => trusted.since(item) === undefined);
  if (open.length > 0 && !world.dryRun)
    await trusted.trust(
      open.map(item => ({ ...item, hash: trusted.hash(item) })),
      world.now(clock),
    );
  return open;
}

/** Forgets that items were trusted. */
export async function revokeItems(workspace: Workspace, items: readonly Reviewed[]): Promise<void> {
  if (workspace.world.dryRun || items.length === 0) return;
  await (await Trusted.of(workspace)).revoke(items.map(({ hash }) => hash));
}

/** Returns the trusted items that a text names: by id, by a part of their text, or `all`. USAGE if it names none. */
export function itemsNamed(items: readonly Reviewed[], text: string): readonly Reviewed[] {
  const trusted = items.filter(({ state }) => state === 'trusted' || state === 'unused');
  const named =
    text === 'all'
      ? trusted
      : trusted.filter(({ id, kind, what }) => id === text || `${kind} ${what}`.includes(text));
  if (named.length === 0 && text !== 'all')
    throw usage(`${JSON.stringify(text)} is not trusted`, 'crm trust --show lists what is');
  return named;
}
