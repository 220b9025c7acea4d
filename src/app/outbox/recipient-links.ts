/**
 * The links by which the recipient of a mail answers without writing: to unsubscribe (RFC 8058), and those that tell which
 * links were followed and whether the mail was opened, where its template says `track: true`. A random token of the message
 * is in them, which nobody else knows.
 */
import type { Beside, Tracked } from '../../channels/mail-html.ts';
import type { Template } from '../../domain/automation.ts';
import type { Config } from '../../domain/config.ts';
import { readAddress } from '../../domain/email.ts';
import type { Message } from './message.ts';

const templateOf = ({ template }: Message, { templates }: Config): Template | undefined =>
  template !== undefined && Object.hasOwn(templates, template) ? templates[template] : undefined;

/** Returns whether a message is sent with a token: a campaign, or one that is tracked. */
export function hasToken(message: Message, config: Config): boolean {
  if (message.channel !== 'email' || message.contact === undefined) return false;
  const template = templateOf(message, config);
  return template?.kind === 'campaign' || isTracked(template, config);
}

const isTracked = (template: Template | undefined, { serve }: Config): boolean =>
  template?.track === true && serve?.address !== undefined;

/** Returns the addresses of what is told of a mail; undefined if nothing is. */
function trackedLinks(message: Message, config: Config): Tracked | undefined {
  const { token } = message;
  if (token === undefined || !isTracked(templateOf(message, config), config)) return undefined;
  const { address } = config.serve!;
  return { link: number => `${address}/c/${token}/${number}`, image: `${address}/o/${token}` };
}

/** How the recipient of a campaign wants no more. */
interface Unsubscription {
  readonly headers: { readonly [name: string]: string };
  /** What is read at the end of the mail: an address of the web, or of a mail to write. */
  readonly link: string;
}

/** Returns how a recipient unsubscribes; undefined if the mail is no campaign, or there is no way. */
export function unsubscriptionOf(message: Message, config: Config): Unsubscription | undefined {
  const { token } = message;
  if (token === undefined || templateOf(message, config)?.kind !== 'campaign') return undefined;
  const from = readAddress(config.mail?.from ?? '')?.email;
  const byMail = from && `mailto:${from}?subject=unsubscribe%20${token}`;
  const page = config.serve?.address && `${config.serve.address}/u/${token}`;
  const ways = [page, byMail].filter(way => way !== undefined && way !== '');
  if (ways.length === 0) return undefined;
  return {
    headers: {
      'List-Unsubscribe': ways.map(way => `<${way}>`).join(', '),
      ...(page && { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }),
    },
    link: ways[0]!,
  };
}

/** Returns what the HTML part of a mail has beside its text. A copy is read by somebody else, and tells nothing. */
export const besideOf = (message: Message, config: Config): Beside => ({
  tracked: trackedLinks(message, config),
  unsubscribe: unsubscriptionOf(message, config)?.link,
});
