import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addressOf } from '../../../src/store/remotes/index.ts';
import { type Login, loginOf } from '../../../src/store/remotes/postgres-login.ts';
import { emptyDirectory } from '../../harness.ts';
import { remotePlace } from './place.ts';

const login = (address: string, env: Record<string, string> = {}): Login =>
  loginOf(new URL(address), remotePlace({ env: { HOME: '/nowhere', USER: 'eve', ...env } }));

const file = (name: string, text: string, mode = 0o600): string => {
  const path = join(emptyDirectory(), name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};

describe('who logs in to which database', () => {
  test.each<[string, Record<string, string>, Partial<Login>]>([
    [
      'postgres://ana@db.example.com/sales',
      {},
      { host: 'db.example.com', port: 5432, database: 'sales', user: 'ana', tls: {} },
    ],
    ['postgres://db.example.com:6000', { PGUSER: 'ben' }, { port: 6000, user: 'ben', database: 'ben' }],
    ['postgres:///sales', {}, { host: '/var/run/postgresql', user: 'eve', tls: false }],
    [
      'postgres:///sales',
      { PGHOST: 'h', PGPORT: '7', PGDATABASE: 'other' },
      { host: 'h', port: 7, database: 'sales', tls: {} },
    ],
    ['postgres://ana@localhost/x?host=%2Ftmp', {}, { host: '/tmp', tls: false }],
    ['postgres://a%40b@127.0.0.1/x', {}, { user: 'a@b', tls: false }],
    ['postgres://ana@127.0.0.1/x?sslmode=require', {}, { tls: {} }],
    ['postgres://ana@db.example.com/x?sslmode=disable', {}, { tls: false }],
    ['postgres://ana@db.example.com/x', { PGSSLMODE: 'disable' }, { tls: false }],
    ['postgres://ana@db/x', { PGPASSWORD: 'secret' }, { password: 'secret' }],
  ])('%s %j', (address, env, expected) => {
    expect(login(address, env)).toMatchObject(expected);
  });

  test('takes a service from its file', () => {
    const PGSERVICEFILE = file(
      'services',
      '# ours\n[other]\nhost=no\n[sales]\nhost = db.example.com\nuser=ana\ndbname=crm\npassword=s3\n',
    );
    expect(login('postgres:///?service=sales', { PGSERVICEFILE })).toMatchObject({
      host: 'db.example.com',
      user: 'ana',
      database: 'crm',
      password: 's3',
    });
    expect(() => login('postgres:///?service=nope', { PGSERVICEFILE })).toThrow('there is no service "nope"');
  });

  test('takes the password of the first line that fits', () => {
    const PGPASSFILE = file(
      'pgpass',
      '# x\ndb:5432:sales:ben:no\ndb:*:sales:ana:with\\:colon\n*:*:*:*:any\n',
    );
    expect(login('postgres://ana@db/sales', { PGPASSFILE }).password).toBe('with:colon');
    expect(login('postgres://ana@db/other', { PGPASSFILE }).password).toBe('any');
  });

  test('does not use passwords that others can read', () => {
    const PGPASSFILE = file('pgpass', '*:*:*:*:any\n', 0o644);
    expect(() => login('postgres://ana@db/x', { PGPASSFILE })).toThrow(/can be read by others/);
  });

  test.each([
    ['postgres://ana@db/x?sslmode=prefer', /would do without a verified certificate/],
    ['postgres://ana@db/x?sslmode=no-verify', /would do without a verified certificate/],
    ['postgres://ana@db/x?application_name=y', /"application_name" is not a parameter/],
    ['postgres://ana:secret@db/x', /must not have a password/],
  ])('%s is refused', (address, message) => {
    expect(() => addressOf(address, '/')).toThrow(message);
  });
});
