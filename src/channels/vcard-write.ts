/** vCards of version 3.0, which Google, Apple, Outlook and the address books of mail programs all read. */
import ical from 'ical.js';
import { wholeSeconds } from './whole-seconds.ts';

/** A person as an address book knows them. */
export interface Card {
  /** The identity of the card, the same in every program. */
  readonly uid: string;
  readonly name: string;
  /** The primary one first. */
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly organization?: string | undefined;
  readonly categories: readonly string[];
  /** When it was last changed: ISO 8601, UTC. */
  readonly revised?: string | undefined;
}

/** Returns one card as text, with CRLF at its end. */
export function vcardText({ uid, name, emails, phones, organization, categories, revised }: Card): string {
  const properties: unknown[] = [
    ['version', {}, 'text', '3.0'],
    ['uid', {}, 'text', uid],
    ['fn', {}, 'text', name],
    // Nobody said which word of a name is the family name.
    ['n', {}, 'text', ['', name, '', '', '']],
    ...emails.map((email, n) => ['email', { type: typesOf('INTERNET', n, emails) }, 'text', email]),
    ...phones.map((phone, n) => ['tel', { type: typesOf('VOICE', n, phones) }, 'phone-number', phone]),
  ];
  if (organization !== undefined) properties.push(['org', {}, 'text', [organization]]);
  if (categories.length > 0) properties.push(['categories', {}, 'text', ...categories]);
  if (revised !== undefined) properties.push(['rev', {}, 'date-time', wholeSeconds(revised)]);
  return `${ical.stringify.component(['vcard', properties, []] as never, ical.design.vcard3)}\r\n`;
}

const typesOf = (type: string, n: number, all: readonly string[]): string | string[] =>
  n === 0 && all.length > 1 ? [type, 'PREF'] : type;
