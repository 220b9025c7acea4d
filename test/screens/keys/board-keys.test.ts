import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { emptyDirectory, makeWorkspace, TestWorkspace } from '../../harness.ts';
import { restored, Seat } from './seat.ts';

const ESC = '\u001b';
let made: [TestWorkspace, () => void];
let ws: TestWorkspace;

const stageOf = async (id: string) => (await ws.json<{ stage: string }>(['deal', 'show', id])).stage;
const lastVia = async () => (await ws.json<{ via: string; by: string }[]>('history --limit 1'))[0];

beforeAll(async () => {
  made = await makeWorkspace('sales');
  const [ws] = made;
  const add = (title: string, ...more: string[]) => ws.ok(['deal', 'add', title, ...more]);
  await add('40 chairs, 10 tables', '--value', '5200', '--account', 'Acme');
  await add('Office fit-out, 84 workplaces', '--value', '66000', '--stage', 'in-contact');
  await add('株式会社 木村家具 desks', '--value', '12500');
  await add('Reading room 🎉 café', '--value', '980', '--currency', 'USD');
  await add('Shelves', '--value', '700', '--stage', 'follow-up');
  await ws.ok('task add Call --for D1 --due tomorrow');
});
afterAll(() => made[1]());

// A copy for each test, since most change it.
beforeEach(() => {
  ws = new TestWorkspace(join(emptyDirectory(), 'ws'));
  cpSync(made[0].dir, ws.dir, { recursive: true });
});

test.each([60, 80, 100, 160])('looks as people expect it on %i columns', async width => {
  const seat = new Seat(ws, [width, 24]);
  await seat.shows('hjkl');
  await expect(`${seat.terminal.text}\n`).toMatchFileSnapshot(`board-${width}.txt`);
  await seat.press('xtoo dear', 'too dear');
  expect(seat.terminal.text.split('\n').slice(-2).join('\n')).toMatch(
    /^Why was D3 lost\? too dear\ncrm deal lose D3 --reason='too dear' +Enter {2}Esc$/,
  );
  await seat.press(`${ESC}[200~x\n${ESC}[201~\r`, 'lost D3');
  seat.type('q');
  expect(await seat.ended).toMatchObject({ code: 0, err: '' });
});

test('each key that changes something is a command, which the bottom line shows', async () => {
  const seat = new Seat(ws, [100, 30]);
  await seat.press('L', 'crm deal move D3 in-contact');
  await seat.shows('moved D3 (株式会社 木村家具 desks) to In contact');
  expect(seat.selected).toBe('D3');
  expect(await stageOf('D3')).toBe('in-contact');
  expect(await lastVia()).toMatchObject({ via: 'deal move', by: 'tester' });
  await seat.press('w', 'won D3');
  await seat.press('tCall Kimura\rtomorrow\r', "crm task add --for D2 --due=tomorrow 'Call Kimura'");
  await seat.press('nprefers oak\r', "crm deal note D2 'prefers oak'");
  await seat.press('hoaDesks\r10k\r', 'crm deal add --pipeline sales --stage to-contact --value=10k Desks');
  await expect.poll(() => seat.selected).toBe('D6');
  await seat.press(':deal tag % +vip\r', 'crm deal tag D6 +vip');
  await seat.press('m', /crm deal move D3 in-contact\n {4}moved D3/);
  await seat.press('q', 'hjkl');
  seat.type('q');
  expect((await seat.ended).code).toBe(0);
  expect(await ws.json<{ tags: string[]; value: string }>('deal show D6')).toMatchObject({
    tags: ['vip'],
    value: '10000.00',
  });
});

test.each([
  ['tCall Kimura\rsomeday\r', 'someday', 'When is it due\\? someday', 'tomorrow\r', 'task add'],
  ['aDesks\r1e5x\r', '1e5x', '1e5x', '10k\r', 'deal add'],
  [':deal tag %\r', 'deal tag', 'deal tag %', ' +vip\r', 'deal tag D3 +vip'],
])(
  'an answer that is refused is asked again, with what was typed: %j',
  async (keys, typed, kept, rest, command) => {
    const seat = new Seat(ws, [100, 30]);
    await seat.press(keys, new RegExp(`${kept} *\\n(?!crm ).+Enter {2}Esc`));
    await seat.press('\u0015', /[a-z]/);
    seat.type(command === 'deal tag D3 +vip' ? `deal tag %${rest}` : rest);
    await seat.shows(`crm ${command}`);
    await expect.poll(() => seat.terminal.text).not.toContain('Enter  Esc');
    expect((await lastVia())?.via).toBe(command.split(' ').slice(0, 2).join(' '));
    if (typed === 'someday')
      expect((await ws.json<{ title: string }[]>('task list')).at(-1)?.title).toBe('Call Kimura');
  },
);

test.each([60, 80])('the keys are whole sentences on %i columns', async width => {
  const seat = new Seat(ws, [width, 70]);
  await seat.press('?', 'The selected card');
  expect(seat.terminal.text.replace(/\s+/g, ' ')).toContain(
    'take back the last change of this sitting, never a change of another user',
  );
  expect(seat.terminal.text).not.toContain('…');
});

test('u takes back changes of this sitting only, r repeats them', async () => {
  const seat = new Seat(ws, [100, 30]);
  await seat.press('u', 'changed nothing that could be taken back');
  await seat.press('L', 'moved D3');
  await seat.press('w', 'won D3');
  // A colleague renames the deal meanwhile, and does something else later.
  await ws.ok(['deal', 'set', 'D3', 'title=Desks for Kimura']);
  await ws.ok(['deal', 'note', 'D1', 'a colleague wrote this']);
  await seat.press('u', 'undid transaction');
  await seat.shows('Desks for Kimura');
  expect(seat.selected).toBe('D3');
  await seat.press('u', /crm undo/);
  await expect.poll(() => stageOf('D3')).toBe('to-contact');
  await seat.press('u', 'changed nothing that could be taken back');
  await seat.press('r', 'redid');
  await expect.poll(() => stageOf('D3')).toBe('in-contact');
  expect(await ws.json<{ title: string; status: string }>('deal show D3')).toMatchObject({
    title: 'Desks for Kimura',
    status: 'open',
  });
  expect(await ws.ok('activity list')).toContain('a colleague wrote this');
  seat.type('q');
  await seat.ended;
});

test('an undo says what somebody else has changed since', async () => {
  const seat = new Seat(ws, [100, 30]);
  await seat.press('L', 'moved D3');
  await ws.ok('deal move D3 follow-up');
  await seat.press('u', 'kept D3 (stage was changed since)');
  expect(await stageOf('D3')).toBe('follow-up');
});

test('changes of others appear, and the same deal stays selected', async () => {
  const seat = new Seat(ws, [100, 30]);
  await seat.press('j', /> ?D1/);
  await ws.ok('deal move D1 in-contact');
  await seat.shows(/2 deals +1 deal\n/);
  await expect.poll(() => seat.selected).toBe('D1');
  await ws.ok(['deal', 'set', 'D1', 'title=50 chairs']);
  await seat.shows('>D1 50 chairs');
  // Settings too: the board is opened anew.
  await ws.ok('stage add Offered --pipeline sales');
  await seat.shows('Offered');
  expect(seat.selected).toBe('D1');
});

describe('what is shown', () => {
  test('follows a query; a wrong one is explained and changes nothing', async () => {
    const seat = new Seat(ws, [100, 30], ['value.over:600']);
    await seat.press('/stage:follow-up\r', '>D5');
    expect(seat.terminal.text).not.toContain('D1');
    await seat.press('/ stag:x\r', /unknown field/);
    expect(seat.selected).toBe('D5');
    await seat.press(ESC, 'nothing was done');
    await seat.press(ESC, 'D1 40 chairs');
  });

  test('is one pipeline after the other, and on demand the closed deals', async () => {
    await ws.ok('pipeline add Hardware');
    await ws.ok('stage add New --pipeline hardware');
    await ws.ok(['deal', 'add', 'Drills', '--pipeline', 'hardware']);
    const seat = new Seat(ws, [100, 30], ['sales']);
    await seat.press('x\r', 'lost D3');
    expect(seat.terminal.text).not.toContain('D3 株式');
    await seat.press('c', 'with closed');
    await seat.shows('D3 株式');
    await seat.press('[', 'Drills');
    await seat.press(']', '40 chairs');
  });

  test('is the card in full, which scrolls', async () => {
    const seat = new Seat(ws, [80, 14]);
    await seat.press('j\r', 'crm deal show D1');
    await seat.shows(/title +40 chairs, 10 tables/);
    await seat.press('G', 'added: 40 chairs');
    await seat.press('q', '>D1');
  });

  test('are columns by owner, where L hands a deal over', async () => {
    await ws.ok('user add ana --name Ana --role admin');
    await ws.ok('user add ben --name Ben --role normal');
    await ws.ok('deal assign D1 ana', { env: { CRM_USER: 'ana' } });
    await ws.ok('deal assign D2 ben', { env: { CRM_USER: 'ana' } });
    const seat = new Seat(ws, [100, 30], ['--by', 'owner', '--as', 'ana']);
    await seat.press('L', 'crm deal assign D1 ben');
    await seat.shows('assigned D1');
    await expect.poll(() => seat.selected).toBe('D1');
    expect(await lastVia()).toMatchObject({ by: 'ana', via: 'deal assign' });
  });
});

test('a user sees and does what they may, and is told what they may not', async () => {
  await ws.ok('user add ana --name Ana --role admin');
  await ws.ok('user add rex --name Rex --role restricted', { env: { CRM_USER: 'ana' } });
  const ana = { env: { CRM_USER: 'ana' } };
  await ws.ok('deal assign D1 D2 D4 D5 ana', ana);
  await ws.ok('deal assign D3 rex', ana);
  const seat = new Seat(ws, [100, 30], ['--as', 'rex']);
  await seat.shows('>D3');
  for (const id of ['D1', 'D2', 'D4', 'D5']) expect(seat.terminal.text).not.toContain(`${id} `);
  expect(seat.terminal.text).toMatch(/^Sales {2}1 deal /);
  const before = (await ws.json<unknown[]>('history', ana)).length;
  await seat.press(':deal move D1 follow-up\r', 'D1 does not exist');
  await seat.press(':user add eve --role admin\r', /settings/);
  expect((await ws.json<unknown[]>('history', ana)).length).toBe(before);
});

test('text from data steers nothing', async () => {
  await ws.ok(['deal', 'set', 'D3', `title=${ESC}[2Jx${ESC}]0;title\u0007 \u202eabc`]);
  const seat = new Seat(ws, [100, 30]);
  await seat.shows('\\x1b[2Jx');
  expect(seat.written).not.toContain(`${ESC}]0`);
  await seat.press('\r', 'crm deal show D3');
  expect(seat.written).not.toContain(`${ESC}]0`);
});

describe('the terminal', () => {
  test('is as it was after q, Ctrl-C, signals, a hangup and a crash', async () => {
    const ends: [leave: (seat: Seat) => void, code: number][] = [
      [seat => seat.type('q'), 0],
      [seat => seat.type('\u0003'), 130],
      [seat => seat.signal({ type: 'ended', code: 143 }), 143],
      [seat => seat.hangUp(), 129],
      [seat => seat.signal({ type: 'crashed', error: new Error('oops') }), 70],
    ];
    for (const [leave, code] of ends) {
      const seat = new Seat(ws, [80, 24]);
      await seat.shows('hjkl');
      expect([seat.isRaw, seat.terminal.isAlternate]).toEqual([true, true]);
      leave(seat);
      const ended = await seat.ended;
      await seat.terminal.write('');
      expect(ended.code).toBe(code);
      expect([seat.isRaw, seat.terminal.isAlternate]).toEqual([false, false]);
      for (const each of restored) expect(seat.written.slice(-100)).toContain(each);
      expect(ended.err).toMatch(code === 70 ? /^Error: a bug in crm .*oops/ : /^$/);
    }
  });

  test('is given back while the process is stopped, and drawn anew afterwards', async () => {
    const seat = new Seat(ws, [80, 24]);
    await seat.shows('hjkl');
    seat.type('\u001a');
    await expect.poll(() => seat.suspensions).toBe(1);
    await seat.shows('hjkl');
    seat.signal({ type: 'suspended' });
    await expect.poll(() => seat.suspensions).toBe(2);
    seat.signal({ type: 'continued' });
    await seat.shows('hjkl');
    expect([seat.isRaw, seat.terminal.isAlternate]).toEqual([true, true]);
    await seat.press('j', '>D1');
  });

  test('may change its size; on one that is too small, the board says so', async () => {
    const seat = new Seat(ws, [100, 24]);
    await seat.shows('Follow up');
    const resize = (columns: number, rows: number) => {
      seat.terminal.resize(columns, rows);
      seat.signal({ type: 'resized' });
    };
    resize(39, 24);
    await seat.shows(/needs 40 columns and 10\nlines/);
    resize(40, 10);
    await seat.shows('>D3');
    expect(seat.terminal.text).not.toContain('Follow up');
    await seat.press('ll', 'Follow up');
    resize(160, 40);
    await seat.shows('To contact');
  });

  test('is left to the editor meanwhile', async () => {
    const seen: boolean[] = [];
    const seat: Seat = new Seat(ws, [80, 24], [], {
      editor: async text => {
        await seat.terminal.write('');
        seen.push(seat.isRaw, seat.terminal.isAlternate);
        return text.replace('40 chairs', '60 chairs');
      },
    });
    await seat.press('j', '>D1');
    await seat.press('e', '>D1 60 chairs');
    expect(seen).toEqual([false, false]);
    expect([seat.isRaw, seat.terminal.isAlternate]).toEqual([true, true]);
  });

  test('needs no colours to show which card is selected', async () => {
    const seat = new Seat(ws, [80, 24], [], { env: { NO_COLOR: '1' } });
    await seat.shows('>D3');
    expect(seat.written).not.toMatch(/\u001b\[[\d;]*[34]\d[;m]/);
  });

  test('has the mouse only after M switched it on', async () => {
    const seat = new Seat(ws, [100, 24]);
    await seat.shows('hjkl');
    expect(seat.written).not.toContain('?1000h');
    await seat.press('M', 'the mouse is on');
    const y = seat.terminal.text.split('\n').findIndex(line => line.includes('D5 Shelves'));
    await seat.press(`${ESC}[<0;72;${y + 1}M`, '>D5');
    expect(seat.written).toContain('?1000h');
  });
});

test.each([
  [['--json'], {}, /takes no --json/],
  [['--at', '-3d'], {}, /-i and --at cannot be used together/],
  [['--limit', '3'], {}, /-i and --limit cannot be used together/],
  [['--no-input'], {}, /--no-input/],
  [[], { TERM: 'dumb' }, /TERM=dumb/],
  [['stag:x'], {}, /unknown field/],
  [['nowhere'], {}, /nowhere/],
])('%j is refused before the terminal is taken', async (args, env, message) => {
  const seat = new Seat(ws, [80, 24], args, { env });
  expect(await seat.ended).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  expect(seat.written).toBe('');
});

test('without a terminal the plain command is named', async () => {
  expect(await ws.crm('board -i')).toMatchObject({ code: 2, err: expect.stringMatching(/Hint: crm board /) });
});
