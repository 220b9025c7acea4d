/**
 * Finds the place of a database and its login like psql: from the address, otherwise a service file, otherwise the PG
 * variables; the password from PGPASSWORD or a password file. Nothing of this is kept in a workspace.
 */
import { usage, failed } from '../../domain/errors.ts';
import type { Io } from '../disk/io.ts';
import { sectionOf, textOf } from './ini-file.ts';
import type { RemotePlace } from './kind.ts';

export interface Login {
  /** A name, an address, or the directory of a socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | undefined;
  /** The certificate is verified, by the authorities of that file if one is named; false is no TLS at all. */
  readonly tls: false | { readonly ca?: string };
}

/** The parameters that an address may have after the question mark. */
const parameters = ['host', 'service', 'sslmode', 'sslrootcert'];

/** Throws USAGE for unknown parameters, or for less security than crm demands. */
export function checkAddress(url: URL): void {
  for (const name of url.searchParams.keys())
    if (!parameters.includes(name))
      throw usage(`${url.href}: ${JSON.stringify(name)} is not a parameter`, parameters.join(', '));
  modeOf(url.searchParams.get('sslmode') ?? undefined, url.href);
}

/** TLS is verified or left out: without verification, somebody in between could read everything. */
function modeOf(mode: string | undefined, from: string): 'verify' | 'none' | undefined {
  if (mode === undefined || mode === '') return undefined;
  if (mode === 'disable') return 'none';
  if (['require', 'verify-ca', 'verify-full'].includes(mode)) return 'verify';
  throw usage(
    `${from}: sslmode ${JSON.stringify(mode)} would do without a verified certificate`,
    'verify-full, with sslrootcert=FILE for an authority of your own; or disable, on a network that you trust',
  );
}

/** Throws USAGE if something is missing for which psql would ask. */
export function loginOf(url: URL, { io, env, own }: Pick<RemotePlace, 'io' | 'env' | 'own'>): Login {
  const service = serviceOf(url.searchParams.get('service') ?? env.PGSERVICE, io, env);
  const said = (fromUrl: string | null, key: string, variable: string): string | undefined =>
    fromUrl || service[key] || env[variable] || undefined;
  const user = said(decodeURIComponent(url.username), 'user', 'PGUSER') ?? env.USER ?? env.LOGNAME;
  if (!user) throw usage(`${url.href} does not say who logs in`, 'postgres://USER@host/database, or PGUSER');
  const host = said(url.searchParams.get('host') ?? url.hostname, 'host', 'PGHOST') ?? '/var/run/postgresql';
  const database = said(decodeURIComponent(url.pathname.slice(1)), 'dbname', 'PGDATABASE') ?? user;
  const port = Number(said(url.port, 'port', 'PGPORT') ?? 5432);
  const mode = modeOf(said(url.searchParams.get('sslmode'), 'sslmode', 'PGSSLMODE'), url.href);
  const root = said(url.searchParams.get('sslrootcert'), 'sslrootcert', 'PGSSLROOTCERT');
  const address = { host, port, database, user };
  const tls = (mode ?? (isNear(host) ? 'none' : 'verify')) === 'verify';
  return {
    ...address,
    password: env.PGPASSWORD ?? service.password ?? passwordOf(address, io, env, own),
    tls: tls && (root === undefined ? {} : { ca: readText(io, root) }),
  };
}

/** Whether the connection stays on this machine: a socket, or the loopback. */
const isNear = (host: string): boolean =>
  host.startsWith('/') || host === 'localhost' || host === '[::1]' || host === '::1' || /^127\./.test(host);

/** A section of the service file as names and values; empty for no service. */
function serviceOf(
  name: string | undefined,
  io: Io,
  env: RemotePlace['env'],
): Readonly<Record<string, string | undefined>> {
  if (name === undefined || name === '') return {};
  const files = [
    env.PGSERVICEFILE ?? `${env.HOME}/.pg_service.conf`,
    `${env.PGSYSCONFDIR ?? '/etc/postgresql-common'}/pg_service.conf`,
  ];
  for (const file of files) {
    const section = sectionOf(io, file, name);
    if (section) return section;
  }
  throw usage(`there is no service ${JSON.stringify(name)}`, `a section [${name}] in ${files[0]}`);
}

/** The password of the first line that fits, as libpq reads it; only a file that nobody else can read. */
function passwordOf(
  { host, port, database, user }: Pick<Login, 'host' | 'port' | 'database' | 'user'>,
  io: Io,
  env: RemotePlace['env'],
  own: string,
): string | undefined {
  const file = env.PGPASSFILE ?? `${env.HOME ?? own}/.pgpass`;
  const text = textOf(io, file);
  if (text === undefined) return undefined;
  if ((io.statSync(file).mode & 0o077) !== 0)
    throw failed(`${file} has passwords and can be read by others; it is not used`, `chmod 600 ${file}`);
  const wanted = [host.startsWith('/') ? 'localhost' : host, String(port), database, user];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    const cells = (line.match(/(?:\\.|[^:\\])*(?::|$)/g) ?? []).map(cell =>
      cell.replace(/:$/, '').replace(/\\(.)/g, '$1'),
    );
    if (cells.length >= 5 && wanted.every((each, n) => cells[n] === '*' || cells[n] === each))
      return cells[4];
  }
  return undefined;
}

function readText(io: Io, file: string): string {
  const text = textOf(io, file);
  if (text === undefined)
    throw usage(`sslrootcert: there is no file ${file}`, 'the certificate of the authority, as PEM');
  return text;
}
