import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GENESIS } from '../../../src/store/lines/encoding.ts';
import { appendSurely } from '../../../src/store/remotes/append-surely.ts';
import { addressOf } from '../../../src/store/remotes/index.ts';
import { bucketOf } from '../../../src/store/remotes/s3-login.ts';
import { type Sealed, tipOf } from '../../../src/store/journal/sealed.ts';
import { emptyDirectory } from '../../harness.ts';
import { chain, remoteContract } from './contract.ts';
import { remotePlace } from './place.ts';
import { credentials, S3Server } from './s3-server.ts';

const START = { seq: 0, hash: GENESIS };
const server = new S3Server();
beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(() => {
  server.faults = {};
});

let count = 0;
const open = (address: string, env: Record<string, string> = credentials) => {
  const { kind, url } = addressOf(address, '/');
  return kind.open(url, remotePlace({ env }));
};
const home = () => server.url(`bucket-${++count}`);

/** The key of an object in the bucket that was made last. */
const keyOf = (seq: number) => `bucket-${count}/sales/journal/${String(seq).padStart(12, '0')}`;
const packKey = () => `bucket-${count}/sales/packs/000000000256`;

/** Puts transactions into that bucket as other machines did, without a request for each. */
function fill(transactions: readonly Sealed[]): void {
  for (const { seq, bytes } of transactions) server.objects.set(keyOf(seq), bytes);
}

remoteContract('a bucket', () => {
  const address = home();
  return {
    open: () => open(address),
    refuse() {
      server.faults = { status: 403 };
      return {
        words: /refuses: no puts on Mondays/,
        allow: () => {
          server.faults = {};
        },
      };
    },
  };
});

remoteContract('a bucket that lists two keys at a time', () => {
  server.faults = { page: 2 };
  const address = home();
  return { open: () => open(address) };
});

test('a store that ignores the condition is found out when it is added', async () => {
  const remote = await open(home());
  await remote.probe!();
  server.faults = { unconditional: true };
  await expect(remote.probe!()).rejects.toMatchObject({
    kind: 'FAILED',
    message: expect.stringContaining('does not refuse a second object of the same name'),
  });
  expect([...server.objects.keys()].filter(key => key.includes('probe'))).toEqual([]);
});

test('a put that met another one under way is tried again', async () => {
  const remote = await open(home());
  server.faults = { conflicts: 3 };
  expect(await remote.append(START, chain(START, 1))).toEqual({ outcome: 'committed' });
  server.faults = { conflicts: 99 };
  const tip = await remote.tip();
  expect(await remote.append(tip, chain(tip, 1))).toMatchObject({ outcome: 'unsure' });
});

test.each(['before', 'after'] as const)('a put cut %s it was carried out is there once', async cut => {
  const remote = await open(home());
  const ours = chain(START, 2);
  server.faults = { cuts: [cut, cut] };
  expect(await remote.append(START, ours)).toMatchObject({ outcome: 'unsure' });
  expect(await appendSurely(remote, START, ours, [0, 0, 0])).toBe(true);
  expect((await remote.read(0, 9)).map(({ hash }) => hash)).toEqual(ours.map(({ hash }) => hash));
});

test('packs complete groups, and reads by packs', async () => {
  const address = home();
  const remote = await open(address);
  const all = chain(START, 300);
  fill(all.slice(0, 240));
  expect(await remote.append(tipOf(all[239]!), all.slice(240))).toEqual({ outcome: 'committed' });
  const packs = () => [...server.objects].filter(([key]) => key.startsWith(`bucket-${count}/sales/packs/`));
  expect(packs().map(([key]) => key)).toEqual([packKey()]);
  // What is in the pack is not asked for one by one.
  for (let seq = 1; seq <= 256; seq++) if (seq !== 7) server.objects.delete(keyOf(seq));
  const reader = await open(address);
  const read = await reader.read(0, 1000);
  expect(read.map(({ hash }) => hash)).toEqual(all.map(({ hash }) => hash));
});

test('a purge rewrites the pack, or makes it before another machine with old bytes does', async () => {
  const address = home();
  const remote = await open(address);
  const all = chain(START, 257);
  fill(all);
  server.objects.set(packKey(), Buffer.concat(all.slice(0, 256).map(({ bytes }) => bytes)));
  const left = [
    { ...all[6]!, bytes: Buffer.from(all[6]!.bytes.toString().replace(/"by":"ana"/, '"by":"xxx"')) },
  ];
  for (const before of ['there', 'gone']) {
    if (before === 'gone') server.objects.delete(packKey());
    expect(await remote.redact(tipOf(all[256]!), left)).toBe('redacted');
    expect(server.objects.get(packKey())!.toString()).toContain('"by":"xxx"');
  }
});

describe('who signs', () => {
  test('a wrong key is refused in the words of the store', async () => {
    const remote = await open(home(), { ...credentials, AWS_SECRET_ACCESS_KEY: 'wrong' });
    await expect(remote.tip()).rejects.toMatchObject({
      kind: 'FAILED',
      message: expect.stringContaining('refuses: The signature does not match. (403)'),
    });
  });

  test('a store that nobody answers for is not reached', async () => {
    const remote = await open('s3://bucket/sales?endpoint=http://127.0.0.1:1');
    await expect(remote.tip()).rejects.toMatchObject({
      message: expect.stringContaining('cannot be reached'),
    });
    expect(await remote.append(START, chain(START, 1))).toMatchObject({ outcome: 'unsure' });
  });

  test('profiles and variables are read as the aws program reads them', () => {
    const dir = emptyDirectory();
    const file = (name: string, text: string) => {
      writeFileSync(join(dir, name), text);
      chmodSync(join(dir, name), 0o600);
      return join(dir, name);
    };
    const env = {
      AWS_SHARED_CREDENTIALS_FILE: file(
        'credentials',
        '[default]\naws_access_key_id = A\naws_secret_access_key = B\n[work]\naws_access_key_id=W\naws_secret_access_key=X\n',
      ),
      AWS_CONFIG_FILE: file('config', '[default]\nregion = eu-west-1\n[profile work]\nregion=eu-central-1\n'),
    };
    const bucket = (address: string, more = {}) =>
      bucketOf(new URL(address), remotePlace({ env: { ...env, ...more } }));
    expect(bucket('s3://acme-crm/sales/')).toMatchObject({
      base: 'https://s3.eu-west-1.amazonaws.com/acme-crm',
      prefix: 'sales/',
      accessKeyId: 'A',
    });
    expect(bucket('s3://acme-crm?profile=work')).toMatchObject({
      prefix: '',
      region: 'eu-central-1',
      accessKeyId: 'W',
    });
    expect(bucket('s3://acme-crm', { ...credentials, AWS_REGION: 'x' })).toMatchObject({
      accessKeyId: 'test-key',
      region: 'x',
    });
    expect(() => bucketOf(new URL('s3://acme-crm'), remotePlace({ env: {} }))).toThrow(
      'there is no key for s3://acme-crm',
    );
  });

  test.each([
    ['s3://Bucket_/x', /does not name a bucket/],
    ['s3://bucket/x?acl=public', /"acl" is not a parameter/],
    ['s3://bucket/x?endpoint=http://minio.example.com', /is not an endpoint/],
    ['s3://bucket/a%20b', /a prefix has letters/],
  ])('%s is refused', (address, message) => {
    expect(() => addressOf(address, '/')).toThrow(message);
  });
});
