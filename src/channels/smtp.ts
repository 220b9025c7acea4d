/**
 * The channel that hands e-mails to a mail server. One connection serves all messages of a delivery. It uses the library's
 * connection, and not its pool: the pool sends a message again if the connection ends, even after the server has it.
 */
import { Readable } from 'node:stream';
import { domainToASCII } from 'node:url';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { readAddress } from '../domain/email.ts';
import { CrmError } from '../domain/errors.ts';
import type { Rate } from '../domain/mail-settings.ts';
import type { Answer, Channel, Mail } from './channel.ts';
import { mailBytes, type Rendering } from './mail-bytes.ts';
import { Slots } from './slots.ts';
import { answerTo, type Failure, MOST_REPLY, type Peer, type Stage } from './smtp-answer.ts';

export interface SmtpServer extends Peer {
  /** Returns the user's secret; called at each login, since a token expires. Throws CrmError. */
  readonly secret?: { readonly isToken: boolean; read(): Promise<string> };
  readonly rate?: Rate;
  readonly dkim?: NonNullable<Rendering['dkim']>;
  /** Certificates of authorities, PEM; left out: the ones that Node has. */
  readonly ca?: string;
}

/** The time limit for connecting and for the server's greeting, ms. */
const CONNECTING = 30_000;

/** Returns the channel to a server. It connects when the first message is sent. */
export function smtpChannel(server: SmtpServer): Channel {
  const slots = server.rate && new Slots(server.rate.count, server.rate.per);
  let open: Dialogue | undefined;
  return {
    async ready(abort) {
      if (open) return undefined;
      open = new Dialogue(server);
      const down = await open.ready(abort);
      if (down) {
        open.close();
        open = undefined;
      }
      return down;
    },
    async send(message, abort): Promise<Answer> {
      if (message.channel !== 'email')
        return { outcome: 'failed', reason: 'only e-mails can be sent by SMTP' };
      const rendering = { newline: 'windows', ...(server.dkim && { dkim: server.dkim }) } as const;
      let bytes: Uint8Array;
      try {
        bytes = await mailBytes(message, rendering);
      } catch (error) {
        return { outcome: 'failed', reason: error instanceof Error ? error.message : String(error) };
      }
      await slots?.take();
      if (abort.aborted) return { outcome: 'channel-down', reason: 'the delivery was stopped' };
      const isReused = open !== undefined;
      open ??= new Dialogue(server);
      let answer = await open.send(message, bytes, abort);
      // The server may have closed an idle connection: a new connection shows whether it accepts messages.
      if (answer.outcome !== 'sent' && isReused && open.endedBefore) {
        open.close();
        open = new Dialogue(server);
        answer = await open.send(message, bytes, abort);
      }
      if (!open.isUsable) {
        open.close();
        open = undefined;
      }
      return answer;
    },
    async close() {
      open?.quit();
      open = undefined;
    },
  };
}

/** The commands of a dialogue with the part that each belongs to. The lines of a login are not commands. */
const stages: Readonly<Record<string, Stage>> = {
  CONN: 'connect',
  EHLO: 'connect',
  HELO: 'connect',
  STARTTLS: 'tls',
  AUTH: 'auth',
  MAIL: 'mail',
  RCPT: 'rcpt',
  DATA: 'data',
  RSET: 'mail',
};

/** Returns the part of the dialogue that a command line belongs to. */
const stageOf = (line: string): Stage => stages[/^([A-Z]+)( |$)/.exec(line)?.[1] ?? ''] ?? 'auth';

/** One connection to a server: it logs in, and then sends one message after another. */
class Dialogue {
  readonly #server: SmtpServer;
  #connection: SMTPConnection | undefined;
  /** The commands that have no answer yet, in order: pipelining sends several at once. */
  readonly #unanswered: Stage[] = [];
  /** Whether the server may have the message. */
  #hasBody = false;
  /** The extensions that the server announced. */
  #offers = '';
  /** Whether it is logged in. */
  #isOpen = false;
  /** Whether a message went before: the server must be told to forget it (RSET). */
  #hasSent = false;
  #secrets: readonly string[] = [];
  /** Whether the connection can send another message. */
  isUsable = true;
  /** Whether the connection ended, or was refused, before the message was begun: then a new one can be tried. */
  endedBefore = false;

  constructor(server: SmtpServer) {
    this.#server = server;
  }

  /** Connects and logs in, unless that is done; returns why it cannot. */
  ready(abort: AbortSignal): Promise<Answer | undefined> {
    return this.#tried(abort, async () => {
      await this.#open();
      return undefined;
    });
  }

  async send(mail: Mail, bytes: Uint8Array, abort: AbortSignal): Promise<Answer> {
    return this.#tried(abort, async () => {
      await this.#open();
      if (this.#hasSent) await this.#called(done => this.#connection!.reset(done));
      this.#hasSent = true;
      return this.#transfer(mail, bytes);
    });
  }

  async #tried<T>(abort: AbortSignal, work: () => Promise<T>): Promise<T | Answer> {
    this.endedBefore = false;
    this.#hasBody = false;
    const stop = () => this.#stop();
    abort.addEventListener('abort', stop);
    try {
      return await work();
    } catch (error) {
      this.isUsable = false;
      if (error instanceof CrmError)
        return {
          outcome: 'channel-down',
          reason: error.message,
          ...(error.hint !== undefined && { hint: error.hint }),
        };
      const failure = this.#failureOf(error);
      const isEnd = failure.reply === undefined || failure.reply.startsWith('421');
      // An answer to a message does not end the connection.
      this.isUsable = !isEnd && this.#isOpen;
      this.endedBefore = isEnd && !this.#hasBody;
      return answerTo(failure, this.#server);
    } finally {
      abort.removeEventListener('abort', stop);
    }
  }

  /** Says goodbye, without waiting for an answer. */
  quit(): void {
    this.#connection?.quit();
    this.#connection?.close();
  }

  close(): void {
    this.#connection?.close();
  }

  /** After an abort nothing new begins; the answer to a message that the server has is waited for. */
  #stop(): void {
    if (!this.#hasBody) this.#connection?.close();
  }

  async #open(): Promise<void> {
    if (this.#isOpen) return;
    await this.#begin();
    this.#isOpen = true;
  }

  async #begin(): Promise<void> {
    const { default: Connection } = await import('nodemailer/lib/smtp-connection');
    const { host, port, tls, ca, user, secret } = this.#server;
    const password = await secret?.read();
    this.#secrets = password === undefined ? [] : secretForms(user ?? '', password);
    const connection = new Connection({
      host,
      port,
      secure: tls === 'tls',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      tls: { minVersion: 'TLSv1.2', ...(ca !== undefined && { ca }) },
      connectionTimeout: CONNECTING,
      greetingTimeout: CONNECTING,
      transactionLog: true,
      logger: this.#log(),
      ...(secret?.isToken && { customAuth: { [BY_TOKEN]: xoauth2(password!) } }),
    });
    this.#connection = connection;
    await new Promise<void>((resolve, reject) => {
      // Also emitted when the connection breaks while it is idle.
      connection.on('error', reject);
      connection.connect(error => (error ? reject(error) : resolve()));
    });
    if (password === undefined) return;
    await this.#called(done =>
      connection.login(
        secret!.isToken
          ? { user: user!, method: BY_TOKEN }
          : { credentials: { user: user!, pass: password } },
        done,
      ),
    );
  }

  /** Follows the dialogue by the library's log: which commands it sends, and which are answered. */
  #log() {
    const note = (entry: unknown, text?: unknown) => {
      const tnx = typeof entry === 'object' && entry !== null && 'tnx' in entry ? entry.tnx : undefined;
      if (tnx === 'client') this.#unanswered.push(stageOf(String(text)));
      if (tnx !== 'server') return;
      if (this.#unanswered.shift() === 'connect') this.#offers = String(text);
    };
    const silent = () => {};
    return {
      level: silent,
      trace: note,
      debug: note,
      info: silent,
      warn: silent,
      error: silent,
      fatal: silent,
    };
  }

  async #transfer(mail: Mail, bytes: Uint8Array): Promise<Answer> {
    const connection = this.#connection!;
    const { from, to, envelope = to } = mail;
    const addresses = { from: asciiDomain(readAddress(from)?.email ?? from), to: asciiDomain(envelope) };
    const foreign = [addresses.from, addresses.to].find(address => /[^\x20-\x7e]/.test(address));
    if (foreign !== undefined && !/^SMTPUTF8\b|[ -]SMTPUTF8\b/m.test(this.#offers))
      return {
        outcome: 'failed',
        reason: `${this.#server.host} does not take addresses such as ${foreign} (SMTPUTF8)`,
      };
    // The library reads this when the server has said 354 to DATA: from the first byte on, the server may have it.
    const body = Readable.from(this.#begun(bytes), { objectMode: false });
    const { response, serverMessageId } = await this.#called<SMTPConnection.SentMessageInfo>(done =>
      connection.send({ ...addresses, size: bytes.length, use8BitMime: true }, body, done),
    );
    return {
      outcome: 'sent',
      response: response.slice(0, MOST_REPLY),
      ...(serverMessageId && { serverId: serverMessageId }),
    };
  }

  *#begun(bytes: Uint8Array): Generator<Uint8Array> {
    this.#hasBody = true;
    yield bytes;
  }

  /** Makes a promise of a library call; rejects also if the connection ends meanwhile. */
  #called<T>(call: (done: (error: Error | null, result?: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const connection = this.#connection!;
      // The library calls back right after this event, with more detail.
      const ended = () => setImmediate(() => reject(new Error('the connection ended')));
      connection.once('error', reject);
      connection.once('end', ended);
      call((error, result) => {
        connection.off('error', reject);
        connection.off('end', ended);
        if (error) reject(error);
        else resolve(result as T);
      });
    });
  }

  #failureOf(error: unknown): Failure {
    const { code, originalCode, response, message, command } = error as {
      readonly [name in 'code' | 'originalCode' | 'response' | 'message' | 'command']?: unknown;
    };
    const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
    // The library names the command of a reply; without a reply, the first unanswered command was cut off.
    const asked =
      isText(response) && isText(command)
        ? stageOf(command)
        : code === 'EAUTH'
          ? 'auth'
          : (this.#unanswered[0] ?? 'connect');
    return {
      stage: this.#hasBody ? 'body' : asked,
      codes: [code, originalCode].filter(isText),
      message: this.#without(isText(message) ? message : String(error)),
      ...(isText(response) && { reply: this.#without(response) }),
    };
  }

  /** Returns a text without the secret, in case a server echoes it. */
  #without(text: string): string {
    return this.#secrets.reduce((kept, secret) => kept.replaceAll(secret, '***'), text);
  }
}

/** Returns the forms in which a secret goes over the connection. */
function secretForms(user: string, secret: string): string[] {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return [secret, base64(secret), base64(`\0${user}\0${secret}`), base64(xoauth2Text(user, secret))];
}

const xoauth2Text = (user: string, token: string): string =>
  `user=${user}\u0001auth=Bearer ${token}\u0001\u0001`;

/** Our own name for the login method: under the usual name, the library would fetch the token itself. */
const BY_TOKEN = 'CRM-TOKEN';

/** Logs in by an OAuth 2 access token. */
const xoauth2 =
  (token: string): import('nodemailer/lib/smtp-connection').CustomAuthenticationHandlers[string] =>
  async ({ auth, sendCommand }) => {
    const text = Buffer.from(xoauth2Text(auth.user ?? '', token)).toString('base64');
    let { status, response } = await sendCommand(`AUTH XOAUTH2 ${text}`);
    // The server sends the error in base64, and expects an empty line before it refuses.
    if (status === 334) ({ status, response } = await sendCommand(''));
    if (status < 200 || status >= 300) throw new Error(response);
  };

/** Returns an address with its domain in ASCII (punycode), as DNS has it. */
function asciiDomain(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = domainToASCII(address.slice(at + 1));
  return domain === '' ? address : `${address.slice(0, at)}@${domain}`;
}
