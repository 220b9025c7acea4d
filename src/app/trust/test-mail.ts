/** The e-mail that `crm mail setup` sends to the user who sets mail up. It is not queued, and no record of it stays. */
import type { Answer, Mail } from '../../channels/channel.ts';
import { failed } from '../../domain/errors.ts';
import type { Workspace } from '../core/workspace.ts';
import { domainOf, fromOf } from '../outbox/outgoing.ts';
import { openWays } from '../outbox/open-ways.ts';

/** Sends an e-mail to one address by the way of the settings; FAILED if that way is not trusted. */
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
    text: `This e-mail is from crm, of the workspace ${config.name}.\n\nIf you read it, e-mails leave.\n`,
  };
  try {
    return await way.channel.send(mail, new AbortController().signal);
  } finally {
    await way.channel.close?.();
  }
}
