import { mayChangeSettings } from '../../app/core/viewer.ts';
import { WebhookSecrets } from '../../app/outbox/webhook-secrets.ts';
import { usage } from '../../domain/errors.ts';
import { webhookOrigins } from '../../engine/rules/outward-steps.ts';
import { mark, text } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { printJson } from '../printing/output.ts';

/** The fewest characters of a secret that somebody gives: shorter ones can be guessed. */
const LEAST_SECRET = 16;

export const secret = command({
  summary: 'print the secret that signs calls of a webhook, for its receiver; only this machine has it',
  effect: 'secrets',
  args: {
    address: text('ORIGIN', 'which webhook', { example: 'https://example.com' }),
    isGiven: mark('-'),
  },
  options: [{ flags: '--new', description: 'make a new secret; the previous one stays valid for a day' }],
  examples: [
    'webhook secret https://example.com',
    'webhook secret https://example.com --new',
    'webhook secret https://example.com -                 # takes one from standard input',
  ],
  jsonFields: ['origin', 'secret', 'before'],
  async run(context, { address, isGiven }, options) {
    if (isGiven && options.flag('new')) throw usage('either --new or -, not both');
    const origin = originNamed(address);
    const workspace = await context.workspace();
    mayChangeSettings(workspace.viewer);
    const secrets = await WebhookSecrets.of(workspace);
    const typed = !isGiven ? undefined : secretTyped(await context.readStdin());
    if (!context.globals.dryRun && (typed !== undefined || options.flag('new')))
      await secrets.replace(origin, typed);
    const valid = context.globals.dryRun ? secrets.kept(origin) : await secrets.valid(origin);
    const [secret = null, before] = valid;
    if (!webhookOrigins(workspace.config).includes(origin))
      await context.message(`no rule calls ${origin} yet`);
    if (await printJson(context, { origin, secret, ...(before !== undefined && { before }) })) return;
    if (secret !== null) await context.print(`${secret}\n`);
    if (before !== undefined)
      await context.message('the previous secret stays valid for a day after it was replaced');
  },
});

function originNamed(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw usage(`${JSON.stringify(address)} is not the address of a webhook`, 'https://example.com');
}

/** Returns a secret without its line end. */
function secretTyped(text: string): string {
  const typed = text.replace(/\r?\n$/, '');
  if (/^[\x21-\x7e]+$/.test(typed) && typed.length >= LEAST_SECRET) return typed;
  throw usage(
    `a secret has at least ${LEAST_SECRET} characters: letters, digits and signs, without spaces`,
    'openssl rand -hex 32 | crm webhook secret ORIGIN -',
  );
}
