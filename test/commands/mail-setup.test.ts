import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startMailServer, type TestMailServer } from '../channels/smtp-servers.ts';
import { type RunOptions, type TestWorkspace, workspace } from '../harness.ts';

const SECRET = 'hunter2-secret';
let server: TestMailServer;
beforeAll(async () => {
  server = await startMailServer({ password: SECRET });
});
afterAll(() => server.close());
beforeEach(() => {
  server.got.length = 0;
});

const on = (ws: TestWorkspace, env: Record<string, string> = {}): RunOptions => ({
  env: {
    XDG_STATE_HOME: `${ws.dir}.machine`,
    CRM_NOW: '',
    HOME: '/nowhere',
    XDG_CONFIG_HOME: `${ws.dir}.config`,
    ...env,
  },
});
const yaml = (ws: TestWorkspace) => readFileSync(join(ws.dir, 'crm.yaml'), 'utf8');
const byOptions = (...more: string[]) => [
  'mail',
  'setup',
  '--from',
  'Acme Sales <sales@example.com>',
  '--server',
  `127.0.0.1:${server.port}`,
  '--tls',
  'none',
  '--user',
  'sales',
  '--password-env',
  'CRM_SMTP_PASSWORD',
  ...more,
];

describe('crm mail setup', () => {
  test('writes mail: by options, keeps comments, trusts it here, and sends a test e-mail', async () => {
    const ws = await workspace('empty');
    appendFileSync(join(ws.dir, 'crm.yaml'), '# ours\n');
    const ran = await ws.crm(
      byOptions('--to', 'Ana <ana@example.com>'),
      on(ws, { CRM_SMTP_PASSWORD: SECRET }),
    );
    expect([ran.code, ran.err]).toEqual([
      0,
      'e-mails leave by smtp; trusted 2 items on this machine (crm trust --show)\nsent a test e-mail to ana@example.com: look for it there, and in its spam folder too\n',
    ]);
    expect(yaml(ws)).toContain('# ours\n');
    expect(await ws.json('config')).toMatchObject({
      mail: {
        from: 'Acme Sales <sales@example.com>',
        via: 'smtp',
        smtp: {
          host: '127.0.0.1',
          port: server.port,
          tls: 'none',
          user: 'sales',
          'password-env': 'CRM_SMTP_PASSWORD',
        },
      },
    });
    expect(server.got).toMatchObject([{ to: ['ana@example.com'], user: 'sales' }]);
    expect(await ws.json('message list')).toEqual([]);
    expect(await ws.ok('history')).toContain('mail setup');
  });

  test.each([
    ['a wrong password', { CRM_SMTP_PASSWORD: 'other-secret' }, 'does not let sales in', 'app password'],
    ['no password', {}, '$CRM_SMTP_PASSWORD is not set', 'cron'],
  ])('says what failed in words, and keeps the settings: %s', async (_, env, reason, hint) => {
    const ws = await workspace('empty');
    const ran = await ws.crm(byOptions('--to', 'ana@example.com'), on(ws, env as Record<string, string>));
    expect(ran.code).toBe(1);
    expect(ran.err).toContain(reason);
    expect(ran.err).toContain(hint);
    expect(ran.err).not.toContain('other-secret');
    expect(yaml(ws)).toContain('via: smtp');
  });

  test('warns of a command that has the secret among its words, as does crm mail check', async () => {
    const ws = await workspace('empty');
    const args = byOptions('--no-test').map(each =>
      each === '--password-env'
        ? '--password-command'
        : each === 'CRM_SMTP_PASSWORD'
          ? `echo ${SECRET}`
          : each,
    );
    const { code, err } = await ws.crm(args, on(ws));
    expect(code).toBe(0);
    expect(err).toContain('the command has the secret itself, and is in crm.yaml');
    expect(err).not.toContain(SECRET);
    expect((await ws.crm('mail check', on(ws))).out).toContain(
      'the command in crm.yaml has it among its words',
    );
  });

  test('asks on a terminal, and keeps a password that is typed in a private file', async () => {
    const ws = await workspace('empty');
    const answers: Record<string, string> = {
      'How do': '\r',
      'Who are': 'Acme <sales@example.com>\r',
      'Mail server': `127.0.0.1:${server.port}\r`,
      User: 'sales\r',
      'Where is': '\r',
      Password: `${SECRET}\r`,
    };
    const ran = await ws.crm('mail setup --tls none --to ana@example.com', {
      ...on(ws),
      tty: 100,
      typed: question => {
        // A question with an answer that Enter takes is drawn anew once something else is typed.
        const start = Object.keys(answers).find(each => question.startsWith(each))!;
        const keys = answers[start]!;
        answers[start] = '';
        return keys;
      },
    });
    expect([ran.code, ran.err]).toEqual([
      0,
      expect.stringContaining('sent a test e-mail to ana@example.com'),
    ]);
    expect(ran.out + ran.err + yaml(ws)).not.toContain(SECRET);
    const file = `${ws.dir}.config/crm/mail-password-127.0.0.1`;
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual([`${SECRET}\n`, 0o600]);
    expect(yaml(ws)).toContain(`password-file: ${file}`);
  });

  test('fills in the servers of well-known providers', async () => {
    const ws = await workspace('empty');
    const args = [
      'mail',
      'setup',
      '--from',
      'acme@gmail.com',
      '--password-file',
      '/nowhere/secret',
      '--no-test',
    ];
    await ws.ok(args, on(ws));
    expect(await ws.json('config')).toMatchObject({
      mail: { smtp: { host: 'smtp.gmail.com', port: 465, tls: 'tls', user: 'acme@gmail.com' } },
    });
    await ws.ok('mail setup --bcc archive@example.com --no-test', on(ws));
    expect(yaml(ws)).toContain('bcc: archive@example.com');
    await ws.ok(['mail', 'setup', '--sendmail', "msmtp -a 'my account' -t", '--no-test'], on(ws));
    expect(await ws.json('config')).toMatchObject({
      mail: { via: 'sendmail', sendmail: ['msmtp', '-a', 'my account', '-t'] },
    });
    await ws.ok('mail setup --via files', on(ws));
    expect(await ws.json('config')).toMatchObject({
      mail: { via: 'files', smtp: { host: 'smtp.gmail.com' } },
    });
  });

  test.each([
    [[], 'whom are e-mails from?'],
    [['--from', 'sales@example.com'], 'which server sends e-mails?'],
    [['--from', 'sales@example.com', '--server', 'h'], 'where is the password kept?'],
    [['--from', 'sales', '--server', 'h', '--password-env', 'P', '--no-test'], 'is not an e-mail address'],
    [['--from', 'a@b.c', '--server', 'h:p', '--password-env', 'P'], '"h:p" is not a server'],
    [
      ['--from', 'a@b.c', '--server', 'h', '--password-env', 'P', '--password-file', '/f'],
      'a secret is kept in one place',
    ],
    [
      ['--from', 'a@b.c', '--server', 'h', '--tls', 'none', '--password-env', 'P', '--no-test'],
      'for a server on this machine alone',
    ],
    [['--from', 'a@b.c', '--server', 'h', '--password-file', 'x', '--no-test'], 'must be an absolute path'],
    [['--via', 'telegram'], '--via: unknown value "telegram"'],
  ])('refuses %j, and changes nothing', async (args, message) => {
    const ws = await workspace('empty');
    const before = yaml(ws);
    const ran = await ws.crm(['mail', 'setup', ...args], on(ws));
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toContain(message);
    expect(yaml(ws)).toBe(before);
  });

  test('is for users who may change settings, and a dry run writes nothing', async () => {
    const ws = await workspace('empty');
    const before = yaml(ws);
    await ws.ok(byOptions('--dry-run', '--to', 'ana@example.com'), on(ws));
    expect([yaml(ws), server.got]).toEqual([before, []]);
    await ws.ok('user add ada --role admin');
    await ws.ok('user add ben --role normal --as ada');
    expect(await ws.crm(byOptions('--as', 'ben', '--no-test'), on(ws))).toMatchObject({
      code: 1,
      err: expect.stringContaining('ben is normal and may not change settings'),
    });
    expect(yaml(ws)).not.toMatch(/^mail:/m);
  });
});

describe('crm mail check', () => {
  const check = async (mail: string, env: Record<string, string> = {}) => {
    const ws = await workspace('empty');
    appendFileSync(join(ws.dir, 'crm.yaml'), mail);
    writeFileSync(`${ws.dir}.secret`, 'x', { mode: 0o644 });
    const ran = await ws.crm('mail check --json', on(ws, env));
    const findings = ran.json<{ check: string; state: string; text: string }[]>();
    return { code: ran.code, find: (name: string) => findings.find(each => each.check === name) };
  };
  const smtp = (from: string, rest: string) => `mail: { from: ${from}, via: smtp, smtp: { ${rest} } }\n`;

  test('says that files go nowhere', async () => {
    const { code, find } = await check('');
    expect([code, find('via')]).toEqual([0, expect.objectContaining({ state: 'note' })]);
  });

  test.each([
    [smtp('acme@gmail.com', 'host: smtp.example.com'), 'from', 'problem', 'may not send for it (DMARC)'],
    [smtp('acme@gmail.com', 'host: smtp.gmail.com'), 'from', 'ok', ''],
    [smtp('crm@localhost', 'host: smtp.example.com'), 'from', 'problem', 'not public'],
    [
      smtp('a@acme.example', 'host: smtp.gmail.com, user: acme@gmail.com, password-env: P'),
      'alignment',
      'note',
      'SPF',
    ],
    [
      smtp('a@acme.example', 'host: h, dkim: { domain: other.example, selector: s, key-file: /k }'),
      'alignment',
      'problem',
      'DMARC',
    ],
    [
      smtp('a@acme.example', 'host: h, dkim: { domain: acme.example, selector: s, key-file: /k }'),
      'alignment',
      'ok',
      '',
    ],
    [smtp('a@acme.example', 'host: h, user: u, password-env: NOT_SET'), 'secret', 'problem', 'is not set'],
    [
      smtp('a@acme.example', 'host: h, user: u, password-file: /nowhere/x'),
      'secret',
      'problem',
      'cannot be read',
    ],
    [
      smtp('a@acme.example', 'host: h, user: u, password-command: [touch, /tmp/crm-must-not-run]'),
      'secret',
      'note',
      'prints it',
    ],
    [smtp('a@acme.example', 'host: h'), 'trust', 'problem', 'mail server h:587'],
    [
      'mail: { from: a@acme.example, via: sendmail, sendmail: [/usr/sbin/sendmail, -i] }\n',
      'program',
      'problem',
      'needs -t',
    ],
    ['mail: { from: a@acme.example, via: sendmail, sendmail: [msmtp, -t] }\n', 'program', 'ok', ''],
  ])('%j: %s is %s', async (mail, name, state, text) => {
    const { code, find } = await check(mail);
    expect(find(name)).toMatchObject({ state, text: expect.stringContaining(text) });
    expect(code).toBe(1);
  });

  test.each([
    ['', 'note', 'by e-mail only'],
    ['serve: { address: https://crm.example.com }\n', 'ok', 'by one click'],
  ])('says how recipients of campaigns unsubscribe, with %j', async (serve, state, text) => {
    const ws = await workspace('empty');
    appendFileSync(join(ws.dir, 'crm.yaml'), `${smtp('a@acme.example', 'host: h')}${serve}`);
    mkdirSync(join(ws.dir, 'templates'), { recursive: true });
    writeFileSync(join(ws.dir, 'templates/news.md'), '---\nsubject: News\nkind: campaign\n---\nHello\n');
    const findings = (await ws.crm('mail check --json', on(ws))).json<{ check: string }[]>();
    expect(findings.find(({ check: name }) => name === 'unsubscribe')).toMatchObject({
      state,
      text: expect.stringContaining(text),
    });
  });
});
