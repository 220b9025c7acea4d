/**
 * A provider that sends e-mails and reports by webhook what became of them. Reads its bodies, and checks its
 * signatures.
 */
import { invalid } from '../../domain/errors.ts';
import { isObject, type Json } from '../../domain/records.ts';

/** What became of an e-mail. `email.soft-bounced` is temporary; `email.bounced` is permanent. */
export type ProviderEventName =
  | 'email.delivered'
  | 'email.soft-bounced'
  | 'email.bounced'
  | 'email.complained'
  | 'email.opened'
  | 'email.clicked'
  | 'email.unsubscribed';

export interface ProviderEvent {
  readonly name: ProviderEventName;
  /** The provider's id of this event, or a key made from it: the same each time the event is sent. */
  readonly id: string;
  /** The recipient. */
  readonly email: string;
  /** ms */
  readonly at: number;
  /** The Message-IDs by which the message may be known here, with angle brackets. */
  readonly messageIds: readonly string[];
  readonly userAgent?: string;
  /** Whether the provider says that a program opened it. */
  readonly isMachine?: boolean;
  /** Of a click. */
  readonly url?: string;
  /** Why it was not delivered. */
  readonly reason?: string;
}

export interface ProviderRequest {
  /** By name in lower case. */
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly body: Uint8Array;
}

export interface Verification {
  /** The secret that the settings name: a token, a signing secret or a public key. */
  readonly secret: string;
  /** ms */
  readonly now: number;
  /** Returns the certificate at an address, as PEM; only addresses of Amazon are asked for. FAILED if it cannot be had now. */
  certificate?(url: string): Promise<string>;
}

export interface Provider {
  readonly name: string;
  /** Reads a parsed JSON body; INVALID if it is not one of this provider. Events that are not about mails are left out. */
  events(body: Json): ProviderEvent[];
  /**
   * Whether the provider made this request recently: its signature covers the bytes as they came. FAILED if that
   * cannot be decided now.
   */
  verify(request: ProviderRequest, verification: Verification): boolean | Promise<boolean>;
}

/** A JSON object in a body. */
export type Fields = { readonly [key: string]: Json };

/** Returns an object of a body; INVALID if there is none. */
export function objectIn(value: Json | undefined, provider: string): Fields {
  if (isObject(value)) return value as Fields;
  throw invalid(`this is not a webhook body of ${provider}`, 'one JSON body, or one on each line');
}

/** Returns the objects of a list. */
export const objectsIn = (value: Json | undefined): Fields[] =>
  Array.isArray(value) ? value.filter((each): each is Fields => isObject(each)) : [];

export const textIn = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Returns the time of a text, or of a number of seconds, ms. */
export function timeIn(value: Json | undefined): number | undefined {
  const at = typeof value === 'number' ? value * 1000 : Date.parse(textIn(value) ?? '');
  return Number.isFinite(at) ? at : undefined;
}

/** Returns an id with angle brackets. */
export const bracketed = (id: string | undefined): string[] =>
  id === undefined ? [] : [id.startsWith('<') ? id : `<${id}>`];

/** Returns the value of a header. */
export const headerOf = ({ headers }: ProviderRequest, name: string): string => {
  const value = headers[name];
  return typeof value === 'string' ? value : (value?.[0] ?? '');
};
