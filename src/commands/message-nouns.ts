/** The nouns for messages, by channel. */
import { plural } from '../ui/words.ts';

const nouns: Readonly<Record<string, string>> = {
  email: 'e-mail',
  bcc: 'copy',
  notify: 'notification',
  'notify-mail': 'notification mail',
  'notify-desktop': 'desktop notification',
  webhook: 'webhook',
  run: 'command',
};

/** `2 e-mails, 1 webhook` */
export const messagesText = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([channel, count]) => plural(count, nouns[channel] ?? channel)).join(', ');
