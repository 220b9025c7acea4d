/** Reads the e-mails of a deal, contact or account, in and out, as threads. */
import type { Json, Rec } from '../../domain/records.ts';
import { numberOf } from '../../domain/kinds.ts';
import type { View } from '../core/view.ts';

/** An e-mail of a conversation: a recorded one, or a message of ours. */
export interface ConversationMail {
  readonly id: string;
  /** The number of its thread, from 1. */
  readonly thread: number;
  readonly at: string;
  readonly direction: 'in' | 'out' | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly subject: string | null;
  readonly text: string | null;
  readonly attachments: string | null;
  /** What became of it, if it is a message of ours. */
  readonly status: string | null;
}

interface Found {
  readonly mail: Omit<ConversationMail, 'thread'>;
  /** The keys that it shares with the other mails of its thread. */
  readonly keys: readonly string[];
}

/** Returns the mails about a record that the viewer sees: threads in order of their last mail, each thread in order of time. */
export function conversationOf(view: View, id: string): ConversationMail[] {
  const kind = view.kinds.kindOf(id);
  const target = view.state.table(kind).row(numberOf(id));
  const messages = messagesOf(view, id);
  const found = messages.map(sent);
  const listed = new Set<Json | undefined>(messages.map(message => message.id));
  view.state.links(kind, 'activity', 'for').some(target, row => {
    const record = view.state.table('activity').record(row);
    // The log of a message that is listed itself.
    const isLog = listed.has(record.message);
    if (record.type === 'email' && !isLog && view.sees('activity', row)) found.push(recorded(record));
    return false;
  });
  return inThreads(found);
}

/** Our messages to a contact, or about a deal or an account. */
function messagesOf(view: View, id: string): Rec[] {
  const kind = view.kinds.kindOf(id);
  const messages = view.state.table('message');
  const records: Rec[] = [];
  if (messages.rows === 0) return records;
  view.state.links(kind, 'message', kind).some(view.state.table(kind).row(numberOf(id)), row => {
    const record = messages.record(row);
    if (record.channel === 'email' && record.status !== 'cancelled' && view.sees('message', row))
      records.push(record);
    return false;
  });
  return records;
}

const textOf = (value: Json | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** Mails without ids are a thread if they have the same subject. */
function keysOf(ids: readonly (Json | undefined)[], subject: string | null, own: string): string[] {
  const known = ids.flatMap(id => textOf(id) ?? []).map(id => id.split('#')[0]!);
  const bare = subject
    ?.replace(/^(\s*\p{L}{2,4}\s*:\s*)+/u, '')
    .trim()
    .toLowerCase();
  return known.some(id => id.startsWith('<')) ? known : bare ? [`subject:${bare}`] : [own];
}

function recorded(record: Rec): Found {
  const subject = textOf(record.subject);
  return {
    mail: {
      id: record.id,
      at: String(record.at),
      direction: record.direction === 'in' || record.direction === 'out' ? record.direction : null,
      from: textOf(record.from),
      to: textOf(record.to),
      subject,
      text: textOf(record.text),
      attachments: textOf(record.attachments),
      status: null,
    },
    keys: keysOf([record.externalId, record.inReplyTo, record.thread], subject, record.id),
  };
}

function sent(record: Rec): Found {
  const subject = textOf(record.subject);
  return {
    mail: {
      id: record.id,
      at: textOf(record.sentAt) ?? String(record.createdAt),
      direction: 'out',
      from: null,
      to: textOf(record.to),
      subject,
      text: textOf(record.body),
      attachments: null,
      status: textOf(record.status),
    },
    keys: keysOf([record.messageId, record.serverId], subject, record.id),
  };
}

/** Groups mails that share a key, directly or through other mails, into threads. */
function inThreads(found: readonly Found[]): ConversationMail[] {
  const parents = new Map<string, string>();
  const rootOf = (key: string): string => {
    let root = key;
    for (let next = parents.get(root); next !== undefined && next !== root; next = parents.get(root))
      root = next;
    return root;
  };
  for (const { keys } of found) for (const key of keys) parents.set(rootOf(key), rootOf(keys[0]!));
  const threads = new Map<string, Found['mail'][]>();
  for (const { mail, keys } of found) {
    const root = rootOf(keys[0]!);
    threads.set(root, [...(threads.get(root) ?? []), mail]);
  }
  const byTime = (a: Found['mail'], b: Found['mail']) =>
    a.at < b.at ? -1 : a.at > b.at ? 1 : numberOf(a.id) - numberOf(b.id);
  const sorted = [...threads.values()].map(mails => mails.sort(byTime));
  sorted.sort((a, b) => byTime(a.at(-1)!, b.at(-1)!));
  return sorted.flatMap((mails, i) => mails.map(mail => ({ ...mail, thread: i + 1 })));
}
