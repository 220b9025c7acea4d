/** Makes the items that a person must trust before a hook of `crm serve` opens: where its secret is read from. */
import type { Config } from '../../domain/config.ts';
import type { Hook } from '../../domain/serve-settings.ts';
import type { Json } from '../../domain/records.ts';
import { argvText } from '../outbox/ways/mail.ts';
import type { TrustItem } from '../core/trust-item.ts';

/** Returns the item that a hook needs. */
export function hookItem(name: string, { provider, secret }: Hook): TrustItem {
  const exactly = { name, ...(provider && { provider }), ...secret } as unknown as Json;
  const kept = provider === undefined ? 'token' : `secret of ${provider}`;
  const said = (from: string) => `/hooks/${name}: ${kept} ${from}`;
  if (secret.kind === 'env') return { kind: 'hook', what: said(`from $${secret.name}`), exactly };
  if (secret.kind === 'file') return { kind: 'hook', what: said(`from ${secret.path}`), exactly };
  const { argv } = secret;
  return { kind: 'hook', what: said(`printed by ${argvText(argv)}`), exactly, argv };
}

/** Returns the items of all hooks. */
export const hookItems = ({ serve }: Config): readonly TrustItem[] =>
  Object.entries(serve?.hooks ?? {}).map(([name, hook]) => hookItem(name, hook));
