/** Reads a mailbox over IMAP without changing anything in it: mails do not become seen. */
import type { FetchMessageObject, ImapFlow } from 'imapflow';
import { CrmError, failed } from '../domain/errors.ts';
import { addressOf, type ImapSettings } from '../domain/mail-settings.ts';
import { LARGEST_MAIL } from './mail-in/parsed-mail.ts';
import { certificateTrouble, handshakeTrouble } from './tls-words.ts';

/** The time limit of every step of a server, ms. */
const CONNECT = 15_000;
const SILENCE = 60_000;
/** The most mails whose sizes are requested together, and the most bytes and mails of a group that is fetched. */
const SIZES = 1000;
const GROUP_BYTES = 32 << 20;
const GROUP = 256;

/** The login, read when it is needed. */
export interface ImapLogin {
  readonly secret?: { readonly isToken: boolean; read(): Promise<string> };
}

/** A mail in a mailbox. */
export interface MailboxMail {
  readonly uid: number;
  /** Undefined if the mail is larger than LARGEST_MAIL. */
  readonly bytes?: Uint8Array;
}

export interface Mailbox {
  /** UIDVALIDITY: while it stays the same, the numbers of mails keep their meaning. */
  readonly uidValidity: string;
  /** The number that the next mail gets. */
  readonly uidNext: number;
  /** Yields the mails from a number on that arrived at `since`, ms, or later: in groups, in the order of their numbers. */
  mails(fromUid: number, since: number): AsyncGenerator<readonly MailboxMail[]>;
  close(): Promise<void>;
}

/** Opens a mailbox for reading. FAILED, with what the server said, if that is not possible. */
export async function openMailbox(
  { host, port, tls, user, mailbox: name }: Omit<ImapSettings, 'secret'>,
  { secret }: ImapLogin,
): Promise<Mailbox> {
  const at = addressOf({ host, port });
  const password = await secret?.read();
  const { ImapFlow: Client } = await import('imapflow');
  const client: ImapFlow = new Client({
    host,
    port,
    secure: tls === 'tls',
    doSTARTTLS: tls === 'starttls',
    connectionTimeout: CONNECT,
    greetingTimeout: CONNECT,
    socketTimeout: SILENCE,
    disableAutoIdle: true,
    maxResponseSize: 2 * LARGEST_MAIL,
    logger: false,
    ...(user !== undefined && {
      auth: { user, ...(secret?.isToken ? { accessToken: password } : { pass: password ?? '' }) },
    }),
  });
  // If the connection breaks between two commands, the next command fails and reports it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const opened = await client.mailboxOpen(name, { readOnly: true });
    return {
      uidValidity: String(opened.uidValidity),
      uidNext: opened.uidNext,
      mails: (fromUid, since) => mailsOf(client, at, fromUid, since),
      close: async () => client.close(),
    };
  } catch (error) {
    client.close();
    throw cutOff(at, error);
  }
}

async function* mailsOf(
  client: ImapFlow,
  at: string,
  fromUid: number,
  since: number,
): AsyncGenerator<readonly MailboxMail[]> {
  try {
    const query = since > 0 ? { since: new Date(since - 86_400_000) } : { all: true };
    const found = await client.search({ ...query, uid: `${fromUid}:*` }, { uid: true });
    // `7:*` finds the last mail, whatever its number is.
    const uids = (found || []).filter(uid => uid >= fromUid).sort((a, b) => a - b);
    for (let from = 0; from < uids.length; from += SIZES)
      for (const group of await groupsOf(client, uids.slice(from, from + SIZES), since))
        yield await contentsOf(client, group);
  } catch (error) {
    throw cutOff(at, error);
  }
}

interface Sized {
  readonly uid: number;
  readonly size: number;
}

/** Asks for the sizes first: a group is held in memory. */
async function groupsOf(client: ImapFlow, uids: readonly number[], since: number): Promise<Sized[][]> {
  const query = { uid: true, size: true, internalDate: true };
  const sized: Sized[] = [];
  for (const { uid, size = 0, internalDate } of await all(client, uids, query)) {
    const arrived = internalDate === undefined ? since : new Date(internalDate).getTime();
    if (!(arrived < since)) sized.push({ uid, size });
  }
  const groups: Sized[][] = [];
  let bytes = 0;
  for (const each of sized.sort((a, b) => a.uid - b.uid)) {
    const group = groups.at(-1);
    if (!group || group.length >= GROUP || bytes + each.size > GROUP_BYTES) {
      groups.push([each]);
      bytes = each.size;
    } else {
      group.push(each);
      bytes += each.size;
    }
  }
  return groups;
}

async function contentsOf(client: ImapFlow, group: readonly Sized[]): Promise<MailboxMail[]> {
  const readable = group.filter(({ size }) => size <= LARGEST_MAIL).map(({ uid }) => uid);
  const sources = new Map<number, Uint8Array>();
  for (const { uid, source } of await all(client, readable, { uid: true, source: true }))
    if (source) sources.set(uid, source);
  return group.flatMap(({ uid, size }): MailboxMail[] => {
    if (size > LARGEST_MAIL) return [{ uid }];
    const bytes = sources.get(uid);
    // The mail was deleted meanwhile.
    return bytes ? [{ uid, bytes }] : [];
  });
}

/** Collects all answers first: no other command may run while they arrive. */
async function all(
  client: ImapFlow,
  uids: readonly number[],
  query: { uid: boolean; size?: boolean; internalDate?: boolean; source?: boolean },
): Promise<FetchMessageObject[]> {
  if (uids.length === 0) return [];
  const answers: FetchMessageObject[] = [];
  for await (const each of client.fetch(uids.join(','), query, { uid: true })) answers.push(each);
  return answers;
}

/** Returns what a person is told about a failed connection; never the login. */
function cutOff(at: string, error: unknown): CrmError {
  if (error instanceof CrmError) return error;
  const { authenticationFailed, responseText, message, code } = error as Error & {
    authenticationFailed?: boolean;
    responseText?: string;
    code?: string;
  };
  if (authenticationFailed)
    return failed(
      `${at} refuses the login: ${responseText ?? message}`,
      'mail: fetch: user, and its password',
    );
  const codes = code === undefined ? [] : [code];
  const certificate = certificateTrouble(codes);
  if (certificate !== undefined)
    return new CrmError(
      'FAILED',
      `${at} cannot be trusted: ${certificate}`,
      'check mail: fetch: host; NODE_EXTRA_CA_CERTS names a file with the authority of a server of your own',
      error,
    );
  const handshake = handshakeTrouble(codes, message);
  if (handshake !== undefined)
    return new CrmError(
      'FAILED',
      `${at} did not begin an encrypted connection: ${handshake}`,
      'check mail: fetch: port and tls: 993 is tls, 143 is starttls',
      error,
    );
  return failed(
    `${at}: ${responseText ?? message ?? code}`,
    'the next crm mail fetch goes on where this one ended',
  );
}
