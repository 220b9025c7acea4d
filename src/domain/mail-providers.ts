/** Knows the servers of well-known e-mail providers, by the domain of an address, and the secrets that they ask for. */
import type { TlsMode } from './mail-settings.ts';

export interface MailProvider {
  readonly name: string;
  readonly domains: readonly string[];
  readonly smtp: { readonly host: string; readonly port: number; readonly tls: TlsMode };
  readonly imap: { readonly host: string };
  /** The kind of secret that it takes, if that is not the account's password. */
  readonly secret?: string;
}

const APP_PASSWORD = 'an app password, and not the password of the account';

const tls = (host: string) => ({ host, port: 465, tls: 'tls' }) as const;
const starttls = (host: string) => ({ host, port: 587, tls: 'starttls' }) as const;

const providers: readonly MailProvider[] = [
  {
    name: 'Gmail',
    domains: ['gmail.com', 'googlemail.com'],
    smtp: tls('smtp.gmail.com'),
    imap: { host: 'imap.gmail.com' },
    secret: `${APP_PASSWORD}: https://myaccount.google.com/apppasswords`,
  },
  {
    name: 'Outlook.com',
    domains: ['outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'outlook.de', 'hotmail.de'],
    smtp: starttls('smtp-mail.outlook.com'),
    imap: { host: 'outlook.office365.com' },
    secret: 'an OAuth 2 token: passwords are switched off (--token-command)',
  },
  {
    name: 'Microsoft 365',
    domains: ['onmicrosoft.com', 'office365.com'],
    smtp: starttls('smtp.office365.com'),
    imap: { host: 'outlook.office365.com' },
    secret: 'an OAuth 2 token: passwords are switched off (--token-command)',
  },
  {
    name: 'Fastmail',
    domains: ['fastmail.com', 'fastmail.fm', 'fastmail.net', 'messagingengine.com'],
    smtp: tls('smtp.fastmail.com'),
    imap: { host: 'imap.fastmail.com' },
    secret: APP_PASSWORD,
  },
  {
    name: 'iCloud',
    domains: ['icloud.com', 'me.com', 'mac.com'],
    smtp: starttls('smtp.mail.me.com'),
    imap: { host: 'imap.mail.me.com' },
    secret: APP_PASSWORD,
  },
  {
    name: 'Yahoo',
    domains: ['yahoo.com', 'yahoo.de', 'yahoo.co.uk', 'yahoo.fr', 'ymail.com', 'rocketmail.com'],
    smtp: tls('smtp.mail.yahoo.com'),
    imap: { host: 'imap.mail.yahoo.com' },
    secret: APP_PASSWORD,
  },
  {
    name: 'AOL',
    domains: ['aol.com'],
    smtp: tls('smtp.aol.com'),
    imap: { host: 'imap.aol.com' },
    secret: APP_PASSWORD,
  },
  {
    name: 'Zoho',
    domains: ['zoho.com', 'zohomail.com'],
    smtp: tls('smtp.zoho.com'),
    imap: { host: 'imap.zoho.com' },
    secret: `${APP_PASSWORD}, if two-step login is on`,
  },
  {
    name: 'Zoho EU',
    domains: ['zoho.eu', 'zohomail.eu'],
    smtp: tls('smtp.zoho.eu'),
    imap: { host: 'imap.zoho.eu' },
    secret: `${APP_PASSWORD}, if two-step login is on`,
  },
  {
    name: 'mailbox.org',
    domains: ['mailbox.org'],
    smtp: tls('smtp.mailbox.org'),
    imap: { host: 'imap.mailbox.org' },
  },
  {
    name: 'Posteo',
    domains: ['posteo.de', 'posteo.net'],
    smtp: tls('posteo.de'),
    imap: { host: 'posteo.de' },
  },
  {
    name: 'GMX',
    domains: ['gmx.de', 'gmx.net', 'gmx.at', 'gmx.ch'],
    smtp: starttls('mail.gmx.net'),
    imap: { host: 'imap.gmx.net' },
  },
  {
    name: 'GMX.com',
    domains: ['gmx.com', 'gmx.us'],
    smtp: starttls('mail.gmx.com'),
    imap: { host: 'imap.gmx.com' },
  },
  { name: 'WEB.DE', domains: ['web.de'], smtp: starttls('smtp.web.de'), imap: { host: 'imap.web.de' } },
];

/** Returns the part of an address after the `@`, in lower case. */
export const domainOfAddress = (address: string): string =>
  address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** Returns the provider of an address; undefined for a domain of one's own. */
export const providerOf = (address: string): MailProvider | undefined => {
  const domain = domainOfAddress(address);
  return providers.find(({ domains }) =>
    domains.some(each => domain === each || domain.endsWith(`.${each}`)),
  );
};
