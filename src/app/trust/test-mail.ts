/** Sends the test e-mail of `crm mail setup`. It is not queued, and no record of it stays. */
import type { Answer, Mail } from '../../channels/channel.ts';
import { failed } from '../../domain/errors.ts';
import type { Workspace } from '../core/workspace.ts';
import { domainOf, fromOf } from '../outbox/outgoing.ts';
import { openWays } from '../outbox/open-ways.ts';

/** Sends the test e-mail to an address by the way that the settings choose; FAILED if that way is not trusted. */
export async function sendTestMail(workspace: Workspace, to: string): Promise<Answer> {
  const { config, world, clock } = workspace;
  const ways = await openWays(workspace);
  const way = ways({ id: 'M0', channel: 'email', status: 'queued', to });
  if (!('channel' in way)) throw failed(way.closed, way.hint);
  const key = world.salt();
  const mail: Mail = {
    channel: 'email',
    id: 'test',
    key,
    attempt: 1,
    at: world.now(clock),
    from: fromOf(config),
    to,
    subject: `Test of crm: ${config.name}`,
    messageId: `<${key}@${domainOf(fromOf(config))}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    text: `This e-mail is from crm, of the workspace ${config.name}.\n\nIf you can read it, sending works.\n`,
  };
  try {
    return await way.channel.send(mail, new AbortController().signal);
  } finally {
    await way.channel.close?.();
  }
}
