/**
 * Makes the links of a mail that report back: the one to unsubscribe (RFC 8058), and, if its template says `track: true`,
 * those that record opens and clicks. Each has the random token of the message, which only the recipient knows.
 */
import type { Beside, Tracked } from '../../channels/mail-html.ts';
import type { Template } from '../../domain/automation.ts';
import type { Config } from '../../domain/config.ts';
import { readAddress } from '../../domain/email.ts';
import type { Message } from './message.ts';

const templateOf = ({ template }: Message, { templates }: Config): Template | undefined =>
  template !== undefined && Object.hasOwn(templates, template) ? templates[template] : undefined;

/** Returns whether a message has a token: campaigns and tracked mails do. */
export function hasToken(message: Message, config: Config): boolean {
  if (message.channel !== 'email' || message.contact === undefined) return false;
  const template = templateOf(message, config);
  return template?.kind === 'campaign' || isTracked(template, config);
}

const isTracked = (template: Template | undefined, { serve }: Config): boolean =>
  template?.track === true && serve?.address !== undefined;

/** Returns the tracking addresses of a mail; undefined if it is not tracked. */
function trackedLinks(message: Message, config: Config): Tracked | undefined {
  const { token } = message;
  if (token === undefined || !isTracked(templateOf(message, config), config)) return undefined;
  const { address } = config.serve!;
  return { link: number => `${address}/c/${token}/${number}`, image: `${address}/o/${token}` };
}

/** How the recipient of a campaign unsubscribes. */
interface Unsubscription {
  readonly headers: { readonly [name: string]: string };
  /** The address that the mail ends with: a web page, or a mailto: address. */
  readonly link: string;
}

/** Returns how a recipient unsubscribes; undefined if the mail is not a campaign, or the settings offer no way. */
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

/** Returns what the HTML part of a mail has beside its text. Copies are not tracked: somebody else reads them. */
export const besideOf = (message: Message, config: Config): Beside => ({
  tracked: trackedLinks(message, config),
  unsubscribe: unsubscriptionOf(message, config)?.link,
});
