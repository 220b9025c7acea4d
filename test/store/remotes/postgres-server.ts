/** A PostgreSQL server of the test's own: in a directory of its own, behind a socket, usually with nothing forced to disk. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The programs of the newest version that Debian has installed, else those on the path. */
function programs(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const directory = versions
    .map(version => join(debian, version, 'bin'))
    .find(bin => existsSync(join(bin, 'initdb')));
  if (directory !== undefined) return `${directory}/`;
  return spawnSync('initdb', ['--version']).error === undefined ? '' : undefined;
}

const bin = programs();

/** Whether there is one; in CI there must be. */
export const hasPostgres = bin !== undefined || process.env.CI !== undefined;

export class PostgresServer {
  readonly #dir = mkdtempSync(join(tmpdir(), 'crm-postgres-'));
  #count = 0;

  readonly #fsync: 'on' | 'off';

  /** Forces nothing to the disk, unless that is what is measured. */
  constructor(fsync: 'on' | 'off' = 'off') {
    this.#fsync = fsync;
    // The server refuses to run as root.
    if (process.getuid?.() === 0) execFileSync('chown', ['postgres', this.#dir]);
    else chmodSync(this.#dir, 0o700);
    this.#run(
      'initdb',
      '--no-sync',
      '--auth=trust',
      '--username=postgres',
      '--encoding=UTF8',
      '-D',
      this.data,
    );
    this.start();
  }

  get data(): string {
    return join(this.#dir, 'data');
  }

  #run(program: string, ...args: string[]): string {
    const command = [`${bin ?? ''}${program}`, ...args];
    const [file, ...rest] =
      process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--', ...command] : command;
    return execFileSync(file!, rest, { encoding: 'utf8', cwd: this.#dir, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  start(): void {
    const options = `-k ${this.#dir} -c listen_addresses= -c fsync=${this.#fsync} -c max_connections=60`;
    this.#run('pg_ctl', '-D', this.data, '-l', join(this.#dir, 'log'), '-w', '-o', options, 'start');
  }

  /** As if its machine had lost power, or as an administrator stops it. */
  stop(mode: 'immediate' | 'fast'): void {
    this.#run('pg_ctl', '-D', this.data, '-m', mode, '-w', 'stop');
  }

  sql(database: string, text: string): string {
    return this.#run(
      'psql',
      '-h',
      this.#dir,
      '-U',
      'postgres',
      '-d',
      database,
      '-qAt',
      '-v',
      'ON_ERROR_STOP=1',
      '-c',
      text,
    ).trim();
  }

  /** Makes an empty database; returns its name. */
  create(): string {
    const name = `crm_${++this.#count}`;
    this.sql('postgres', `CREATE DATABASE ${name}`);
    return name;
  }

  url(database: string, user = 'postgres'): string {
    return `postgres://${user}@localhost/${database}?host=${encodeURIComponent(this.#dir)}`;
  }

  remove(): void {
    try {
      this.stop('immediate');
    } catch {
      // It is stopped already.
    }
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
