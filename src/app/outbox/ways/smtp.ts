import type { Config } from '../../../domain/config.ts';
import { addressOf } from '../../../domain/mail-settings.ts';
import { readPrivateOf, secretAccess } from '../../core/secret-access.ts';
import type { TrustItem } from '../../core/trust-item.ts';
import type { WayDefinition } from '../ways.ts';
import { isMailVia, serverItems } from './mail.ts';

/** The way of e-mails through a mail server. */
export const smtp: WayDefinition = {
  name: 'smtp',
  takes: isMailVia('smtp'),
  needs: (_, config) => itemsOf(config),
  items: itemsOf,
  async open(workspace) {
    const { secret, dkim, ...server } = workspace.config.mail!.smtp!;
    const { smtpChannel } = await import('../../../channels/smtp.ts');
    const { readSecret } = await import('../../../channels/secret.ts');
    return smtpChannel({
      ...server,
      ...(secret && {
        secret: {
          isToken: secret.kind === 'token-command',
          read: () => readSecret(secret, secretAccess(workspace)),
        },
      }),
      ...(dkim && {
        dkim: {
          domainName: dkim.domain,
          keySelector: dkim.selector,
          privateKey: readPrivateOf(workspace, dkim.keyFile).toString(),
        },
      }),
    });
  },
};

function itemsOf({ mail }: Config): readonly TrustItem[] {
  if (mail?.via !== 'smtp' || !mail.smtp) return [];
  const { dkim } = mail.smtp;
  const items = serverItems('mail server', mail.smtp);
  if (!dkim) return items;
  const { domain, selector, keyFile } = dkim;
  const what = `signs for ${domain} (${selector}) with ${keyFile}, at ${addressOf(mail.smtp)}`;
  return [...items, { kind: 'DKIM key', what, exactly: { domain, selector, keyFile } }];
}
