/** The shape of `webhooks:` in crm.yaml. */
import { z } from 'zod';
import type { Config } from '../../domain/config.ts';

const origin = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  context.addIssue(`${JSON.stringify(text)} is not an origin, such as https://hooks.corp.example`);
  return z.NEVER;
});

export const webhooksShape = z.strictObject({ internal: z.array(origin).default([]) });

/** Returns the settings of `webhooks:`; undefined if crm.yaml has none. */
export const webhooksOf = (
  webhooks: z.output<typeof webhooksShape> | null | undefined,
): Pick<Config, 'webhooks'> => (webhooks ? { webhooks } : {});
