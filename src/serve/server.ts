/**
 * Runs the HTTP server. Every request passes these checks, in this order, before its route gets it.
 *
 *     connection -> headers -> Host -> path and method -> rate of the client -> body -> route -> answer -> log
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Listen, ServeSettings } from '../domain/serve-settings.ts';
import { type Answer, answer, bodyOf, usualHeaders } from './answer.ts';
import { readBody, saysTooLong } from './body.ts';
import { Attention } from './attention.ts';
import { Buckets } from './buckets.ts';
import { clientsBehind, countedAs } from './client.ts';
import { Connections } from './connections.ts';
import { hostsOf } from './hosts.ts';
import { type Limits, usualLimits } from './limits.ts';
import type { Asked } from './request.ts';
import { type Route, routeOf } from './router.ts';

/** An answered request, for the log. */
export interface Logged {
  readonly at: number;
  readonly client: string;
  readonly method: string;
  /** The path, without anything secret. */
  readonly path: string;
  readonly status: number;
  readonly ms: number;
}

/** What the server needs. */
export interface Serving {
  /** The settings as they are now. */
  settings(): ServeSettings | Promise<ServeSettings>;
  /** Answers a request of a route; throws if the request was not taken in. */
  handle(route: Route, asked: Asked): Promise<Answer>;
  /** The answer to a request that could not be handled. */
  failed(error: unknown): Answer;
  log(request: Logged): void;
  now(): number;
}

export interface Running {
  /** The address where it listens, with the port that the system chose if none was given. */
  readonly listen: Listen;
  /** Accepts no new connections, and resolves when all requests under way are answered. */
  stop(): Promise<void>;
}

/** Starts listening; resolves once it accepts requests. Rejects if it cannot listen at the address. */
export async function startServer(
  at: Listen,
  serving: Serving,
  limits: Limits = usualLimits,
): Promise<Running> {
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeout,
    requestTimeout: limits.requestTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    connectionsCheckingInterval: limits.checkingInterval,
    noDelay: true,
  });
  server.maxRequestsPerSocket = limits.requests;
  server.maxHeadersCount = 100;
  server.setTimeout(limits.idleTimeout);
  const front = new Front(at, serving, limits);
  server.on('connection', socket => front.connections.add(socket));
  server.on('request', (request, response) => void front.take(request, response));
  server.on('checkContinue', (request, response) => void front.take(request, response, true));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => front.refuse(error, socket as Socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address() as { readonly port: number };
  front.listen = { ...at, port: address.port };
  return { listen: front.listen, stop: () => stop(server, front, limits) };
}

function stop(server: Server, front: Front, limits: Limits): Promise<void> {
  front.isStopping = true;
  front.attention.stop();
  return new Promise(resolve => {
    const timer = setTimeout(() => server.closeAllConnections(), limits.drainTimeout);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

class Front {
  readonly connections: Connections;
  readonly attention: Attention;
  readonly #buckets = new Buckets();
  readonly #serving: Serving;
  #clients: { readonly of: ServeSettings; readonly clientOf: ReturnType<typeof clientsBehind> } | undefined;
  readonly #limits: Limits;
  listen: Listen;
  isStopping = false;

  constructor(listen: Listen, serving: Serving, limits: Limits) {
    this.#limits = limits;
    this.connections = new Connections(limits.connections);
    this.attention = new Attention(limits.checkingInterval, serving.now);
    this.listen = listen;
    this.#serving = serving;
  }

  /** Handles a request from its headers to its answer. */
  async take(request: IncomingMessage, response: ServerResponse, expects = false): Promise<void> {
    this.attention.heard(request.socket);
    const begun = this.#serving.now();
    const seen = { client: request.socket.remoteAddress ?? '', path: '(unknown)' };
    let result: Answer;
    try {
      result = await this.#answer(request, response, expects, seen);
    } catch (error) {
      result = this.#serving.failed(error);
    }
    if (!response.destroyed && !request.socket.destroyed) this.#send(request, response, result);
    const now = this.#serving.now();
    const { client, path } = seen;
    const method = request.method ?? '';
    this.#serving.log({ at: begun, client, method, path, status: result.status, ms: now - begun });
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    expects: boolean,
    seen: { client: string; path: string },
  ): Promise<Answer> {
    const { headers, method = '', url = '', socket } = request;
    const at = this.#serving.now();
    const settings = await this.#serving.settings();
    const forwarded = headers['x-forwarded-for'];
    seen.client = this.#clientOf(settings)(
      socket.remoteAddress,
      Array.isArray(forwarded) ? forwarded.join(',') : forwarded,
    );
    if (!hostsOf(settings, this.listen)(headers.host)) return answer(421);
    const route = routeOf(url.split('?', 1)[0]!, settings);
    if (!route) return answer(404);
    seen.path = route.said;
    if (!(method === 'POST' ? route.post : /^(GET|HEAD)$/.test(method) && route.get))
      return answer(405, {
        Allow: [route.get && 'GET, HEAD', route.post && 'POST'].filter(Boolean).join(', '),
      });
    const wait = this.#buckets.take(`${route.said} ${countedAs(seen.client)}`, route.rate, at);
    if (wait > 0) return answer(429, { 'Retry-After': String(Math.ceil(wait / 1000)) });
    if (saysTooLong(request, route.most)) return answer(413);
    if (expects) response.writeContinue();
    const body = await readBody(request, route.most);
    if ('tooLong' in body) return answer(413);
    if ('aborted' in body) return answer(408);
    const pipelined = this.connections.began(socket);
    try {
      if (pipelined > this.#limits.pipelined) return answer(503, { 'Retry-After': '1' });
      const asked = {
        method: method as Asked['method'],
        headers,
        query: new URLSearchParams(url.split('?').slice(1).join('?')),
        body: body.bytes,
        client: seen.client,
        at,
      } as const;
      return await this.#serving.handle(route, asked);
    } finally {
      this.connections.ended(socket);
    }
  }

  /** The function that says which client sends a request, made once per settings. */
  #clientOf(settings: ServeSettings): ReturnType<typeof clientsBehind> {
    if (this.#clients?.of !== settings)
      this.#clients = { of: settings, clientOf: clientsBehind(settings.trustedProxies) };
    return this.#clients.clientOf;
  }

  #send(request: IncomingMessage, response: ServerResponse, result: Answer): void {
    if (result.status === 304) {
      response.writeHead(304, {
        ...usualHeaders,
        ...result.headers,
        ...(this.isStopping && { Connection: 'close' }),
      });
      response.end();
      return;
    }
    const body = bytesOf(bodyOf(result));
    // The rest of an unread body is not waited for: the connection ends with the answer.
    const isUnread = !request.complete;
    response.writeHead(result.status, {
      ...usualHeaders,
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': body.length,
      ...result.headers,
      ...((isUnread || this.isStopping) && { Connection: 'close' }),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
    if (!isUnread) return;
    // Cutting a connection while the client still writes loses the answer, so the client gets a moment to read it.
    request.resume();
    const { socket } = request;
    const timer = setTimeout(() => socket.destroy(), this.#limits.linger);
    socket.on('close', () => clearTimeout(timer));
  }

  /** Answers a request that is not HTTP, or did not arrive in time. */
  refuse(error: NodeJS.ErrnoException, socket: Socket): void {
    const isLate = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    const again = () => this.refuse(error, socket);
    if (isLate && this.attention.spare(socket, this.#limits.headersTimeout, again)) return;
    const status = isLate ? 408 : error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    socket.end(
      `HTTP/1.1 ${status} ${status === 408 ? 'Request Timeout' : 'Bad Request'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
    const timer = setTimeout(() => socket.destroy(), this.#limits.linger);
    socket.on('close', () => clearTimeout(timer));
    const at = this.#serving.now();
    this.#serving.log({
      at,
      client: socket.remoteAddress ?? '',
      method: '-',
      path: '(unreadable)',
      status,
      ms: 0,
    });
  }
}

const bytesOf = (body: string | Uint8Array): Uint8Array =>
  typeof body === 'string' ? Buffer.from(body) : body;
