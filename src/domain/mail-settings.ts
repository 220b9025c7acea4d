/**
 * How mail leaves and enters a workspace: the settings of `mail:` in crm.yaml. They never contain a secret, only the
 * place where it is kept.
 */

export const mailVias = ['files', 'smtp', 'sendmail'] as const;
export type MailVia = (typeof mailVias)[number];

export const tlsModes = ['starttls', 'tls', 'none'] as const;
/** `starttls` is required of the server, and not only tried; `none` is for a server on this machine. */
export type TlsMode = (typeof tlsModes)[number];

/** How a rule notifies a user beside the inbox. */
export const notifyWays = ['mail', 'desktop', 'none'] as const;
export type NotifyBy = (typeof notifyWays)[number];

/** Where a password is kept, or the command that prints an OAuth 2 access token (`token-command`, for XOAUTH2). */
export type SecretSource =
  | { readonly kind: 'env'; readonly name: string }
  /** Absolute, or below the home directory: `~/.config/crm-password`. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'command' | 'token-command'; readonly argv: readonly string[] };

/** A server that mail is handed to or fetched from. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
  /** Left out, together with the secret: the server asks for none. */
  readonly user?: string;
  readonly secret?: SecretSource;
}

/** At most `count` messages within `per` milliseconds. */
export interface Rate {
  readonly count: number;
  readonly per: number;
}

/** Milliseconds of the units of a rate. */
const RATE_UNITS: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000 };

/** Reads `2/s`, `30/min` or `500/h`; undefined for anything else. */
export function readRate(text: string): Rate | undefined {
  const match = /^([1-9]\d{0,5})\s*\/\s*(s|min|h)$/.exec(text.trim());
  return match ? { count: Number(match[1]), per: RATE_UNITS[match[2]!]! } : undefined;
}

/** A rate as `readRate` reads it. */
export const rateText = ({ count, per }: Rate): string =>
  `${count}/${Object.keys(RATE_UNITS).find(unit => RATE_UNITS[unit] === per)}`;

export interface DkimSettings {
  readonly domain: string;
  readonly selector: string;
  /** The private key, as a PEM file: absolute, or below the home directory. */
  readonly keyFile: string;
}

export interface SmtpSettings extends MailServer {
  readonly rate?: Rate;
  readonly dkim?: DkimSettings;
}

/** The IMAP mailbox that `crm mail fetch` reads. */
export interface ImapSettings extends MailServer {
  readonly mailbox: string;
}

export interface MailSettings {
  readonly via: MailVia;
  /** `Acme Sales <sales@example.com>`; there is one unless `via` is `files`. */
  readonly from?: string;
  /** An address, with or without a name. */
  readonly replyTo?: string;
  /** The address that gets a copy of each e-mail that was sent. */
  readonly bcc?: string;
  /** The age in milliseconds beyond which a queued message is held until a person releases it. */
  readonly maxAge?: number;
  /** E-mails that one rule may send within 24 hours. */
  readonly maxPerRun?: number;
  /** Milliseconds within which the same recipient does not get the same e-mail again. */
  readonly dedupe?: number;
  /** When e-mails may leave: a text that `parseSendingHours` reads. */
  readonly send?: string;
  readonly smtp?: SmtpSettings;
  /** The program that takes a mail on standard input, with its arguments. */
  readonly sendmail?: readonly string[];
  readonly fetch?: ImapSettings;
}

/** `smtp.example.com:587`; an IPv6 address in brackets. */
export const addressOf = ({ host, port }: Pick<MailServer, 'host' | 'port'>): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Whether a host is this machine, so that nothing goes over a network. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
