import type { Config } from '../../../domain/config.ts';
import type { TrustItem } from '../../core/trust-item.ts';
import type { WayDefinition } from '../ways.ts';
import { argvText, isMailVia } from './mail.ts';

/** The way of e-mails through a program of this machine. */
export const sendmail: WayDefinition = {
  name: 'sendmail',
  takes: isMailVia('sendmail'),
  needs: (_, config) => itemsOf(config),
  items: itemsOf,
  async open({ world, store, config }) {
    const { sendmailChannel } = await import('../../../channels/sendmail.ts');
    return sendmailChannel({ argv: config.mail!.sendmail!, env: world.env, cwd: store.dir });
  },
};

function itemsOf({ mail }: Config): readonly TrustItem[] {
  const { via, sendmail: argv } = mail ?? {};
  if (via !== 'sendmail' || !argv) return [];
  return [{ kind: 'mail program', what: argvText(argv), exactly: [...argv], argv }];
}
