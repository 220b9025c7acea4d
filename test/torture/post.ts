/**
 * E-mails on their way: a workspace whose rule writes to each contact, a real mail server that writes down what arrived,
 * and what must hold of the two whatever was killed, cut, copied or restored in between.
 */
import { startMailServer, type TestMailServer } from '../channels/smtp-servers.ts';
import type { Machine } from './machine.ts';

/** How a workspace sends to a server on this machine; no brake is to stop what is tried. */
export const settings = (port: number): string => `
mail:
  from: 'Acme Sales <sales@example.com>'
  via: smtp
  max-per-run: 1000000
  smtp: { host: 127.0.0.1, port: ${port}, tls: none }
`;

export const rule = `name: Welcome
for: contact
on: [created]
steps:
  - send-email: { to: contact, subject: 'Hello {{ contact.name }}', body: 'Welcome' }
`;

export const contacts = (count: number): string =>
  ['name,email', ...Array.from({ length: count }, (_, i) => `Kim ${i},kim${i}@example.com`)].join('\n');

/** A mail server, and how often something arrived for each address. */
export interface Post {
  readonly port: number;
  readonly arrived: () => Map<string, number>;
  /** Forgets what arrived. */
  clear(): void;
  close(): Promise<void>;
}

export async function openPost(): Promise<Post> {
  const server: TestMailServer = await startMailServer();
  return {
    port: server.port,
    arrived() {
      const counts = new Map<string, number>();
      for (const { to } of server.got) for (const each of to) counts.set(each, (counts.get(each) ?? 0) + 1);
      return counts;
    },
    clear: () => void (server.got.length = 0),
    close: () => server.close(),
  };
}

export interface Letter {
  readonly id: string;
  readonly to: string;
  readonly status: string;
}

/** All e-mails of a workspace, as its messages say. */
export const lettersIn = async (machine: Machine): Promise<Letter[]> =>
  JSON.parse(await machine.ok(['message', 'list', '--json', '--fields', 'id,to,status']));

/**
 * Says what is wrong: an e-mail that arrived twice; one that is said to be sent and is not there; one that is there and
 * would be sent again; one that is gone.
 */
export function wrongOf(
  letters: readonly Letter[],
  arrived: ReadonlyMap<string, number>,
  all: number,
): string[] {
  const wrong: string[] = [];
  if (letters.length !== all) wrong.push(`${all} e-mails were queued, and there are ${letters.length}`);
  for (const { id, to, status } of letters) {
    const times = arrived.get(to) ?? 0;
    if (times > 1) wrong.push(`${id} arrived ${times} times`);
    if (times === 0 && status === 'sent') wrong.push(`${id} is sent, and did not arrive`);
    if (times > 0 && status !== 'sent' && status !== 'unknown') wrong.push(`${id} arrived, and is ${status}`);
  }
  return wrong;
}
