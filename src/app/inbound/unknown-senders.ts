/**
 * Keeps mails of senders who are not contacts. They stay on this machine, in the state directory, and nothing of them
 * enters the journal before a person says so: otherwise anybody could fill a workspace by writing to its address. The
 * mails themselves are kept up to a limit, so that the conversation is there when the sender becomes a contact.
 */
import type { ParsedMail } from '../../channels/mail-in/parsed-mail.ts';
import { cutToBytes } from '../../channels/mail-in/new-text.ts';
import { MachineState } from '../../store/machine/machine-state.ts';
import { workspaceId } from '../core/origin.ts';
import type { Workspace } from '../core/workspace.ts';
import { keyOf } from './own-addresses.ts';
import { mailIdOf } from './record-mail.ts';

/** The most senders that are remembered; the sender whose last mail is oldest is forgotten first. */
const MOST_SENDERS = 1000;
/** The most mails that are kept of one sender (the newest), and the most bytes of the text of each mail. */
const MOST_MAILS = 10;
const MOST_TEXT = 16 << 10;
/** The most bytes of all kept mails together: the file is read and written as a whole. */
const MOST_BYTES = 6 << 20;
/** The most mails of a sender whose ids are remembered, so that reading these mails again does not count them twice. */
const MOST_IDS = 200;

export interface UnknownSender {
  readonly email: string;
  readonly name?: string;
  /** Of the last mail. */
  readonly subject: string;
  readonly count: number;
  /** When the last mail was sent, ms. */
  readonly last: number;
  /** Whether all mails from this address are automatic. */
  readonly automatic: boolean;
}

interface Entry extends UnknownSender {
  readonly ids: readonly string[];
  readonly mails: readonly ParsedMail[];
}

/** `unknown-mail.json`: by workspace, by address in lower case with a `:` before it. */
interface Kept {
  workspaces?: { [id: string]: { [address: string]: Entry } };
}

/** A mail whose sender is unknown. */
export interface FromUnknown {
  readonly mail: ParsedMail;
  readonly email: string;
  readonly name?: string | undefined;
  /** When it was sent, ms. */
  readonly at: number;
}

const entryKey = (email: string): string => `:${keyOf(email)}`;

export class UnknownSenders {
  readonly #state: MachineState<Kept>;
  readonly #workspace: string;

  private constructor(workspace: Workspace, id: string) {
    this.#state = new MachineState<Kept>(workspace.world, 'unknown-mail', {});
    this.#workspace = id;
  }

  /** Returns the unknown senders that this machine remembers. FAILED if it has no state directory. */
  static async of(workspace: Workspace): Promise<UnknownSenders> {
    return new UnknownSenders(workspace, (await workspaceId(workspace.store)) ?? 'new');
  }

  /** Returns the senders, the one with the newest mail first. */
  list(): UnknownSender[] {
    return Object.values(this.#entries())
      .map(({ ids: _, mails: __, ...sender }) => sender)
      .sort((a, b) => b.last - a.last || (a.email < b.email ? -1 : 1));
  }

  /** Returns the kept mails of addresses, the oldest first; of all addresses for which `wanted` holds. */
  mailsOf(wanted: (email: string) => boolean): ParsedMail[] {
    return Object.values(this.#entries())
      .filter(({ email }) => wanted(email))
      .flatMap(({ mails }) => mails)
      .sort((a, b) => (a.sentAt ?? 0) - (b.sentAt ?? 0));
  }

  /** Counts and keeps mails; a mail that was counted before changes nothing. Durable when the promise resolves. */
  async add(mails: readonly FromUnknown[]): Promise<void> {
    const before = this.#entries();
    const isNew = ({ mail, email }: FromUnknown) => !before[entryKey(email)]?.ids.includes(mailIdOf(mail));
    if (!mails.some(isNew)) return;
    await this.#update(entries => {
      for (const each of mails) {
        const key = entryKey(each.email);
        entries[key] = withMail(entries[key], each);
      }
      bound(entries);
    });
  }

  /** Forgets senders; returns the addresses of those that were known. */
  async forget(emails: readonly string[]): Promise<string[]> {
    if (emails.length === 0) return [];
    const entries = this.#entries();
    const keys = [...new Set(emails.map(entryKey))].filter(key => Object.hasOwn(entries, key));
    if (keys.length === 0) return [];
    await this.#update(entries => {
      for (const key of keys) delete entries[key];
    });
    return keys.map(key => key.slice(1));
  }

  #entries(): { readonly [address: string]: Entry } {
    return this.#state.read().workspaces?.[this.#workspace] ?? {};
  }

  async #update(change: (entries: { [address: string]: Entry }) => void): Promise<void> {
    await this.#state.update(kept => {
      const entries = { ...kept.workspaces?.[this.#workspace] };
      change(entries);
      kept.workspaces = { ...kept.workspaces, [this.#workspace]: entries };
    });
  }
}

function withMail(entry: Entry | undefined, { mail, email, name, at }: FromUnknown): Entry {
  const id = mailIdOf(mail);
  if (entry?.ids.includes(id)) return entry;
  const isNewer = !entry || at >= entry.last;
  const said = isNewer ? (name ?? entry?.name) : (entry.name ?? name);
  const kept = { ...mail, text: cutToBytes(mail.text, MOST_TEXT) };
  const mails = [...(entry?.mails ?? []), kept].sort((a, b) => (a.sentAt ?? 0) - (b.sentAt ?? 0));
  return {
    email: entry?.email ?? email,
    ...(said !== undefined && { name: said }),
    subject: isNewer ? mail.subject : entry.subject,
    count: (entry?.count ?? 0) + 1,
    last: Math.max(at, entry?.last ?? at),
    automatic: mail.isAutomatic && (entry?.automatic ?? true),
    ids: [...(entry?.ids ?? []), id].slice(-MOST_IDS),
    mails: mails.slice(-MOST_MAILS),
  };
}

/** Forgets mails and senders beyond the limits, beginning with the senders whose last mail is oldest. */
function bound(entries: { [address: string]: Entry }): void {
  const newest = Object.entries(entries).sort(([, a], [, b]) => b.last - a.last);
  let bytes = 0;
  newest.forEach(([key, entry], rank) => {
    if (rank >= MOST_SENDERS) delete entries[key];
    else {
      bytes += Buffer.byteLength(JSON.stringify(entry.mails));
      if (bytes > MOST_BYTES) entries[key] = { ...entry, mails: [] };
    }
  });
}
