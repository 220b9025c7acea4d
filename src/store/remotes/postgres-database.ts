/** A connection to a PostgreSQL server that is made when it is needed, and made again after it was cut. */
import type pg from 'pg';
import { CrmError } from '../../domain/errors.ts';
import type { Login } from './postgres-login.ts';

/** Milliseconds until a server that does not answer counts as not there. */
const CONNECT = 10_000;
/** Milliseconds that one statement may take. */
const STATEMENT = 60_000;

/**
 * The SQLSTATEs of a statement that was prepared on another connection, or is prepared already: a pool between us and the
 * server has given the connection to somebody else. Nothing was done then.
 */
const NOT_PREPARED: readonly string[] = ['26000', '42P05'];

export interface Connection {
  /** Returns the rows of a statement; one with a name is planned once for the connection. */
  rows<R>(text: string, values?: readonly unknown[], name?: string): Promise<R[]>;
  /** Runs `work` in a transaction: committed if it returns, rolled back if it throws. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** Waits for a word on a channel, for `milliseconds`, or until it is stopped. */
  notified(channel: string, milliseconds: number, stop: AbortSignal): { done: Promise<void>; cancel(): void };
}

/** The SQLSTATE of an error that the server sent. */
export function stateOf(error: unknown): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/**
 * Whether an error means that the connection was cut or the server is shutting down, so that the outcome of a
 * statement is unknown.
 */
export function isCut(error: unknown): boolean {
  const code = stateOf(error);
  if (code !== undefined) return /^(?:08|57P0)/.test(code);
  return !(error instanceof CrmError || error instanceof TypeError);
}

export class Database {
  readonly #pg: typeof pg;
  readonly #login: () => Login;
  #client: pg.Client | undefined;
  /** The login; known after the first attempt. */
  user = '';

  constructor(library: typeof pg, login: () => Login) {
    this.#pg = library;
    this.#login = login;
  }

  async connection(): Promise<Connection> {
    const client = this.#client ?? (await this.#connect());
    return connectionOf(client);
  }

  async #connect(): Promise<pg.Client> {
    const { tls, password, ...login } = this.#login();
    this.user = login.user;
    const client = new this.#pg.Client({
      ...login,
      // Undefined would have the library look for one by itself, in this process's environment.
      password: password ?? (() => ''),
      ssl: tls && { rejectUnauthorized: true, ...tls },
      connectionTimeoutMillis: CONNECT,
      query_timeout: STATEMENT,
      keepAlive: true,
      application_name: 'crm',
    });
    const forget = () => {
      if (this.#client === client) this.#client = undefined;
    };
    // Without somebody who listens, a connection that is cut would end the process.
    client.on('error', forget);
    client.on('end', forget);
    try {
      await client.connect();
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    this.#client = client;
    return client;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }
}

function connectionOf(client: pg.Client): Connection {
  const rows = async <R>(text: string, values: readonly unknown[] = [], name?: string): Promise<R[]> => {
    const query = { text, values: values as unknown[] };
    try {
      return (await client.query(name === undefined ? query : { ...query, name })).rows as R[];
    } catch (error) {
      if (name === undefined || !NOT_PREPARED.includes(stateOf(error) ?? '')) throw error;
      return (await client.query(query)).rows as R[];
    }
  };
  return {
    rows,
    async transaction(work) {
      await rows('BEGIN');
      try {
        const result = await work();
        await rows('COMMIT');
        return result;
      } catch (error) {
        await rows('ROLLBACK').catch(() => {});
        throw error;
      }
    },
    notified(channel, milliseconds, stop) {
      let cancel = () => {};
      const done = new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => cancel(), milliseconds);
        const told = (): void => {
          clearTimeout(timer);
          stop.removeEventListener('abort', told);
          client.off('notification', told);
          client.off('end', told);
          resolve();
        };
        cancel = told;
        stop.addEventListener('abort', told);
        client.on('notification', told);
        client.on('end', told);
        if (stop.aborted) told();
        else client.query(`LISTEN ${channel}`).catch(reject);
      });
      return { done, cancel: () => cancel() };
    },
  };
}
