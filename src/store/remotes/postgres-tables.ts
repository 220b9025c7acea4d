/** The tables of a shared journal, and their versions. */
import type { Connection } from './postgres-database.ts';

/** The version of the tables that this crm makes and knows. A later one adds a migration from each before it. */
export const FORMAT = 1;

/** Makes the tables in one transaction; of two at the same time, the second waits and finds the tables. */
export async function createTables(connection: Connection, schema: string): Promise<void> {
  await connection.transaction(async () => {
    // A number of our own; CREATE ... IF NOT EXISTS of two sessions at once can fail.
    await connection.rows('SELECT pg_advisory_xact_lock(7231890, hashtext($1))', [schema]);
    for (const statement of statements(schema)) await connection.rows(statement);
  });
}

const statements = (schema: string): readonly string[] => [
  `CREATE SCHEMA IF NOT EXISTS ${schema}`,
  `CREATE TABLE IF NOT EXISTS ${schema}.journal (
    seq bigint PRIMARY KEY CHECK (seq > 0),
    prev text NOT NULL,
    hash text NOT NULL UNIQUE,
    request text NOT NULL,
    body bytea NOT NULL,
    account text NOT NULL DEFAULT session_user,
    stored_at timestamptz NOT NULL DEFAULT now())`,
  `CREATE TABLE IF NOT EXISTS ${schema}.format (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version integer NOT NULL)`,
  `INSERT INTO ${schema}.format (version) VALUES (${FORMAT}) ON CONFLICT DO NOTHING`,
];
