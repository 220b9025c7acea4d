import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GENESIS } from '../../../src/store/lines/encoding.ts';
import { appendSurely } from '../../../src/store/remotes/append-surely.ts';
import { addressOf } from '../../../src/store/remotes/index.ts';
import { tipOf } from '../../../src/store/journal/sealed.ts';
import { Machine } from '../../app/sharing/machines.ts';
import { emptyDirectory, workspace } from '../../harness.ts';
import { wordsOf } from '../../shell.ts';
import { chain, remoteContract } from './contract.ts';
import { remotePlace } from './place.ts';
import { hasPostgres, PostgresServer } from './postgres-server.ts';

/** The address in the README. */
const ADDRESS = 'git+file:///srv/crm.git';

const START = { seq: 0, hash: GENESIS };

let server: PostgresServer;
beforeAll(() => {
  if (hasPostgres) server = new PostgresServer();
}, 60_000);
afterAll(() => server?.remove());

const open = (address: string, extra = {}) => {
  const { kind, url } = addressOf(address, '/');
  return kind.open(url, remotePlace(extra));
};

describe.skipIf(!hasPostgres)('on a server of its own (skipped: no PostgreSQL)', () => {
  let count = 0;
  remoteContract('a table of a PostgreSQL database', () => {
    const schema = `crm_${++count}`;
    return {
      open: () => open(server.url('postgres'), { options: { schema } }),
      refuse() {
        const refuse = `CREATE FUNCTION ${schema}.refuse() RETURNS trigger LANGUAGE plpgsql
          AS $$ BEGIN RAISE EXCEPTION 'no appends on Mondays'; END $$`;
        const trigger = `CREATE TRIGGER closed BEFORE INSERT ON ${schema}.journal
          FOR EACH ROW EXECUTE FUNCTION ${schema}.refuse()`;
        server.sql('postgres', `${refuse}; ${trigger}`);
        return {
          words: /refuses: no appends on Mondays$/,
          allow: () => void server.sql('postgres', `DROP TRIGGER closed ON ${schema}.journal`),
        };
      },
    };
  });

  test('makes its tables at the first append, in the schema that was named, and notes the account', async () => {
    const database = server.create();
    const remote = await open(server.url(database), { options: { schema: 'crm_sales' } });
    expect(await remote.tip()).toEqual(START);
    expect(server.sql(database, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'crm%'")).toBe('0');
    await remote.append(START, chain(START, 2));
    expect(server.sql(database, 'SELECT seq, account FROM crm_sales.journal ORDER BY seq')).toBe(
      '1|postgres\n2|postgres',
    );
    await remote.close();
  });

  test('two machines that make the tables at once both go on', async () => {
    const database = server.create();
    const machines = await Promise.all([1, 2, 3, 4].map(() => open(server.url(database))));
    const won = await Promise.all(
      machines.map((each, n) => appendSurely(each, START, chain(START, 1, `m${n}`), [1])),
    );
    expect(won.filter(each => each)).toHaveLength(1);
    await Promise.all(machines.map(each => each.close()));
  });

  test('an account with INSERT and SELECT appends, and needs UPDATE to purge', async () => {
    const database = server.create();
    const owner = await open(server.url(database));
    const all = chain(START, 3);
    await owner.append(START, all.slice(0, 1));
    server.sql(
      database,
      `CREATE ROLE ana_${database} LOGIN; GRANT USAGE ON SCHEMA crm TO ana_${database};
       GRANT SELECT, INSERT ON crm.journal TO ana_${database}; GRANT SELECT ON crm.format TO ana_${database}`,
    );
    const ana = await open(server.url(database, `ana_${database}`));
    expect(await ana.append(tipOf(all[0]!), all.slice(1))).toEqual({ outcome: 'committed' });
    await expect(ana.redact(tipOf(all[2]!), [all[1]!])).rejects.toMatchObject({
      kind: 'FAILED',
      message: expect.stringMatching(/refuses: permission denied/),
      hint: expect.stringContaining('crm help remotes'),
    });
    await Promise.all([ana.close(), owner.close()]);
  });

  test('wakes waiting machines as soon as somebody appends, and stops waiting on request', async () => {
    const database = server.create();
    const [a, b] = [await open(server.url(database)), await open(server.url(database))];
    const all = chain(START, 2);
    await a.append(START, all.slice(0, 1));
    const stop = new AbortController();
    const woken = b.wait!(tipOf(all[0]!), 600_000, stop.signal);
    await a.append(tipOf(all[0]!), all.slice(1));
    await woken;
    // What came before it began to wait.
    await b.wait!(tipOf(all[0]!), 600_000, stop.signal);
    const stopped = b.wait!(tipOf(all[1]!), 600_000, stop.signal);
    stop.abort();
    await stopped;
    await Promise.all([a.close(), b.close()]);
  });

  test('the appends of others wait while a machine has its turn, and lose to it', async () => {
    const database = server.create();
    const [slow, fast] = [await open(server.url(database)), await open(server.url(database))];
    const all = chain(START, 3);
    await slow.append(START, all.slice(0, 1));
    await fast.append(tipOf(all[0]!), chain(tipOf(all[0]!), 1, 'fast'));
    const tip = await slow.tip();
    const endTurn = await slow.turn!();
    let isAnswered = false;
    const other = fast.append(tip, chain(tip, 1, 'fast')).finally(() => {
      isAnswered = true;
    });
    // The tip is asked for several times by the one that waits.
    for (let i = 0; i < 5; i++) await Promise.all([slow.tip(), new Promise(next => setTimeout(next, 30))]);
    expect(isAnswered).toBe(false);
    expect(await slow.append(tip, chain(tip, 1, 'slow'))).toEqual({ outcome: 'committed' });
    await endTurn();
    expect(await other).toEqual({ outcome: 'conflict' });
    const now = await fast.tip();
    expect(await fast.append(now, chain(now, 1, 'fast'))).toEqual({ outcome: 'committed' });
    await Promise.all([slow.close(), fast.close()]);
  });

  test('a server killed and started again has what it acknowledged, and machines go on by themselves', async () => {
    const database = server.create();
    const remote = await open(server.url(database));
    const all = chain(START, 4);
    await remote.append(START, all.slice(0, 2));
    server.stop('immediate');
    await expect(remote.tip()).rejects.toMatchObject({
      kind: 'FAILED',
      message: expect.stringContaining('cannot be reached'),
    });
    server.start();
    expect(await remote.tip()).toEqual(tipOf(all[1]!));
    expect(await remote.append(tipOf(all[1]!), all.slice(2))).toEqual({ outcome: 'committed' });
    await remote.close();
  });

  test('an append whose connection is cut is unsure, and is there once after it was put again', async () => {
    const database = server.create();
    const remote = await open(server.url(database));
    const ours = chain(START, 1);
    await remote.append(START, ours);
    // The server waits with the row until the session is ended from outside.
    server.sql(
      database,
      'CREATE FUNCTION slow() RETURNS trigger AS $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$ LANGUAGE plpgsql; CREATE TRIGGER slow BEFORE INSERT ON crm.journal FOR EACH ROW EXECUTE FUNCTION slow()',
    );
    const more = chain(tipOf(ours[0]!), 1);
    const appended = remote.append(tipOf(ours[0]!), more);
    const isAsleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    while (server.sql(database, isAsleep) !== '1') await new Promise(resolve => setTimeout(resolve, 20));
    server.sql(
      database,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
    );
    expect(await appended).toMatchObject({ outcome: 'unsure' });
    server.sql(database, 'DROP TRIGGER slow ON crm.journal');
    expect(await appendSurely(remote, tipOf(ours[0]!), more, [1])).toBe(true);
    expect((await remote.read(0, 9)).map(({ seq }) => seq)).toEqual([1, 2]);
    await remote.close();
  });

  test('tables of a newer crm are refused and left as they are', async () => {
    const database = server.create();
    const first = await open(server.url(database));
    await first.append(START, chain(START, 1));
    server.sql(database, 'UPDATE crm.format SET version = 99');
    const later = await open(server.url(database));
    await expect(later.tip()).rejects.toMatchObject({
      kind: 'INVALID',
      message: expect.stringContaining('a newer crm (version 99'),
    });
    await expect(later.append(START, chain(START, 1))).rejects.toMatchObject({ kind: 'INVALID' });
    await Promise.all([first.close(), later.close()]);
  });

  test('reports a refused login, and a missing database', async () => {
    const nobody = await open(server.url(server.create(), 'nobody'));
    await expect(nobody.tip()).rejects.toMatchObject({
      message: expect.stringMatching(/does not let nobody in: role "nobody" does not exist/),
    });
    const lost = await open(server.url('nowhere'));
    await expect(lost.tip()).rejects.toMatchObject({
      message: expect.stringMatching(/database "nowhere" does not exist/),
      hint: 'createdb makes it',
    });
  });
});

/** The README's chapter is over git; what it shows of changes that wait is what a database does with `CRM_OFFLINE`. */
describe.skipIf(!hasPostgres)(
  'the chapter "Two laptops, a team" of the README (skipped: no PostgreSQL)',
  () => {
    test('is true over PostgreSQL too: an offline edit on each side of a deal, a conflict, shown and settled', async () => {
      const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
      const chapter = /^## Two laptops, a team\n[\s\S]*?^```console\n([\s\S]*?)^```$/m.exec(readme)![1]!;
      const url = server.url(server.create());
      const first = new Machine((await workspace()).dir, join(emptyDirectory(), 'first'));
      for (const title of ['40 chairs', 'Tables']) await first.ok(['deal', 'add', title]);
      const second = new Machine(join(dirname(first.dir), 'laptop'), join(emptyDirectory(), 'second'));
      let shown = '';
      for (const line of chapter.split(/^(?=\$ )/m)) {
        const typed = line.slice(2, line.indexOf('\n'));
        if (!typed.startsWith('crm ')) continue;
        const isSecond = typed.includes('../laptop');
        const machine = isSecond ? second : first;
        const ran = await machine.crm(wordsOf(typed.slice(4).replace(ADDRESS, url)), {
          now: '2026-09-14T08:00:00.000Z',
          login: 'ana',
          cwd: first.dir,
          env: { CRM_OFFLINE: '1' },
        });
        shown += `$ ${typed}\n${`${ran.out}${ran.err}`.replaceAll(url, ADDRESS)}`;
      }
      const differs = /^(shared \d+ transactions|made \S+ of|changes |next: |\$ git ).*\n/gm;
      expect(shown.replace(differs, '')).toBe(chapter.replace(differs, ''));
      expect(shown).toMatch(/^changes are shared at once/m);
      for (const machine of [first, second]) {
        await machine.ok('sync');
        expect((await machine.json<{ value: string }>('deal show D2')).value).toBe('9000.00');
        await machine.sound();
      }
    });
  },
);
