/**
 * A real mail server (smtp-server), and a proxy before it that breaks the dialogue at a given command: it cuts the
 * connection, or answers instead of the server.
 */
import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface Got {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly user: string | undefined;
}

export interface MailServerOptions extends SMTPServerOptions {
  readonly password?: string;
  /** Called when somebody logs in. */
  readonly onLogin?: () => void;
}

export interface TestMailServer {
  readonly port: number;
  /** The mails that it accepted. */
  readonly got: Got[];
  readonly connections: () => number;
  close(): Promise<void>;
}

const listen = (server: { listen(port: number, host: string, done: () => void): unknown }) =>
  new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));

/** Starts a server that lets `sales` in by its password, or by the token `token-1`. */
export async function startMailServer({
  password = 'hunter2-secret',
  onLogin,
  ...options
}: MailServerOptions = {}): Promise<TestMailServer> {
  const got: Got[] = [];
  let connections = 0;
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    ...(options.key === undefined && { disabledCommands: ['STARTTLS'] }),
    authMethods: ['PLAIN', 'LOGIN', 'XOAUTH2'],
    disableReverseLookup: true,
    logger: false,
    onConnect(_, done) {
      connections++;
      done();
    },
    onAuth({ username, password: given, accessToken }, _, done) {
      onLogin?.();
      const isRight = given === password || accessToken === 'token-1';
      if (username === 'sales' && isRight) return done(null, { user: username });
      // A careless server says back what it was given.
      done(Object.assign(new Error(`5.7.8 not you: ${given ?? accessToken}`), { responseCode: 535 }));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', chunk => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        got.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
          user: session.user,
        });
        done(null, `2.0.0 Ok: queued as Q${got.length}`);
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await listen(server);
  return {
    port: (server.server.address() as AddressInfo).port,
    got,
    connections: () => connections,
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
}

/** Where the dialogue breaks: a command, the connection itself, or what follows the mail's last line. */
export type Break =
  | 'connect'
  | 'EHLO'
  | 'STARTTLS'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'RSET'
  | 'body'
  | '.';

export interface Breaker {
  readonly port: number;
  /** Breaks from now on; undefined to let everything pass. */
  breaks: { readonly at: Break; readonly by: 'cut' | string; readonly times?: number } | undefined;
  close(): Promise<void>;
}

/** Starts a proxy before a server. It hands over one command at a time, so that answers come in order. */
export async function startBreaker(target: number): Promise<Breaker> {
  const sockets = new Set<Socket>();
  let left = 0;
  let set: Breaker['breaks'];
  const isAt = (at: Break): boolean => {
    if (set?.at !== at || left === 0) return false;
    left--;
    return true;
  };
  const server: Server = createServer(client => {
    sockets.add(client);
    client.on('error', () => {});
    if (isAt('connect')) {
      if (set!.by === 'cut') client.destroy();
      else client.end(`${set!.by}\r\n`);
      return;
    }
    relay(client, target, isAt, () => set!.by, sockets);
  });
  await listen(server);
  return {
    port: (server.address() as AddressInfo).port,
    get breaks() {
      return set;
    },
    set breaks(breaks) {
      set = breaks;
      left = breaks?.times ?? Number.POSITIVE_INFINITY;
    },
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function relay(
  client: Socket,
  target: number,
  isAt: (at: Break) => boolean,
  by: () => string,
  sockets: Set<Socket>,
): void {
  const upstream = connect(target, '127.0.0.1');
  sockets.add(upstream);
  upstream.on('error', () => client.destroy());
  client.on('close', () => upstream.destroy());
  upstream.on('close', () => client.destroy());
  const cut = () => {
    client.destroy();
    upstream.destroy();
  };
  let mode: 'commands' | 'body' | 'raw' = 'commands';
  let pending = '';
  let isWaiting = true; // for the greeting
  let wasData = false;
  let isDropped = false;
  const next = (): void => {
    if (mode === 'raw' || isWaiting) return;
    if (mode === 'body') {
      if (isAt('body')) {
        cut();
        return;
      }
      const end = pending.startsWith('.\r\n') ? 3 : pending.indexOf('\r\n.\r\n') + 5;
      if (end < 5 && !pending.startsWith('.\r\n')) {
        const safe = Math.max(0, pending.length - 5);
        upstream.write(pending.slice(0, safe), 'latin1');
        pending = pending.slice(safe);
        return;
      }
      upstream.write(pending.slice(0, end), 'latin1');
      pending = pending.slice(end);
      mode = 'commands';
      isWaiting = true;
      // The server has the mail; nobody hears what it says of it.
      isDropped = isAt('.');
      return;
    }
    const at = pending.indexOf('\r\n');
    if (at < 0) return;
    const line = pending.slice(0, at + 2);
    pending = pending.slice(at + 2);
    const verb = /^[A-Za-z]+/.exec(line)?.[0].toUpperCase() ?? '';
    if (isAt(verb as Break)) {
      if (by() === 'cut') {
        cut();
        return;
      }
      client.write(`${by()}\r\n`);
      if (by().startsWith('421')) client.end();
      next();
      return;
    }
    isWaiting = true;
    wasData = verb === 'DATA';
    if (verb === 'STARTTLS') mode = 'raw';
    upstream.write(line, 'latin1');
  };
  client.on('data', chunk => {
    if (mode === 'raw') {
      upstream.write(chunk);
      return;
    }
    pending += chunk.toString('latin1');
    next();
  });
  upstream.on('data', chunk => {
    if (mode === 'raw') {
      client.write(chunk);
      return;
    }
    const text = chunk.toString('latin1');
    if (isDropped) {
      isDropped = false;
      if (by() === 'cut') {
        cut();
        return;
      }
      client.write(`${by()}\r\n`);
    } else client.write(chunk);
    if (!/^\d{3} .*\r\n$/m.test(text)) return;
    isWaiting = false;
    if (wasData && text.startsWith('354')) mode = 'body';
    wasData = false;
    next();
  });
}
