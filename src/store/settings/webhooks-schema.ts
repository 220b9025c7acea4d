/** The shape of `webhooks:` in crm.yaml. */
import * as z from 'zod/mini';
import type { Config } from '../../domain/config.ts';
import { invalid } from '../../domain/errors.ts';
import { readBy } from './read-by.ts';

const origin = readBy(z.string(), text => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw invalid(`${JSON.stringify(text)} is not an origin, such as https://hooks.corp.example`);
});

export const webhooksShape = z.strictObject({ internal: z._default(z.array(origin), []) });

/** Returns the settings of `webhooks:`; undefined if crm.yaml has none. */
export const webhooksOf = (
  webhooks: z.output<typeof webhooksShape> | null | undefined,
): Pick<Config, 'webhooks'> => (webhooks ? { webhooks } : {});
