/** The settings of `serve:` in crm.yaml: where `crm serve` listens, and what each hook and form takes in. */
import type { Rate, SecretSource } from './mail-settings.ts';

/** Maps names in a request to targets (`targetOf`). */
export interface FieldMap {
  readonly [from: string]: string;
}

/** The providers whose webhooks `crm serve` and `crm event import` read. */
export const providerNames = ['postmark', 'mailgun', 'sendgrid', 'ses', 'resend', 'brevo'] as const;
export type ProviderName = (typeof providerNames)[number];

export interface Hook {
  /** The provider whose webhooks come here; left out: anybody with the bearer token. */
  readonly provider?: ProviderName;
  /** The name of the event; a provider says it itself. */
  readonly event?: string;
  /** The bearer token, or what the provider signs with. */
  readonly secret: SecretSource;
  readonly fields: FieldMap;
  /** The limit for requests of one client. */
  readonly rate: Rate;
}

export interface Form {
  readonly event: string;
  readonly fields: FieldMap;
  /** The inputs that must be filled in. */
  readonly required: readonly string[];
  /** Where the browser goes next; left out: a page that says thanks. */
  readonly redirect?: string;
  /** The origins whose pages may send this form; left out: any. */
  readonly origins?: readonly string[];
  /** An input that people do not see: what fills it in is a program. */
  readonly honeypot?: string;
  /** Makes a deal here, unless the contact has an open one there. */
  readonly pipeline?: string;
  /** The title of that deal, as `crm deal add` takes it. */
  readonly title?: string;
  /** The e-mail template with a link by which the person who sent the form agrees to campaigns. */
  readonly confirm?: string;
  readonly rate: Rate;
}

export interface Listen {
  readonly host: string;
  readonly port: number;
}

export interface ServeSettings {
  /** The public address, without a slash at the end: `https://crm.example.com`. */
  readonly address?: string;
  readonly listen: Listen;
  /** Names beside those of `address` and `listen` by which requests may call this server. */
  readonly hosts: readonly string[];
  /** Addresses and networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** The user who acts; left out: crm itself. */
  readonly as?: string;
  readonly hooks: { readonly [name: string]: Hook };
  readonly forms: { readonly [name: string]: Form };
}

/** Where `crm serve` listens if nothing says otherwise: only programs of this machine reach it. */
export const usualListen: Listen = { host: '127.0.0.1', port: 8025 };

/** The settings of a workspace without `serve:`. */
export const noServe: ServeSettings = {
  listen: usualListen,
  hosts: [],
  trustedProxies: [],
  hooks: {},
  forms: {},
};

/** The target of a value of a request. */
export type Target =
  | { readonly of: 'field'; readonly kind: 'contact' | 'deal'; readonly field: string }
  | { readonly of: 'property'; readonly key: string }
  /** The sender's id of the request: a request that comes twice with the same id is taken in once. */
  | { readonly of: 'id' }
  /** When it happened. */
  | { readonly of: 'at' };

/** Returns the target with a name: `email`, `deal.value`, `prop.page`, `id`, `at`. */
export function targetOf(name: string): Target {
  if (name === 'id' || name === 'at') return { of: name };
  const [, group, rest] = /^(deal|props?)\.(.+)$/s.exec(name) ?? [];
  if (group === undefined) return { of: 'field', kind: 'contact', field: name };
  return group.startsWith('prop')
    ? { of: 'property', key: rest! }
    : { of: 'field', kind: 'deal', field: rest! };
}

/** Returns the inputs that fill in fields of the deal that a form makes. */
export const dealInputs = (fields: FieldMap): string[] =>
  Object.keys(fields).filter(input => fields[input]!.startsWith('deal.'));

/** The event of a person who agreed to campaigns by the link in a form's mail. */
export const CONFIRMED = 'form.confirmed';

/** Returns the name of a form that sends a template for confirmation; undefined if no form does. */
export const formConfirmedBy = (serve: ServeSettings | undefined, template: string): string | undefined =>
  Object.keys(serve?.forms ?? {}).find(name => serve!.forms[name]!.confirm === template);

/** Reads `127.0.0.1:8025`, `[::1]:8025`, `:8025` or `8025`; undefined for any other text. */
export function parseListen(text: string): Listen | undefined {
  const [, bracketed, plain, port] =
    /^(?:(?:\[([0-9a-fA-F:.%]+)\]|([^\s:[\]]*)):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) return undefined;
  return { host: bracketed || plain || usualListen.host, port: Number(port) };
}

/** Returns the text that `parseListen` reads. */
export const listenText = ({ host, port }: Listen): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;
