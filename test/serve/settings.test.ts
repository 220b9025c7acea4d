import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseListen } from '../../src/domain/serve-settings.ts';
import { countedAs } from '../../src/serve/client.ts';
import { workspace } from '../harness.ts';
import { addSettings } from './running.ts';

test('each setting that is not as it should be is reported at its line', async () => {
  const ws = await workspace();
  await ws.ok('user add ana --role restricted --name Ana');
  const path = join(ws.dir, 'crm.yaml');
  const before = readFileSync(path, 'utf8');
  const first = before.split('\n').length;
  const cases: readonly (readonly [string, number, string])[] = [
    ['serve:\n  listn: 1', 1, 'unknown key "listn" (did you mean listen?)'],
    ['serve:\n  listen: nowhere', 1, '"nowhere" is not HOST:PORT'],
    ['serve:\n  address: https://x.example/path', 1, 'is not an address such as'],
    ['serve:\n  trusted-proxies: [proxy]', 1, 'must be an address or a network'],
    ['serve:\n  as: ben', 1, 'unknown user "ben"'],
    ['serve:\n  as: ana', 1, 'ana is restricted'],
    ['serve:\n  forms:\n    q: { fields: { name: name } }', 2, 'no field is the e-mail address'],
    [
      'serve:\n  forms:\n    q: { fields: { email: email, c: consent } }',
      2,
      'consent is not for somebody outside',
    ],
    [
      'serve:\n  forms:\n    q: { fields: { email: email, c: phon } }',
      2,
      'no field "phon" to fill in (did you mean phone?)',
    ],
    ['serve:\n  forms:\n    q: { fields: { email: email, c: deal.title } }', 2, 'the form makes no deal'],
    ['serve:\n  forms:\n    q:\n      pipeline: slaes', 3, 'unknown pipeline "slaes" (did you mean sales?)'],
    ['serve:\n  forms:\n    q:\n      required: [nme]', 3, 'no field "nme" (did you mean name?)'],
    ['serve:\n  forms:\n    q:\n      redirect: javascript:alert(1)', 3, 'is not an address such as'],
    ['serve:\n  forms:\n    q:\n      rate: often', 3, '"often" is not a rate'],
    ['serve:\n  forms:\n    q:\n      honeypot: name', 3, 'name is a field of the form'],
    [
      'serve:\n  hooks:\n    h: { event: x, fields: { e: email } }',
      2,
      'a hook without a provider needs one of token-env, token-file and token-command',
    ],
    [
      'serve:\n  hooks:\n    h: { event: x, token-file: data/token, fields: { e: email } }',
      2,
      'must be an absolute path',
    ],
    ['serve:\n  hooks:\n    h: { event: x, token-env: T }', 2, 'no field is the e-mail address'],
    [
      'serve:\n  hooks:\n    h: { provider: postmark, secret-env: T, event: x }',
      2,
      'postmark says itself which event it is',
    ],
    [
      'serve:\n  hooks:\n    h: { provider: postmark, token-env: T }',
      2,
      'a hook of a provider needs one of secret-env, secret-file and secret-command',
    ],
    ['serve:\n  hooks:\n    h: { provider: postmarc, secret-env: T }', 2, 'provider must be one of postmark'],
    ['serve:\n  hooks:\n    H: {}', 2, 'must be lower-case ASCII words'],
  ];
  for (const [yaml, line, message] of cases) {
    writeFileSync(path, before);
    addSettings(ws, yaml);
    const { code, err } = await ws.crm('deal list');
    expect([yaml, code, err]).toEqual([yaml, 5, expect.stringContaining(`crm.yaml:${first + 1 + line}: `)]);
    expect(err.replace(/\n.*\(|Hint: /g, '(')).toContain(message.split(' (did')[0]);
    expect(err).toContain(message.match(/did you mean \w+\?/)?.[0] ?? '');
  }
});

test.each([
  ['127.0.0.1:8025', { host: '127.0.0.1', port: 8025 }],
  ['[::1]:80', { host: '::1', port: 80 }],
  [':9000', { host: '127.0.0.1', port: 9000 }],
  ['9000', { host: '127.0.0.1', port: 9000 }],
  ['crm.internal:0', { host: 'crm.internal', port: 0 }],
  ['127.0.0.1', undefined],
  ['127.0.0.1:70000', undefined],
  ['a b:1', undefined],
  ['', undefined],
])('%j is where to listen: %j', (text, listen) => {
  expect(parseListen(text)).toEqual(listen);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001:0DB8:0:0:1::', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
])('%s is counted as %s', (client, counted) => {
  expect(countedAs(client)).toBe(counted);
});

test('reports impossible settings before it listens', async () => {
  const ws = await workspace();
  expect(await ws.crm('serve --listen nowhere')).toMatchObject({
    code: 2,
    err: expect.stringContaining('is not HOST:PORT'),
  });
  expect(await ws.crm('serve --listen 203.0.113.1:0')).toMatchObject({
    code: 1,
    err: expect.stringContaining('203.0.113.1 is not an address of this machine'),
  });
  expect(await ws.crm('serve --dry-run')).toMatchObject({
    code: 2,
    err: expect.stringContaining('serve answers whoever calls, and has no dry run'),
  });
});

test('crm config prints the settings in force, in the form of crm.yaml', async () => {
  const ws = await workspace();
  const bare = readFileSync(join(ws.dir, 'crm.yaml'), 'utf8');
  addSettings(
    ws,
    `serve:
  address: https://crm.example.com
  trusted-proxies: [10.0.0.0/8]
  hooks:
    meter: { token-env: METER, event: meter.read, fields: { mail: email, kwh: prop.kwh } }
    mailgun: { provider: mailgun, secret-file: ~/mailgun }
  forms:
    quote: { fields: { email: email }, pipeline: sales, honeypot: website }
`,
  );
  const inForce = async () => (await ws.json<{ serve: object }>('config')).serve;
  const first = await inForce();
  expect(first).toMatchObject({
    listen: '127.0.0.1:8025',
    hooks: {
      meter: { 'token-env': 'METER', event: 'meter.read', fields: { mail: 'email', kwh: 'prop.kwh' } },
      mailgun: { provider: 'mailgun', 'secret-file': '~/mailgun' },
    },
    forms: { quote: { event: 'form.submitted', pipeline: 'sales', honeypot: 'website' } },
  });
  writeFileSync(join(ws.dir, 'crm.yaml'), `${bare}\nserve: ${JSON.stringify(first)}\n`);
  expect(await inForce()).toEqual(first);
});
