/**
 * Decides which addresses get no mail, and of which kinds. Suppression goes by address, not by contact: an address that
 * unsubscribed stays so under another name. A bounce or a complaint ends all mails to an address. Unsubscribing, or a contact's
 * `consent: no`, ends all but `transactional` mails and answers to what the recipient wrote. A campaign needs consent, with
 * its day and its source.
 */
import { sameEmail } from '../../domain/email.ts';
import type { Contact, Rec } from '../../domain/records.ts';
import type { CodeColumn, NumberColumn } from '../../state/columns/column.ts';
import type { Draft } from '../../state/draft.ts';
import type { State } from '../../state/state.ts';
import { Sha256 } from '../../store/disk/sha256.ts';
import { isMail, type Message } from './message.ts';

/** Why an address gets no mail; `all`: mail of no kind at all. */
interface End {
  readonly reason: string;
  readonly all: boolean;
}

/** The value of the consent column for a refusal. */
const NO = 0;

/** Events after which an address gets nothing more. */
const ends: Readonly<Record<string, { readonly said: string; readonly all: boolean }>> = {
  'email.unsubscribed': { said: 'unsubscribed', all: false },
  'email.complained': { said: 'complained about an e-mail', all: true },
  'email.bounced': { said: 'bounced', all: true },
};

export class Suppression {
  readonly #state: State;
  readonly #ends = new Map<string, End>();
  readonly #forgotten: Forgotten;

  constructor(state: State) {
    this.#state = state;
    this.#forgotten = new Forgotten(state);
    this.#readEvents();
    this.#readMessages();
    this.#readContacts();
  }

  /** Returns why a message must not go to its address; undefined if it may. */
  why(message: Message): string | undefined {
    if (!isMail(message)) return undefined;
    const { to, kind, confirms } = message;
    const end = this.endOf(to);
    // Anybody can type the address of somebody who has refused into a form.
    const isNeeded = (kind === 'transactional' && !confirms) || isAnswer(message);
    if (end && (end.all || !isNeeded)) return end.reason;
    return kind === 'campaign' ? this.#whyNoCampaign(message) : undefined;
  }

  /** Returns why an address gets no mail, or only `transactional` mail. */
  endOf(address: string): End | undefined {
    return this.#ends.get(address.toLowerCase()) ?? this.#forgotten.endOf(address);
  }

  #whyNoCampaign({ to, contact }: Message): string | undefined {
    const record = contact === undefined ? undefined : (this.#state.get(contact) as Contact | undefined);
    if (!record || !addressesOf(record).some(each => sameEmail(each, to)))
      return `${to} does not belong to a contact who agreed to such mails`;
    const { consent, consentAt, consentSource } = record as Rec;
    if (consent !== true) return `${contact} has not agreed to such mails (consent: yes)`;
    const missing = [!consentAt && 'consentAt', !consentSource && 'consentSource'].filter(Boolean);
    if (missing.length === 0) return undefined;
    return `of the consent of ${contact} nobody knows ${missing.join(' and ')}`;
  }

  #end(address: string, end: End): void {
    const key = address.toLowerCase();
    if (!this.#ends.get(key)?.all) this.#ends.set(key, end);
  }

  #readEvents(): void {
    const events = this.#state.table('event');
    const names = events.column('name') as CodeColumn;
    const [codes, words] = [names.all(), names.words];
    const isEnd = Uint8Array.from(words, word => (Object.hasOwn(ends, word) ? 1 : 0));
    if (!isEnd.includes(1)) return;
    for (const row of events.liveRows()) {
      if (isEnd[codes[row]!] !== 1) continue;
      const { name, contact, props } = events.record(row);
      const { said, all } = ends[String(name)]!;
      const { address, unmatched } = (props ?? {}) as {
        readonly address?: unknown;
        readonly unmatched?: unknown;
      };
      // An event about a mail that is not ours suppresses nothing: anybody who knows the address can cause one.
      if (unmatched === true) continue;
      const record = typeof contact === 'string' ? this.#state.get(contact) : undefined;
      const theirs = typeof address === 'string' ? [address] : record ? addressesOf(record) : [];
      for (const each of theirs) this.#end(each, { reason: `${each} ${said}`, all });
    }
  }

  #readMessages(): void {
    const messages = this.#state.table('message');
    const statuses = messages.column('status') as CodeColumn;
    const failed = statuses.words.indexOf('failed');
    const isFailed = statuses.all();
    for (const row of failed < 0 ? [] : messages.liveRows()) {
      if (isFailed[row] !== failed) continue;
      const { to, badAddress } = messages.record(row) as Message;
      if (badAddress) this.#end(to, { reason: `${to} bounced`, all: true });
    }
  }

  #readContacts(): void {
    const contacts = this.#state.table('contact');
    const consents = (contacts.column('consent') as NumberColumn).all();
    for (const row of contacts.rows === 0 ? [] : contacts.liveRows()) {
      if (consents[row] !== NO) continue;
      const record = contacts.record(row);
      for (const each of addressesOf(record))
        this.#end(each, { reason: `${record.id} does not agree to mails (consent: no)`, all: false });
    }
  }
}

/** Whether a person answers what the recipient wrote: unsubscribing does not stop such a mail. */
const isAnswer = ({ automation, inReplyTo }: Message): boolean =>
  automation === undefined && inReplyTo !== undefined && inReplyTo !== null;

/** Returns the e-mail addresses of a contact. */
export const addressesOf = ({ email, otherEmails }: Rec): string[] =>
  [email, otherEmails].flat().filter(each => typeof each === 'string');

/** The names of the journal's entries for the key and for the hash of each forgotten address. */
const KEY = 'forgotten-addresses';
const PREFIX = 'forgotten-address/';

/**
 * The addresses of people who were purged after they had unsubscribed or bounced, each as a hash. The random key of the
 * hashes is in the journal too, so every copy of the workspace can check an address: whoever has the workspace can test an
 * address that they know, but cannot read the addresses.
 */
class Forgotten {
  readonly #named: ReadonlyMap<string, Rec>;
  readonly #key: string | undefined;

  constructor(state: State) {
    this.#named = state.named('cursor') as ReadonlyMap<string, Rec>;
    this.#key = this.#named.get(KEY)?.owner as string | undefined;
  }

  endOf(address: string): End | undefined {
    if (this.#key === undefined) return undefined;
    const found = this.#named.get(PREFIX + hashOf(address, this.#key))?.owner;
    if (found === undefined) return undefined;
    return {
      reason: `${address} belongs to a person who unsubscribed and was then forgotten`,
      all: found === 'all',
    };
  }
}

const hashOf = (address: string, key: string): string =>
  new Sha256().update(JSON.stringify([key, address.trim().toLowerCase()])).digest();

/** Keeps hashes of suppressed addresses that a purge is about to forget; `random` makes the key on first use. */
export function rememberEnds(draft: Draft, addresses: Iterable<string>, random: () => string): void {
  const suppression = new Suppression(draft.state);
  for (const address of new Set(addresses)) {
    const end = suppression.endOf(address);
    if (!end) continue;
    let key = draft.state.named('cursor').get(KEY)?.owner as string | undefined;
    if (key === undefined) draft.setNamed('cursor', KEY, { owner: (key = random()) });
    draft.setNamed('cursor', PREFIX + hashOf(address, key), { owner: end.all ? 'all' : 'advertising' });
  }
}
