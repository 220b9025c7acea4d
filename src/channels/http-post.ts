/** Sends a POST over HTTP to an allowed address, without redirects, proxies or cookies. */
import { lookup } from 'node:dns';
import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

/** The most bytes that are read of an answer: it is kept for a person to read, and a server may send without end. */
const MOST_ANSWER = 4096;

export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The time limit of the whole call, in milliseconds. */
  readonly timeout: number;
  readonly abort: AbortSignal;
}

/** The result of a call: an answer, or why there is none and whether the receiver may have seen the request. */
export type Posted =
  | {
      readonly status: number;
      readonly headers: IncomingMessage['headers'];
      /** The beginning of the body. */
      readonly text: string;
    }
  | { readonly maySeen: boolean; readonly error: NodeJS.ErrnoException };

/** Returns all addresses of a host. */
export type Resolve = (
  host: string,
  done: (error: NodeJS.ErrnoException | null, addresses: { address: string; family: number }[]) => void,
) => void;

const resolveBySystem: Resolve = (host, done) => lookup(host, { all: true, verbatim: true }, done);

/** Makes an error with a code that only crm uses. */
const refusal = (code: string, message: string): NodeJS.ErrnoException =>
  Object.assign(new Error(message), { code });

/** The code of the error when no address of the host is allowed. */
export const NOT_ALLOWED = 'CRM_NOT_ALLOWED';
/** The code of the error when the call took too long. */
export const TOO_LATE = 'CRM_TOO_LATE';

/** Sends POSTs, and keeps connections open for the next ones. */
export class Poster {
  readonly #agents: { readonly 'http:': HttpAgent; readonly 'https:': HttpsAgent };
  readonly #allows: (host: string, address: string) => boolean;

  /** `allows` says whether a host may be connected to at an address. */
  constructor(allows: (host: string, address: string) => boolean, resolve: Resolve = resolveBySystem) {
    this.#allows = allows;
    const lookup: LookupFunction = (host, { all }, done) =>
      resolve(host, (error, addresses) => {
        if (error) return done(error, '', 0);
        const allowed = addresses.filter(({ address }) => allows(host, address));
        if (allowed.length === 0)
          return done(refusal(NOT_ALLOWED, addresses.map(({ address }) => address).join(', ')), '', 0);
        // The connection goes to the address that was checked here: the name is not resolved again.
        return all ? done(null, allowed) : done(null, allowed[0]!.address, allowed[0]!.family);
      });
    const options = { keepAlive: true, maxSockets: 1, lookup };
    this.#agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };
  }

  /** Posts once. Never rejects. */
  async post(post: Post): Promise<Posted> {
    const host = post.url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !this.#allows(host, host))
      return { maySeen: false, error: refusal(NOT_ALLOWED, host) };
    const first = await this.#try(post);
    if (!('isStale' in first)) return first;
    // A server may close a kept connection just as it is used again.
    const second = await this.#try(post);
    return 'error' in second ? { maySeen: true, error: second.error } : second;
  }

  /** Closes the connections. */
  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  #try({ url, headers, body, timeout, abort }: Post): Promise<Posted & { readonly isStale?: true }> {
    const isSecure = url.protocol === 'https:';
    return new Promise(resolve => {
      // Without a connection, the receiver cannot have seen the request.
      let maySeen = false;
      let isAnswered = false;
      const send = isSecure ? httpsRequest : httpRequest;
      const request: ClientRequest = send(url, {
        method: 'POST',
        headers: { ...headers, 'content-length': body.byteLength },
        agent: this.#agents[isSecure ? 'https:' : 'http:'],
      });
      const end = (error: NodeJS.ErrnoException) => {
        if (isAnswered) return;
        clearTimeout(timer);
        abort.removeEventListener('abort', onAbort);
        request.destroy();
        const isStale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        resolve({ maySeen, error, ...(isStale && { isStale }) });
      };
      const timer = setTimeout(() => request.destroy(refusal(TOO_LATE, 'too late')), timeout);
      const onAbort = () => request.destroy(refusal('ABORT_ERR', 'given up'));
      abort.addEventListener('abort', onAbort);
      if (abort.aborted) onAbort();
      request.on('socket', socket => {
        if (request.reusedSocket) maySeen = true;
        else socket.once(isSecure ? 'secureConnect' : 'connect', () => (maySeen = true));
      });
      request.on('error', end);
      request.on('response', async response => {
        isAnswered = true;
        const text = await beginningOf(response);
        clearTimeout(timer);
        abort.removeEventListener('abort', onAbort);
        resolve({ status: response.statusCode!, headers: response.headers, text });
      });
      request.end(body);
    });
  }
}

/** Returns the beginning of an answer, even of an incomplete one. The rest is not read. */
async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= MOST_ANSWER) break;
    }
  } catch {
    // The status has arrived, and is enough to decide the outcome.
  }
  return Buffer.concat(chunks).subarray(0, MOST_ANSWER).toString();
}
