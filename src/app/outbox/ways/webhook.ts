/** The way of webhooks: a person trusts an origin, and with it every path and query there. */
import { isInternalByName } from '../../../channels/public-addresses.ts';
import type { Config } from '../../../domain/config.ts';
import { webhookOrigins } from '../../../engine/rules/outward-steps.ts';
import type { TrustItem } from '../../core/trust-item.ts';
import type { WayDefinition } from '../ways.ts';
import { WebhookSecrets } from '../webhook-secrets.ts';

export const webhook: WayDefinition = {
  name: 'webhook',
  takes: ({ channel }) => channel === 'webhook',
  needs: ({ to }, config) => [itemOf(originIn(to), config)],
  items: config => webhookOrigins(config).map(origin => itemOf(origin, config)),
  part: ({ to }) => originIn(to),
  async open(workspace) {
    const { webhookChannel } = await import('../../../channels/webhook.ts');
    const { config, world } = workspace;
    const secrets = await WebhookSecrets.of(workspace);
    return webhookChannel({
      isInternal: origin => isInternal(origin, config),
      secretsOf: origin => secrets.valid(origin),
      userAgent: `crm/${world.version}`,
    });
  },
};

/** Returns the origin of a queued call; the whole text if it is not an address. */
const originIn = (to: string): string => (URL.canParse(to) ? new URL(to).origin : to);

const isInternal = (origin: string, { webhooks }: Config): boolean =>
  webhooks?.internal.includes(origin) === true || (URL.canParse(origin) && isInternalByName(origin));

/** Returns the item to trust: the origin that is called, and whether it may be inside the machine's own network. */
function itemOf(origin: string, config: Config): TrustItem {
  const internal = isInternal(origin, config);
  const notes = [internal && 'internal', origin.startsWith('http:') && 'not encrypted'].filter(Boolean);
  const what = notes.length === 0 ? origin : `${origin} (${notes.join(', ')})`;
  return { kind: 'webhook', what, exactly: { origin, internal } };
}
