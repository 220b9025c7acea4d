/** `crm <noun> edit`: YAML in an editor until it is right; what was typed is never lost. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

const furnished = copiesOf(async () => {
  const ws = await workspace('automated-sales');
  for (const args of [
    ['user', 'add', 'ana', '--role', 'admin'],
    [
      'deal',
      'add',
      '40 chairs: "oak"',
      '--value',
      '5200',
      '--contact',
      'jane@example.com',
      '--contact-name',
      'Jane Roe',
      '--account',
      'Acme',
      '--tags',
      'a,b',
    ],
  ])
    await ws.ok(args);
  return ws;
});

/** What is kept of edits that were not saved. */
const kept = (ws: TestWorkspace): string[] => {
  const dir = join(ws.dir, '.crm', 'edit');
  return existsSync(dir) ? readdirSync(dir).sort() : [];
};

/** An editor that does one thing after the other, and shows what it was given. */
function editor(...steps: ((text: string) => string | undefined | Promise<string>)[]) {
  const seen: string[] = [];
  const commands: (readonly string[])[] = [];
  return {
    seen,
    commands,
    editor: (text: string, command: readonly string[]) => {
      seen.push(text);
      commands.push(command);
      const step = steps.shift();
      if (!step) throw new Error(`the editor is opened again on\n${text}`);
      return step(text);
    },
  };
}

const replace = (from: string, to: string) => (text: string) => {
  if (!text.includes(from)) throw new Error(`no ${from} in\n${text}`);
  return text.replace(from, to);
};

describe('a record', () => {
  test('is YAML of the settable fields, with the rest as comments', async () => {
    const ws = await furnished();
    const its = editor(text => text);
    const { code, out, err } = await ws.crm('deal edit D1', its);
    expect([code, out, err]).toEqual([0, '', 'nothing changed\n']);
    expect(its.seen[0]).toBe(`# D1: removing a field empties it; emptying the whole text changes nothing.
# id: D1
# contact: Jane Roe (C1)
# account: Acme (A1)
# createdAt: 2026-09-14 10:00
# updatedAt: 2026-09-14 10:00
# stageSince: 2026-09-14 10:00
# nextAction: none

title: '40 chairs: "oak"'
value: "5200.00"
currency: EUR
pipeline: sales
stage: awaiting-processing
status: open
owner: null
contacts:
  - C1
account: A1
description: null
tags:
  - a
  - b
expectedClose: null
probability: null
closedAt: null
lostReason: null
externalId: null
fields:
  qualification: null
`);
    expect(its.commands).toEqual([['edit', '-w', join(ws.dir, '.crm', 'edit', 'D1.yaml')]]);
    expect(kept(ws)).toEqual([]);
  });

  test('reads typed values like set', async () => {
    const ws = await furnished();
    const typed = `title: 'Forty: chairs'
value: 1300
owner: ana
contacts: [jane@example.com]
tags: [b, c]
expectedClose: eom
externalId: 007
description: |
  two
  lines
currency: EUR
pipeline: sales
stage: In progress
status: open
fields: { qualification: target group }
`;
    const { code, err } = await ws.crm(
      'deal edit D1',
      editor(() => typed),
    );
    expect([code, err]).toEqual([0, 'changed D1 (Forty: chairs)\n']);
    expect(await ws.json('deal show D1')).toMatchObject({
      title: 'Forty: chairs',
      value: '1300.00',
      owner: 'ana',
      contacts: ['C1'],
      account: null,
      tags: ['b', 'c'],
      expectedClose: '2026-09-30',
      externalId: '007',
      description: 'two\nlines\n',
      stage: 'in-progress',
      fields: { qualification: 'target group' },
    });
    expect(await ws.ok('history D1 --fields via --limit 1')).toBe('deal edit\n');
  });

  test('of every kind can be edited', async () => {
    const ws = await furnished();
    for (const args of [
      'task add Call --for D1',
      'log call D1 asked',
      'event add form.submitted --contact C1 --prop form=quote --prop seats=3 --prop utm.source=007',
      'invoice add --for D1 --amount 10',
    ])
      await ws.ok(args);
    const edits = [
      ['contact edit C1', 'phone: null', 'phone: 123', 'contact list --fields phone', '123'],
      [
        'account edit Acme',
        'domain: null',
        'domain: acme.example',
        'account list --fields domain',
        'acme.example',
      ],
      ['task edit T1', 'due: null', 'due: 2026-12-01', 'task list --fields due', '2026-12-01'],
      ['activity edit V1', 'text: asked', 'text: answered', 'activity list --fields text', 'answered'],
      ['event edit E1', 'form.submitted', 'form.seen', 'event list --fields name', 'form.seen'],
      ['invoice edit I1', 'paid: null', 'paid: today', 'invoice list --fields paid', '2026-09-14'],
    ] as const;
    for (const [command, from, to, list, shows] of edits) {
      expect(await ws.crm(command, editor(replace(from, to))), command).toMatchObject({ code: 0 });
      expect(await ws.ok(list)).toBe(`${shows}\n`);
    }
  });

  test('an event with its properties', async () => {
    const ws = await furnished();
    await ws.ok(
      'event add form.submitted --contact C1 --prop form=quote --prop seats=3 --prop utm.source=007',
    );
    const its = editor(text =>
      text.replace('form: quote', 'form: sample').replace('  seats: 3\n', '').replace(/$/, '  oak: true\n'),
    );
    expect(await ws.crm('event edit E1', its)).toMatchObject({ code: 0 });
    expect(its.seen[0]).toContain('\nprops:\n  form: quote\n  seats: 3\n  utm.source: "007"\n');
    expect(its.seen[0]).not.toContain('# props');
    const props = async () => (await ws.json<{ props: unknown }>('event show E1')).props;
    expect(await props()).toEqual({ form: 'sample', 'utm.source': '007', oak: true });
    await ws.ok('event set E1 prop.form= prop.seats=5');
    expect(await props()).toEqual({ 'utm.source': '007', oak: true, seats: 5 });
    await ws.ok('event set --where prop.oak:true prop.oak=false');
    expect(
      await ws.crm(
        'event edit E1',
        editor(text => `${text.split('props:')[0]}props:\n`),
      ),
    ).toMatchObject({
      code: 0,
    });
    expect(await props()).toEqual({});
    expect(await ws.crm('event set E1 prop.__proto__=x')).toMatchObject({
      code: 2,
      err: expect.stringContaining('unknown field "prop.__proto__" of events'),
    });
  });

  test('each problem is shown above its line, until the text is right', async () => {
    const ws = await furnished();
    const its = editor(
      text => text.replace('"5200.00"', '12,5').replace('stage: awaiting-processing', 'stage: propsal'),
      text => text.replace('value: 12,5', 'value: 12.50').replace('owner: null', 'onwer: ana'),
      replace('stage: propsal', 'stage: in-progress'),
      replace('onwer: ana', 'owner: ana'),
    );
    const { code, err } = await ws.crm('deal edit D1', its);
    const marks = its.seen.map(text =>
      text
        .split('\n')
        .flatMap((line, i, all) => (line.startsWith('# ! ') ? [`${line} | ${all[i + 1]}`] : [])),
    );
    const stage = expect.stringMatching(/^# ! unknown stage "propsal".* \| stage: propsal$/);
    const owner = '# ! unknown field "onwer" of deals (did you mean owner?) | onwer: ana';
    expect(marks).toEqual([
      [],
      [expect.stringMatching(/^# ! .*"12,5" is not an amount.* \| value: 12,5$/), stage],
      [stage, owner],
      [owner],
    ]);
    expect([code, err]).toEqual([0, 'changed D1 (40 chairs: "oak")\n']);
  });

  test('a contradiction, or text that is not YAML, is shown at its line too', async () => {
    const ws = await furnished();
    const its = editor(
      replace('lostReason: null', 'lostReason: price'),
      replace('lostReason: price', 'lostReason: [oak'),
      replace('lostReason: [oak', 'lostReason: null\nnote: { a: 1 }'),
      replace('note: { a: 1 }', 'id: D7'),
      replace('id: D7', '# no'),
    );
    expect(await ws.crm('deal edit D1', its)).toMatchObject({
      code: 0,
      err: 'nothing to do: D1 (40 chairs: "oak") is already in that state\n',
    });
    expect(its.seen[1]).toMatch(/\n# ! only a lost deal has a lostReason .*\nlostReason: price\n/);
    expect(its.seen[2]).toMatch(/\n# ! .*\n.*/);
    expect(its.seen[3]).toMatch(/\n# ! note is a text, or a list of them\nnote: \{ a: 1 \}\n/);
    expect(its.seen[4]).toMatch(/\n# ! id of a deal follows from the history and cannot be set\nid: D7\n/);
  });

  test('an editor that writes the same wrong text again, without the marks, ends', async () => {
    const ws = await workspace();
    await ws.ok('deal add A');
    let opened = 0;
    const ran = await ws.crm('deal edit D1', {
      editor: () => {
        if (++opened > 5) throw new Error('the editor is opened for ever');
        return 'title: A\nvalue: much\n';
      },
    });
    expect({ opened, code: ran.code }).toEqual({ opened: 2, code: 2 });
    expect(ran.err).toContain('nothing was changed');
    // One that changes its text each time may go on.
    opened = 0;
    const trying = await ws.crm('deal edit D1', {
      editor: text => text.replace(/^value:.*$/m, ++opened < 4 ? `value: much${opened}` : 'value: "5.00"'),
    });
    expect({ opened, code: trying.code }).toEqual({ opened: 4, code: 0 });
  });

  test('saving the same mistake again gives up: the text is kept, and its place is named', async () => {
    const ws = await furnished();
    const before = await ws.ok('history --json');
    const its = editor(replace('value: "5200.00"', 'value: much'), text => text);
    const { code, out, err } = await ws.crm('deal edit D1', its);
    const path = join(ws.dir, '.crm', 'edit', 'D1.yaml');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('nothing was changed');
    expect(err).toContain(`what you wrote is kept in ${path}`);
    expect(readFileSync(path, 'utf8')).toContain('value: much');
    expect(await ws.ok('history --json')).toBe(before);
    // The next edit does not write over it.
    await ws.crm(
      'deal edit D1',
      editor(text => text),
    );
    expect(kept(ws)).toEqual(['D1.yaml']);
  });

  test('one that was changed meanwhile is a conflict, and the lock is not held', async () => {
    const ws = await furnished();
    const its = editor(async text => {
      await ws.ok('deal set D1 value=7');
      return text.replace('40 chairs', '41 chairs');
    });
    const { code, err } = await ws.crm('deal edit D1', its);
    expect(code).toBe(4);
    expect(err).toMatch(/what you wrote is kept in .*D1\.yaml\nError: D1 was changed meanwhile: its value\n/);
    expect(await ws.ok('deal list --fields value')).toBe('7.00\n');
    const gone = editor(async text => {
      await ws.ok('deal rm D1');
      return text.replace('40 chairs', '41 chairs');
    });
    expect(await ws.crm('deal edit D1', gone)).toMatchObject({
      code: 3,
      err: expect.stringContaining('D1 does not exist'),
    });
    expect(kept(ws)).toEqual(['D1-2.yaml', 'D1.yaml']);
  });

  test('another record that was changed meanwhile is not a conflict', async () => {
    const ws = await furnished();
    const its = editor(async text => {
      await ws.ok('contact set C1 phone=7');
      return text.replace('40 chairs', '41 chairs');
    });
    expect(await ws.crm('deal edit D1', its)).toMatchObject({
      code: 0,
      err: 'changed D1 (41 chairs: "oak")\n',
    });
  });

  test('a dry run shows the diff', async () => {
    const ws = await furnished();
    const ran = await ws.crm('deal edit D1 --dry-run', editor(replace('"5200.00"', '100')));
    expect(ran.out).toBe('D1 value: 5200.00 → 100.00\n');
    expect(await ws.ok('deal list --fields value')).toBe('5200.00\n');
  });

  test.each([
    ['an emptied text', (): string => '', 130, 'the text was emptied; nothing was changed'],
    [
      'a text of nothing but comments',
      (): string => '# x\n\n',
      130,
      'the text was emptied; nothing was changed',
    ],
    ['an editor that fails', (): undefined => undefined, 1, 'the editor ended with 1; nothing was changed'],
  ] as const)('%s changes nothing', async (_, step, code, message) => {
    const ws = await furnished();
    const before = await ws.ok('history --json');
    const ran = await ws.crm('deal edit D1', editor(step));
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err).toContain(message);
    expect(await ws.ok('history --json')).toBe(before);
    expect(kept(ws)).toEqual([]);
  });

  test('the editor has arguments and quotes, and is not a line of a shell', async () => {
    const ws = await furnished();
    const commandOf = async (env: Record<string, string>): Promise<unknown> => {
      const its = editor(text => text);
      const { code, err } = await ws.crm('deal edit D1', { ...its, env });
      return its.commands[0]?.slice(0, -1) ?? [code, err];
    };
    expect(await commandOf({ EDITOR: 'vi' })).toEqual(['vi']);
    expect(await commandOf({ VISUAL: 'code  -w', EDITOR: 'vi' })).toEqual(['code', '-w']);
    expect(await commandOf({ CRM_EDITOR: 'x', VISUAL: 'code -w' })).toEqual(['x']);
    expect(await commandOf({ EDITOR: '"/opt/my editor/e" -c \'set x\' $HOME;ls' })).toEqual([
      '/opt/my editor/e',
      '-c',
      'set x',
      '$HOME;ls',
    ]);
    expect(await commandOf({ EDITOR: "vi 'x" })).toEqual([
      2,
      expect.stringContaining('a quote is not closed'),
    ]);
    expect(await commandOf({ EDITOR: ' ' })).toEqual([2, expect.stringContaining('no editor is named')]);
  });

  test('without a terminal it names an alternative', async () => {
    const ws = await furnished();
    expect(await ws.crm('deal edit D1', { env: { EDITOR: 'vi' } })).toMatchObject({
      code: 2,
      err: 'Error: there is no terminal to edit on\nHint: without an editor: crm deal set D1 FIELD=VALUE\n',
    });
    expect(await ws.crm('deal edit D9', editor())).toMatchObject({
      code: 3,
      err: expect.stringContaining('D9 does not exist'),
    });
    expect(await ws.crm('deal edit --no-input', editor())).toMatchObject({
      code: 2,
      err: expect.stringContaining('which deal?'),
    });
    expect(kept(ws)).toEqual([]);
  });
});

describe('settings', () => {
  const rule = (text: string): string => `for: deal
on: [{ status-changes: { to: won } }]
steps:
  - add-task: { title: '${text}', due: +1d } # soon
`;

  async function withRule(): Promise<TestWorkspace> {
    const ws = await furnished();
    mkdirSync(join(ws.dir, 'automations'), { recursive: true });
    writeFileSync(join(ws.dir, 'automations', 'thanks.yaml'), rule('Thank them'));
    await ws.ok('view add hot is:open');
    await ws.ok('team add north ana');
    return ws;
  }

  test.each([
    ['pipeline edit sales', 'name: In progress', 'name: Busy', 'pipelines/sales.yaml'],
    ['stage edit in-progress', 'name: In progress', 'name: Busy', 'pipelines/sales.yaml'],
    ['automation edit thanks', 'Thank them', 'Thank you', 'automations/thanks.yaml'],
    ['view edit hot', 'is:open', 'is:won', 'crm.yaml'],
    ['team edit north', 'north:', 'south:', 'crm.yaml'],
    ['user edit ana', 'name: ana', 'name: Ana', 'crm.yaml'],
    ['field edit deal qualification', 'not a target', 'no target', 'crm.yaml'],
  ])('%s: the file that has it, comments and all', async (command, from, to, path) => {
    const ws = await withRule();
    const file = join(ws.dir, path);
    const before = readFileSync(file, 'utf8');
    const ran = await ws.crm(command, editor(replace(from, to)));
    expect([ran.code, ran.err]).toEqual([0, `changed ${path}\n`]);
    expect(readFileSync(file, 'utf8')).toBe(before.replace(from, to));
    await ws.ok('undo');
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('each problem is shown at its line, even if a rule or a deal needs a removed thing', async () => {
    const ws = await withRule();
    const its = editor(
      replace('status-changes: { to: won }', 'status-changes: { to: wn }'),
      replace('status-changes: { to: wn }', 'status-changes: { to: lost }'),
    );
    expect(await ws.crm('automation edit thanks', its)).toMatchObject({ code: 0 });
    expect(its.seen[1]).toMatch(/\n# ! .*unknown status "wn".*\non: \[/);
    const stage = / {2}- \{ id: awaiting-processing.*\n/;
    const gone = editor(
      text => text.replace(stage, '').replaceAll(/.*to: awaiting-processing.*\n|entry: .*\n/g, ''),
      text => text,
    );
    const ran = await ws.crm('pipeline edit sales', gone);
    expect([ran.code, ran.err]).toEqual([
      2,
      expect.stringContaining('has the stage awaiting-processing, which holds a deal, D1'),
    ]);
    expect(await ws.crm('doctor')).toMatchObject({ code: 0 });
  });

  test('automation set changes one value, and leaves a rule a rule', async () => {
    const ws = await withRule();
    const file = join(ws.dir, 'automations', 'thanks.yaml');
    await ws.ok(['automation', 'set', 'thanks', 'where=value.over:1k', 'runs=every-time', 'limit=2 per 24h']);
    expect(readFileSync(file, 'utf8')).toBe(
      `${rule('Thank them')}where: value.over:1k\nruns: every-time\nlimit: 2 per 24h\n`,
    );
    await ws.ok('automation set thanks limit= where=');
    const before = readFileSync(file, 'utf8');
    for (const [pair, code] of [
      ['where=valu:1', 2],
      ['limit=often', 2],
      ['runs=twice', 2],
      ['steps=x', 2],
      ['name=', 0],
    ] as const)
      expect((await ws.crm(['automation', 'set', 'thanks', pair])).code, pair).toBe(code);
    expect(await ws.crm('automation set nope runs=once')).toMatchObject({
      code: 3,
      err: expect.stringContaining('there is no automation "nope"'),
    });
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('a broken file can be mended', async () => {
    const ws = await withRule();
    writeFileSync(join(ws.dir, 'automations', 'thanks.yaml'), rule('x').replace('won', 'wn'));
    expect(await ws.crm('automation edit thanks', editor(replace('wn', 'won')))).toMatchObject({ code: 0 });
    expect(await ws.crm('automation lint')).toMatchObject({ code: 0 });
  });

  test('one that was changed meanwhile is a conflict', async () => {
    const ws = await withRule();
    const its = editor(async text => {
      await ws.ok('stage add Later --pipeline sales');
      return text.replace('name: In progress', 'name: Busy');
    });
    expect(await ws.crm('pipeline edit sales', its)).toMatchObject({
      code: 4,
      err: expect.stringContaining('pipelines/sales.yaml was changed meanwhile'),
    });
  });

  test.each([
    ['pipeline edit nope', 2],
    ['stage edit nope', 2],
    ['automation edit nope', 3],
    ['template edit nope', 3],
    ['view edit nope', 2],
    ['user edit nope', 2],
    ['field edit deal nope', 2],
    ['view edit --no-input', 2],
  ])('%s: exit %i before an editor is opened', async (command, code) => {
    const ws = await withRule();
    expect((await ws.crm(command, editor())).code).toBe(code);
  });

  test('is for users who may change settings', async () => {
    const ws = await withRule();
    await ws.ok('user add ben');
    expect(await ws.crm('--as ben view edit hot', editor())).toMatchObject({
      code: 1,
      err: expect.stringContaining('ben is normal and may not change settings'),
    });
  });
});
