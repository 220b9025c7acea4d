/**
 * A table of a PostgreSQL database as a remote: a row for each transaction, whose primary key is its number.
 *
 *     crm.journal   seq | prev | hash | request | body (bytes) | account | stored_at
 *     crm.format    the version of these tables
 *
 * An append is one statement, which writes all of its rows or none and only if the last row is the one that it goes
 * on from. The primary key decides between two that come at once; an advisory lock lets one that was too late several
 * times have a turn (see `turn`), for fairness alone. NOTIFY wakes those that wait.
 * Appending needs INSERT and SELECT; purging needs UPDATE as well.
 */
import { CrmError, invalid, usage } from '../../domain/errors.ts';
import { GENESIS } from '../lines/encoding.ts';
import type { Tip } from '../journal/journal.ts';
import { type Sealed, sealedOne } from '../journal/sealed.ts';
import type { RemoteKind } from './kind.ts';
import { checkAddress, loginOf } from './postgres-login.ts';
import { createTables, FORMAT } from './postgres-tables.ts';
import { type Connection, Database, isCut, stateOf } from './postgres-database.ts';
import { type Appended, type Redacted, Refused, type Remote, unreached } from './remote.ts';

const SCHEMA = 'crm';

export const postgres: RemoteKind = {
  name: 'PostgreSQL database',
  schemes: ['postgres', 'postgresql'],
  example: 'postgres://ana@db.example.com/sales',
  isOnline: true,
  options: ['schema'],
  remains: 'backups, the write-ahead log and standbys of the database, and rows until it is vacuumed',
  check: checkAddress,
  async open(url, place) {
    const schema = place.options.schema ?? SCHEMA;
    if (!/^[a-z_][a-z0-9_]{0,50}$/.test(schema))
      throw usage(
        `${JSON.stringify(schema)} cannot be the name of a schema`,
        'small letters, digits and _: --schema crm_sales',
      );
    const { default: pg } = await import('pg');
    return new PostgresRemote(url.href, schema, () => new Database(pg, () => loginOf(url, place)));
  },
};

/** The first half of the key of the advisory lock by which machines take turns; the second is of the schema. */
const TURNS = 7231891;
/** Milliseconds after which the server ends the turn of a machine from which it hears nothing. */
const TURN = 60_000;
/** Milliseconds that an append waits for another machine's turn, and a turn for others. */
const PATIENCE = 10_000;
/** Milliseconds between two attempts to append while another machine has its turn. */
const PAUSE = 50;

interface JournalRow {
  readonly body: Buffer;
}

/** Codes of PostgreSQL ("Appendix A") that are not failures here. */
const state = { noTable: '42P01', noSchema: '3F000', taken: '23505', deadlock: '40P01' };

class PostgresRemote implements Remote {
  readonly #shown: string;
  readonly #schema: string;
  readonly #table: string;
  readonly #database: Database;
  readonly #another: () => Database;
  #isChecked = false;
  #hasTurn = false;

  constructor(shown: string, schema: string, make: () => Database) {
    this.#shown = shown;
    this.#schema = schema;
    this.#table = `${schema}.journal`;
    this.#another = make;
    this.#database = make();
  }

  /** Asks for the version of the tables in the same round trip, because this is the first question of most commands. */
  async tip(): Promise<Tip> {
    const [last] = await this.#asking<{ version: number; seq: string | null; hash: string | null }>(
      connection =>
        connection.rows(
          `SELECT version, seq, hash FROM ${this.#schema}.format LEFT JOIN
            (SELECT seq, hash FROM ${this.#table} ORDER BY seq DESC LIMIT 1) AS last ON true`,
        ),
    );
    if (last) this.#requireKnown(last.version);
    return last?.hash ? { seq: Number(last.seq), hash: last.hash } : { seq: 0, hash: GENESIS };
  }

  async read(after: number, limit: number): Promise<Sealed[]> {
    const rows = await this.#asked<JournalRow>(
      `SELECT body FROM ${this.#table} WHERE seq > $1 ORDER BY seq LIMIT $2`,
      [after, limit],
    );
    return rows.map(({ body }, n) => {
      const sealed = sealedOne(body, `${this.#shown}, transaction ${after + n + 1}`);
      if (sealed.seq === after + n + 1) return sealed;
      throw invalid(`${this.#shown}: transaction ${after + n + 1} is missing there`, 'crm remote repair');
    });
  }

  async append(after: Tip, transactions: readonly Sealed[]): Promise<Appended> {
    const connection = await this.#reach();
    await this.#makeReady(connection);
    try {
      for (let waited = 0; ; waited += PAUSE) {
        const waits = !this.#hasTurn && waited < PATIENCE;
        if (await this.#insert(connection, after, transactions, waits)) return { outcome: 'committed' };
        const appended = await this.#whoseAre(transactions);
        if (appended.outcome === 'committed' || !waits || (await this.tip()).hash !== after.hash)
          return appended;
        // Nobody was first: another machine has its turn.
        await new Promise(resolve => setTimeout(resolve, PAUSE));
      }
    } catch (error) {
      if (isCut(error)) return { outcome: 'unsure', why: `${this.#shown}: ${reasonIn(error)}` };
      if (stateOf(error) === state.taken || stateOf(error) === state.deadlock)
        return this.#whoseAre(transactions);
      throw this.#refusal(error);
    }
  }

  /**
   * Inserts rows that continue the tip, or none; returns whether it did. If it `waits`, none while another machine has its
   * turn. A single one goes without arrays, and its statement is
   * prepared: then it costs the server little more than a bare INSERT, where planning it each time costs three times as much.
   */
  async #insert(
    connection: Connection,
    after: Tip,
    transactions: readonly Sealed[],
    waits: boolean,
  ): Promise<boolean> {
    const [one, ...more] = transactions;
    const columns = (['seq', 'prev', 'hash', 'request', 'bytes'] as const).map(column =>
      more.length > 0 ? transactions.map(each => each[column]) : one![column],
    );
    const text = this.#insertion(
      more.length > 0
        ? '* FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bytea[])'
        : '$1::bigint, $2::text, $3::text, $4::text, $5::bytea',
    );
    const name = more.length > 0 ? undefined : `crm append ${this.#schema}`;
    return (await connection.rows(text, [...columns, after.hash, this.#schema, waits], name)).length > 0;
  }

  /**
   * The statement returns a row if it appended, and notifies waiting machines. What is acknowledged must survive a crash of
   * the server, whatever the default of the database is: the setting is of this transaction, and needs no round trip.
   */
  #insertion(values: string): string {
    return `WITH put AS (
      INSERT INTO ${this.#table} (seq, prev, hash, request, body)
      SELECT ${values}
      WHERE $6::text = coalesce((SELECT hash FROM ${this.#table} ORDER BY seq DESC LIMIT 1), '')
        AND (NOT $8::boolean OR pg_try_advisory_xact_lock_shared(${TURNS}, hashtext($7::text)))
      RETURNING seq)
    SELECT pg_notify($7::text, max(seq)::text), set_config('synchronous_commit', 'on', true)
    FROM put HAVING count(*) > 0`;
  }

  /** The outcome for taken numbers: the same bytes are committed, other bytes are somebody else's. */
  async #whoseAre(transactions: readonly Sealed[]): Promise<Appended> {
    const numbers = transactions.map(({ seq }) => seq);
    const rows = await this.#asked<{ seq: string; hash: string }>(
      `SELECT seq, hash FROM ${this.#table} WHERE seq = ANY($1::bigint[])`,
      [numbers],
    );
    const there = new Map(rows.map(({ seq, hash }) => [Number(seq), hash]));
    const isOurs = transactions.every(({ seq, hash }) => there.get(seq) === hash);
    return { outcome: isOurs ? 'committed' : 'conflict' };
  }

  /**
   * The turn is a transaction of a connection of its own, which ends with it: the server ends one of a machine that sleeps or
   * is gone. Without a turn, the append is as safe, and may be too late again.
   */
  async turn(): Promise<() => Promise<void>> {
    const own = this.#another();
    try {
      await (await own.connection()).rows(
        `BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${TURN}; SET LOCAL lock_timeout = ${PATIENCE};
        SELECT pg_advisory_xact_lock(${TURNS}, hashtext('${this.#schema}'))`,
      );
      this.#hasTurn = true;
    } catch {
      await own.close();
    }
    return async () => {
      this.#hasTurn = false;
      await own.close();
    };
  }

  async redact(tip: Tip, left: readonly Sealed[]): Promise<Redacted> {
    const connection = await this.#reach();
    try {
      return await connection.transaction(async () => {
        await connection.rows('SET LOCAL synchronous_commit = on');
        // Appends wait until the redaction of their base is done.
        await connection.rows(`LOCK TABLE ${this.#table} IN SHARE ROW EXCLUSIVE MODE`);
        if ((await this.tip()).seq !== tip.seq) return 'conflict';
        for (const { seq, hash, bytes } of left) await this.#redactOne(connection, seq, hash, bytes);
        return 'redacted';
      });
    } catch (error) {
      if (isCut(error)) throw unreached(this.#shown, reasonIn(error), error);
      throw this.#refusal(error);
    }
  }

  async #redactOne(connection: Connection, seq: number, hash: string, bytes: Buffer): Promise<void> {
    const [found] = await connection.rows<{ hash: string; same: boolean }>(
      `SELECT hash, body = $2 AS same FROM ${this.#table} WHERE seq = $1`,
      [seq, bytes],
    );
    if (found?.hash !== hash)
      throw invalid(`${this.#shown}: transaction ${seq} is another one there`, 'crm remote repair');
    if (!found.same)
      await connection.rows(`UPDATE ${this.#table} SET body = $2 WHERE seq = $1`, [seq, bytes]);
  }

  async wait(after: Tip, milliseconds: number, stop: AbortSignal): Promise<void> {
    const connection = await this.#reach();
    const told = connection.notified(this.#schema, milliseconds, stop);
    // Appends from before it listened are not notified.
    if ((await this.tip()).seq > after.seq) told.cancel();
    await told.done;
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  /** Throws Unreached without an answer, and Refused if the login is refused. */
  async #reach(): Promise<Connection> {
    try {
      return await this.#database.connection();
    } catch (error) {
      if (error instanceof CrmError) throw error;
      const code = stateOf(error);
      if (code !== undefined && !isCut(error))
        throw new Refused(
          `${this.#shown} does not let ${this.#database.user} in: ${reasonIn(error)}`,
          hintFor(code),
        );
      const noTls = /does not support SSL/.test(reasonIn(error));
      throw unreached(
        this.#shown,
        noTls ? 'the server has no TLS (?sslmode=disable goes without it)' : reasonIn(error),
        error,
      );
    }
  }

  /** Returns the rows of a reading statement, if the version of the tables is known; none if they do not exist yet. */
  #asked<R>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    return this.#asking(async connection => {
      await this.#checkFormat(connection);
      return connection.rows<R>(text, values);
    });
  }

  async #asking<R>(ask: (connection: Connection) => Promise<R[]>): Promise<R[]> {
    const connection = await this.#reach();
    try {
      return await ask(connection);
    } catch (error) {
      if (stateOf(error) === state.noTable || stateOf(error) === state.noSchema) return [];
      if (isCut(error)) throw unreached(this.#shown, reasonIn(error), error);
      throw this.#refusal(error);
    }
  }

  /** Makes the tables if they do not exist: the first append needs the right to create them. */
  async #makeReady(connection: Connection): Promise<void> {
    try {
      await this.#checkFormat(connection);
    } catch (error) {
      const code = stateOf(error);
      if (code !== state.noTable && code !== state.noSchema) throw this.#refusal(error);
      try {
        await createTables(connection, this.#schema);
        this.#isChecked = true;
      } catch (refused) {
        if (isCut(refused)) throw unreached(this.#shown, reasonIn(refused), refused);
        throw this.#refusal(refused);
      }
    }
  }

  async #checkFormat(connection: Connection): Promise<void> {
    if (this.#isChecked) return;
    const [format] = await connection.rows<{ version: number }>(`SELECT version FROM ${this.#schema}.format`);
    this.#requireKnown(format?.version ?? FORMAT);
  }

  #requireKnown(version: number): void {
    if (version > FORMAT)
      throw invalid(
        `${this.#shown}: its tables are of a newer crm (version ${version}; this one knows ${FORMAT})`,
        'install the newer crm; nothing was changed',
      );
    this.#isChecked = true;
  }

  #refusal(error: unknown): unknown {
    const code = stateOf(error);
    if (error instanceof CrmError || code === undefined) return error;
    return new Refused(`${this.#shown} refuses: ${reasonIn(error)}`, hintFor(code), error);
  }
}

const reasonIn = (error: unknown): string =>
  (error as Error).message || String((error as { code?: unknown }).code);

const hints: Readonly<Record<string, string>> = {
  '42501': 'crm help remotes says which rights an account needs',
  '28P01': 'PGPASSWORD, or a line in ~/.pgpass',
  '28000': 'PGPASSWORD, or a line in ~/.pgpass; and pg_hba.conf of the server',
  '3D000': 'createdb makes it',
  '25006': 'it is a standby: name the primary server',
};
const hintFor = (code: string): string | undefined => hints[code];
