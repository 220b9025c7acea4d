import { recordKinds } from '../../src/kinds/index.ts';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/domain/changes.ts';
import { FileJournal } from '../../src/store/journal/file-journal.ts';
import { PACK_SIZE } from '../../src/store/journal/journal-directory.ts';
import { contentsOfDirectory } from '../app/directory-hash.ts';
import { runs } from '../effort.ts';
import { copiesOf, emptyDirectory, type TestWorkspace, workspace } from '../harness.ts';
import { unsyncedIo } from '../store/hooked-io.ts';

interface Report {
  readonly sound: boolean;
  readonly findings: readonly {
    readonly severity: string;
    readonly file: string;
    readonly line: number | null;
    readonly message: string;
    readonly fix: string | null;
  }[];
}

const path = (ws: TestWorkspace, ...names: string[]) => join(ws.dir, ...names);
const loose = (ws: TestWorkspace, seq: number) =>
  path(ws, 'data/journal', `${String(seq).padStart(8, '0')}.jsonl`);
const packed = (ws: TestWorkspace) => path(ws, 'data/journal/pack-000001.jsonl');

/** A workspace of seven transactions: init, an account, two contacts, three deals. */
const busy = copiesOf(async () => {
  const ws = await workspace('sales');
  await ws.ok('account add Acme');
  await ws.ok('contact add --email jane@example.com --name Jane --account Acme');
  await ws.ok('contact add --email joe@example.com --name Joe');
  for (const title of ['Chairs', 'Tables', 'Lamps'])
    await ws.ok(['deal', 'add', title, '--value', '100', '--contact', 'jane@example.com']);
  return ws;
});

/** The same with so many deals that they have a projection. */
const large = copiesOf(async () => {
  const ws = await busy();
  const lines = Array.from({ length: 300 }, (_, n) => `Deal ${n},${'long '.repeat(250)}`);
  await ws.ok('import deals -', { stdin: `title,description\n${lines.join('\n')}\n` });
  return ws;
});

/** What doctor says; looking changes no byte, and the exit code fits. */
async function examine(ws: TestWorkspace, ...args: string[]): Promise<Report> {
  const isLook = args.length === 0 || args.includes('--dry-run');
  const before = isLook ? contentsOfDirectory(ws.dir, []) : {};
  const ran = await ws.crm(['doctor', '--json', ...args]);
  const report = ran.json<Report>();
  expect(ran.code, ran.err).toBe(report.sound ? 0 : 5);
  if (isLook) expect(contentsOfDirectory(ws.dir, [])).toEqual(before);
  return report;
}

const serious = ({ findings }: Report) => findings.filter(f => f.severity !== 'note');

/** Appends transactions below the commands, which would have refused them, or would take long. */
async function append(ws: TestWorkspace, transactions: readonly (readonly Change[])[]): Promise<FileJournal> {
  let count = 0;
  const temporary = { name: () => `.tmp-${process.pid}-0-${++count}-test` };
  const journal = new FileJournal(
    unsyncedIo,
    path(ws, 'data/journal'),
    temporary,
    () => `salt ${++count}`,
    recordKinds,
  );
  let tip = await journal.tip();
  for (const changes of transactions) {
    const head = { request: `below-${tip.seq}`, at: '2026-09-14T09:00:00.000Z', by: 'ana', via: 'test' };
    tip = (await journal.append(tip, { ...head, changes }))!;
  }
  return journal;
}

/** The same with so many that the first 256 are a pack. */
async function withPack(): Promise<TestWorkspace> {
  const ws = await busy();
  const title = (n: number) => `Title ${n}`;
  const journal = await append(
    ws,
    Array.from({ length: PACK_SIZE }, (_, n) => [
      { kind: 'deal', id: 'D1', set: { title: [n === 0 ? 'Chairs' : title(n - 1), title(n)] } },
    ]),
  );
  journal.pack((await journal.tip()).seq);
  return ws;
}

/** Changes one byte: the first of the last `text`. */
function flip(file: string, text: string): void {
  const bytes = readFileSync(file);
  const at = bytes.lastIndexOf(text);
  expect(at).toBeGreaterThanOrEqual(0);
  bytes[at]! ^= 1;
  writeFileSync(file, bytes);
}

function edit(file: string, change: (text: string) => string): void {
  const text = readFileSync(file, 'utf8');
  expect(change(text)).not.toBe(text);
  writeFileSync(file, change(text));
}

describe('a workspace that is sound', () => {
  test('exit 0, and nothing to say', async () => {
    const ws = await busy();
    expect(await examine(ws)).toEqual({ sound: true, findings: [] });
    const ran = await ws.crm('doctor');
    expect(ran).toMatchObject({ code: 0, out: '', err: 'sound: 7 transactions, 6 records\n' });
  });

  test('also with packs, after a removal, an undo, a change of settings, and before anything was done', async () => {
    const ws = await withPack();
    await ws.ok('deal rm D2');
    await ws.ok('undo');
    await ws.ok('deal rm D3');
    await ws.ok('field add deal size --type number');
    await ws.ok('run');
    expect(await examine(ws)).toEqual({ sound: true, findings: [] });
    expect(await examine(await workspace('empty'))).toEqual({ sound: true, findings: [] });
  });

  test('without a workspace, exit 3', async () => {
    const ws = await workspace('empty');
    expect((await ws.crm('doctor', { cwd: emptyDirectory() })).code).toBe(3);
  });
});

describe('the journal', () => {
  test('a byte of a loose file', async () => {
    const ws = await busy();
    await ws.ok('deal list');
    flip(loose(ws, 5), 'Chairs');
    const report = await examine(ws);
    expect(serious(report)).toEqual([
      {
        severity: 'error',
        file: 'data/journal/00000005.jsonl',
        line: 2,
        message: expect.stringMatching(/transaction 5 is damaged.*; the last good one is 4$/),
        fix: expect.stringContaining('--salvage'),
      },
    ]);
    expect(report.findings).toContainEqual(
      expect.objectContaining({
        file: 'data',
        message: 'deals.jsonl could not be compared with the journal, which is good up to 4 only',
      }),
    );
    // What was read and verified before is still so; but nothing is written on top of damage.
    expect(await ws.ok('deal list')).toContain('Chairs');
    expect((await ws.crm('deal add X')).code).toBe(5);
    expect((await ws.crm('history')).code).toBe(5);
    rmSync(ws.cacheHome, { recursive: true });
    expect((await ws.crm('deal list')).code).toBe(5);
  });

  test('every damage is named, not only the first', async () => {
    const ws = await busy();
    flip(loose(ws, 3), 'Jane');
    writeFileSync(loose(ws, 6), readFileSync(loose(ws, 6)).subarray(0, 100));
    edit(path(ws, 'pipelines/sales.yaml'), text => text.replace('name:', 'nome:'));
    const files = serious(await examine(ws)).map(f => [
      f.file,
      /the last good one is (\d+)/.exec(f.message)?.[1],
    ]);
    expect(files).toContainEqual(['data/journal/00000003.jsonl', '2']);
    expect(files).toContainEqual(['data/journal/00000006.jsonl', '2']);
    expect(files).toContainEqual(['pipelines/sales.yaml', undefined]);
  });

  test('a byte inside a pack: the rest of the pack is still read', async () => {
    const ws = await withPack();
    for (const title of ['Title 20', 'Title 200']) flip(packed(ws), `${title}"]`);
    const found = serious(await examine(ws));
    expect(found.map(f => f.file)).toEqual(found.map(() => 'data/journal/pack-000001.jsonl'));
    expect(found.map(f => /^transaction (\d+) is damaged.*is (\d+)$/.exec(f.message)?.slice(1))).toEqual([
      ['28', '27'],
      ['208', '27'],
    ]);
  });

  test.each([5, 1])('transaction %i is missing', async seq => {
    const ws = await busy();
    rmSync(loose(ws, seq));
    expect(serious(await examine(ws))).toEqual([
      expect.objectContaining({
        file: `data/journal/0000000${seq}.jsonl`,
        message: expect.stringMatching(
          seq === 1
            ? /^transaction 1 is missing; there is no good one before it$/
            : /^transaction 5 is missing; the last good one is 4$/,
        ),
      }),
    ]);
  });

  test('a pack is missing', async () => {
    const ws = await withPack();
    rmSync(packed(ws));
    expect(serious(await examine(ws))[0]).toMatchObject({
      file: 'data/journal/pack-000001.jsonl',
      message: expect.stringMatching(/^transactions 1 to 256 are missing/),
    });
  });

  test('a loose file copied over another', async () => {
    const ws = await busy();
    copyFileSync(loose(ws, 4), loose(ws, 5));
    expect(serious(await examine(ws))).toEqual([
      expect.objectContaining({
        file: 'data/journal/00000005.jsonl',
        message: 'has transaction 4 in the place of 5; the last good one is 4',
      }),
    ]);
  });

  test('two files of one number', async () => {
    const ws = await busy();
    copyFileSync(loose(ws, 5), path(ws, 'data/journal/000000005.jsonl'));
    expect(serious(await examine(ws))).toEqual([
      expect.objectContaining({
        file: 'data/journal/000000005.jsonl',
        message: expect.stringContaining('claims the number of 00000005.jsonl'),
      }),
    ]);
    expect((await ws.crm('deal list')).code).toBe(5);
  });

  test('two histories: a later file of another journal', async () => {
    const ws = await busy();
    const other = await busy();
    for (const title of ['Benches', 'Stools']) await ws.ok(['deal', 'set', 'D1', `title=${title}`]);
    for (const title of ['Beds', 'Shelves']) await other.ok(['deal', 'set', 'D1', `title=${title}`]);
    copyFileSync(loose(other, 9), loose(ws, 9));
    expect(serious(await examine(ws))).toEqual([
      expect.objectContaining({
        file: 'data/journal/00000009.jsonl',
        message: 'transaction 9 does not follow 8: two histories were mixed; the last good one is 8',
      }),
    ]);
  });

  test('a loose file that a pack covers: equal is a note, another one is a second history', async () => {
    const ws = await withPack();
    // The third transaction of every such workspace is the same.
    copyFileSync(loose(await busy(), 3), loose(ws, 3));
    expect(await examine(ws)).toEqual({
      sound: true,
      findings: [expect.objectContaining({ severity: 'note', file: 'data/journal/00000003.jsonl' })],
    });
    edit(loose(ws, 3), text => text.replace('Jane', 'June'));
    const before = contentsOfDirectory(ws.dir, []);
    expect(serious(await examine(ws, '--fix'))).toEqual([
      expect.objectContaining({ message: expect.stringContaining('two histories were mixed') }),
    ]);
    expect(contentsOfDirectory(ws.dir, [])).toEqual(before);
    copyFileSync(loose(await busy(), 3), loose(ws, 3));
    expect(await examine(ws, '--fix')).toEqual({ sound: true, findings: [] });
    expect(existsSync(loose(ws, 3))).toBe(false);
  });

  test('a file that is none of the journal is a note', async () => {
    const ws = await busy();
    writeFileSync(path(ws, 'data/journal/00000005 (conflicted copy).jsonl'), 'x');
    const report = await examine(ws);
    expect(report.sound).toBe(true);
    expect(report.findings).toEqual([
      expect.objectContaining({ severity: 'note', file: 'data/journal/00000005 (conflicted copy).jsonl' }),
    ]);
  });

  test('a damaged journal keeps --fix from touching anything', async () => {
    const ws = await busy();
    flip(loose(ws, 5), 'Chairs');
    writeFileSync(path(ws, 'data/.tmp-999999999-1-1-1'), 'x');
    const before = contentsOfDirectory(ws.dir, []);
    await examine(ws, '--fix');
    expect(contentsOfDirectory(ws.dir, [])).toEqual(before);
  });
});

describe('snapshots', () => {
  const snapshot = (ws: TestWorkspace) => path(ws, 'data/deals.jsonl');

  test('changed by hand: shown, neither used nor overwritten, and adopted when told to', async () => {
    const ws = await busy();
    edit(snapshot(ws), text => text.replace('"Tables"', '"Desks"').replace('"100.00"', '"250.00"'));
    const edited = readFileSync(snapshot(ws), 'utf8');
    const found = serious(await examine(ws));
    expect(found).toEqual([
      expect.objectContaining({
        severity: 'warning',
        file: 'data/deals.jsonl',
        message:
          'was changed by hand, and is not used: D1, D2 differ from the journal\nD1 value: 100.00 → 250.00\nD2 title: Tables → Desks',
        fix: expect.stringContaining('--adopt'),
      }),
    ]);
    // What commands do meanwhile stays.
    await ws.ok('deal set D3 title=Candles');
    await ws.ok('deal add Shelves');
    expect(readFileSync(snapshot(ws), 'utf8')).toBe(edited);
    await examine(ws, '--fix');
    expect(readFileSync(snapshot(ws), 'utf8')).toBe(edited);

    const dry = await ws.crm('doctor --adopt --dry-run');
    expect(dry.err).toContain('D2 title: Tables → Desks');
    expect(readFileSync(snapshot(ws), 'utf8')).toBe(edited);

    const adopted = await ws.crm('doctor --adopt');
    expect(adopted.code, adopted.err).toBe(0);
    expect(adopted.err).toContain('D1 value: 100.00 → 250.00\nD2 title: Tables → Desks\nadopted 2 changes');
    expect(await ws.json('deal list --fields id,title,value')).toEqual([
      { id: 'D1', title: 'Chairs', value: '250.00' },
      { id: 'D2', title: 'Desks', value: '100.00' },
      { id: 'D3', title: 'Candles', value: '100.00' },
      { id: 'D4', title: 'Shelves', value: '0.00' },
    ]);
    expect((await ws.json<{ via: string }[]>('history'))[0]).toMatchObject({ via: 'doctor' });
    expect(await examine(ws)).toEqual({ sound: true, findings: [] });
    await ws.ok('undo');
    expect(await ws.ok('deal list --fields title')).toBe('Chairs\nTables\nCandles\nShelves\n');
  });

  test('says on a terminal how an adoption is taken back; repairs change no record, and say nothing of that', async () => {
    const ws = await busy();
    edit(snapshot(ws), text => text.replace('"Tables"', '"Desks"'));
    const fixed = await ws.crm('doctor --fix', { tty: 100 });
    expect(fixed.err).not.toContain('takes it back');
    const { err } = await ws.crm('doctor --adopt', { tty: 100 });
    const [, tx] = /^crm undo (\d+) takes it back$/m.exec(err)!;
    expect(err).toContain(`adopted 1 change (transaction ${tx})`);
    await ws.ok(['undo', tx!]);
    expect(await ws.ok('deal list --fields title')).toContain('Tables\n');
    expect((await ws.crm('doctor --adopt', { tty: 100 })).err).not.toContain('takes it back');
  });

  test('killed after the adoption was committed: adopting again finds nothing left, and puts the file right', async () => {
    const ws = await busy();
    edit(snapshot(ws), text => text.replace('"Tables"', '"Desks"'));
    const edited = readFileSync(snapshot(ws), 'utf8');
    await ws.ok('doctor --adopt');
    writeFileSync(snapshot(ws), edited);
    await ws.ok('doctor --adopt');
    expect(readdirSync(path(ws, 'data/journal'))).toHaveLength(8);
    expect(await examine(ws)).toEqual({ sound: true, findings: [] });
  });

  test('a line added and one removed by hand', async () => {
    const ws = await busy();
    edit(snapshot(ws), text => {
      const [head, first, second] = text.split('\n') as [string, string, string];
      const added = second.replace('"D2"', '"D4"').replace('"Tables"', '"Beds"');
      return `${[head, first, second, JSON.stringify({ ...JSON.parse(added), createdAt: undefined, updatedAt: undefined, stageSince: undefined })].join('\n')}\n`;
    });
    expect((await ws.crm('doctor --adopt')).code).toBe(0);
    expect(await ws.ok('deal list --fields id,title')).toBe('D1\tChairs\nD2\tTables\nD4\tBeds\n');
    expect(await ws.ok('deal list --trash --fields id')).toBe('D3\n');
    expect(await examine(ws)).toEqual({ sound: true, findings: [] });
  });

  test.each([
    ['not JSON', (text: string) => text.replace('"Tables"', '"Tables'), /deals\.jsonl:3: is not JSON/],
    [
      'an unknown stage',
      (text: string) => text.replace('"to-contact"', '"nowhere"'),
      /deals\.jsonl:2: .*nowhere/,
    ],
    ['no money', (text: string) => text.replace('"100.00"', '"1e5"'), /deals\.jsonl:2: .*1e5/],
    [
      'what follows from the history',
      (text: string) => text.replace(/"createdAt":"2026/, '"createdAt":"2025'),
      /createdAt/,
    ],
    ['an id twice', (text: string) => text.replace('"D2"', '"D1"'), /deals\.jsonl:3: is D1 again/],
    ['an id that is not next', (text: string) => text.replace('"D3"', '"D9"'), /deals\.jsonl:4: .*D9/],
    ['a contact that there is not', (text: string) => text.replace('"C1"', '"C9"'), /deals\.jsonl:2: C9/],
  ])('%s is not adopted, and nothing else either', async (_, change, message) => {
    const ws = await busy();
    edit(snapshot(ws), text => change(text).replace('"Lamps"', '"Candles"'));
    const before = contentsOfDirectory(ws.dir, ['.crm']);
    const ran = await ws.crm('doctor --adopt');
    expect([ran.code, ran.err]).toEqual([5, expect.stringMatching(message)]);
    expect(contentsOfDirectory(ws.dir, ['.crm'])).toEqual(before);
    expect(await ws.ok('deal list --fields title')).toContain('Lamps');
  });

  test('deleted by hand, it is made again and no finding', async () => {
    const ws = await busy();
    edit(snapshot(ws), text => text.replace('Tables', 'Desks'));
    rmSync(snapshot(ws));
    expect(await examine(ws)).toEqual({ sound: true, findings: [] });
    await ws.ok('deal set D1 title=Benches');
    expect(readFileSync(snapshot(ws), 'utf8')).toContain('Tables');
  });

  test.each([
    ['a byte of its head', (file: string) => flip(file, '"next":')],
    [
      'its last lines are missing',
      (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 600)),
    ],
    ['it is empty', (file: string) => writeFileSync(file, '')],
    ['its head is missing', (file: string) => edit(file, text => text.slice(text.indexOf('\n') + 1))],
  ])('%s: not used, and --fix makes it again', async (_, damage) => {
    const ws = await busy();
    const good = readFileSync(snapshot(ws), 'utf8');
    damage(snapshot(ws));
    await ws.ok('deal list');
    const found = serious(await examine(ws));
    expect(found).toEqual([
      expect.objectContaining({
        severity: 'warning',
        file: 'data/deals.jsonl',
        fix: expect.stringContaining('--fix'),
      }),
    ]);
    const dry = await ws.crm('doctor --fix --dry-run');
    expect(dry.err).toContain('would make again data/deals.jsonl');
    expect(await examine(ws, '--fix')).toEqual({ sound: true, findings: [] });
    expect(readFileSync(snapshot(ws), 'utf8')).toBe(good);
  });

  test('a byte of a record is taken for a change by hand', async () => {
    const ws = await busy();
    flip(snapshot(ws), 'Tables');
    expect(serious(await examine(ws))).toEqual([
      expect.objectContaining({
        severity: 'warning',
        message: expect.stringContaining('D2 title: Tables → Uables'),
      }),
    ]);
    await examine(ws, '--fix');
    expect(readFileSync(snapshot(ws), 'utf8')).toContain('Uables');
  });

  test('newer than a journal that was restored: the journal wins, when --fix is given', async () => {
    const ws = await busy();
    const old = join(emptyDirectory(), 'journal');
    cpSync(path(ws, 'data/journal'), old, { recursive: true });
    await ws.ok('deal set D1 title=Benches');
    rmSync(path(ws, 'data/journal'), { recursive: true });
    cpSync(old, path(ws, 'data/journal'), { recursive: true });
    expect((await ws.crm('deal add Beds')).code).toBe(5);
    expect(serious(await examine(ws))).toEqual([
      expect.objectContaining({
        severity: 'error',
        file: 'data/deals.jsonl',
        message:
          'is of transaction 8, and the journal ends at 7, and says otherwise of D1\nD1 title: Chairs → Benches',
        fix: expect.stringContaining('--fix'),
      }),
    ]);
    expect(await examine(ws, '--fix')).toEqual({ sound: true, findings: [] });
    expect(await ws.ok('deal list --fields title')).toBe('Chairs\nTables\nLamps\n');
    expect(readFileSync(snapshot(ws), 'utf8')).toContain('Chairs');
  });

  test('of another journal', async () => {
    const ws = await busy();
    const other = await busy();
    await ws.ok('deal set D1 title=Benches');
    await other.ok('deal set D1 title=Stools');
    copyFileSync(loose(other, 8), loose(ws, 8));
    const found = serious(await examine(ws));
    expect(found).toContainEqual(
      expect.objectContaining({
        file: 'data/deals.jsonl',
        message: 'is of transaction 8, and the journal has another one of that number',
      }),
    );
  });

  test('large ones too: a projection that lies is found, and removed', async () => {
    const ws = await large();
    // Another copy has no caches yet.
    await ws.ok('deal list');
    const columns = ws.cache('deals.cols');
    expect(existsSync(columns)).toBe(true);
    expect(await examine(ws)).toEqual({ sound: true, findings: [] });
    flip(columns, 'deal 7');
    expect(serious(await examine(ws))).toEqual([
      expect.objectContaining({ severity: 'error', file: columns }),
    ]);
    expect(await examine(ws, '--fix')).toEqual({ sound: true, findings: [] });
    edit(snapshot(ws), text => text.replace('"Deal 299"', '"Last"'));
    expect(serious(await examine(ws))[0]!.message).toContain('title: "Deal 299" → Last');
    await ws.ok('deal set D1 title=Benches');
    expect((await ws.crm('doctor --adopt')).code).toBe(0);
    expect(await ws.ok(['deal', 'list', 'title:=Last', '--fields', 'title'])).toBe('Last\n');
    expect(await examine(ws)).toEqual({ sound: true, findings: [] });
  });
});

test('doctor reports every changed byte of data/ that makes a difference, and never fails', async () => {
  const ws = await busy();
  await ws.ok('deal rm D3');
  const deals = await ws.ok('deal list --json');
  const files = Object.keys(contentsOfDirectory(ws.dir, ['.crm'])).filter(name => /^data\/.*l$/.test(name));
  const step = Math.ceil(127 / runs(1));
  let n = 0;
  for (const name of files) {
    const good = readFileSync(path(ws, name));
    for (let at = n++ % step; at < good.length; at += step) {
      const bad = Buffer.from(good);
      bad[at]! ^= 1 << (at % 8);
      writeFileSync(path(ws, name), bad);
      const { sound } = await examine(ws);
      if (sound) expect(await ws.ok('deal list --json'), `${name} ${at}`).toBe(deals);
    }
    writeFileSync(path(ws, name), good);
  }
  expect(await examine(ws)).toEqual({ sound: true, findings: [] });
});

describe('the checkpoint', () => {
  test.each([
    ['is not JSON', () => '{'],
    ['says nothing', () => '{}'],
    ['is ahead of the journal', (text: string) => text.replace(/"seq":\d+/, '"seq":9999')],
    ['is of another journal', (text: string) => text.replace(/"hash":"./, '"hash":"#')],
  ])('%s', async (_, change) => {
    const ws = await large();
    edit(path(ws, 'data/checkpoint.json'), change);
    expect(serious(await examine(ws))).toEqual([
      expect.objectContaining({ severity: 'error', file: 'data/checkpoint.json' }),
    ]);
    await examine(ws, '--fix');
    expect(await examine(ws)).toEqual({ sound: true, findings: [] });
    await ws.ok('deal list --limit 1');
  });
});

describe('a newer format', () => {
  test('is refused, and no byte is changed, whatever is asked', async () => {
    for (const args of [[], ['--fix'], ['--adopt']]) {
      const ws = await busy();
      edit(path(ws, 'data/deals.jsonl'), text => text.replace('"format":1', '"format":3'));
      writeFileSync(path(ws, 'data/.tmp-999999999-1-1-1'), 'x');
      const before = contentsOfDirectory(ws.dir, []);
      const report = await examine(ws, ...args);
      expect(serious(report)).toEqual([
        expect.objectContaining({
          severity: 'error',
          file: 'data/deals.jsonl',
          message: 'written in format 3 by a newer crm; this one knows 2',
          fix: 'upgrade crm; nothing was changed',
        }),
      ]);
      expect(contentsOfDirectory(ws.dir, [])).toEqual(before);
    }
  });
});

describe('settings and records', () => {
  test('broken YAML: all problems with file and line, and the rest is examined too', async () => {
    const ws = await busy();
    edit(path(ws, 'crm.yaml'), text => text.replace(/^timezone:.*/m, 'timezone: Nowhere/Land'));
    mkdirSync(path(ws, 'automations'), { recursive: true });
    writeFileSync(path(ws, 'automations/hot.yaml'), 'name: Hot\non: [\n');
    edit(path(ws, 'data/deals.jsonl'), text => text.replace('Tables', 'Desks'));
    const found = serious(await examine(ws)).map(f => [f.file, f.line]);
    expect(found).toContainEqual(['crm.yaml', 3]);
    expect(found).toContainEqual(['data/deals.jsonl', null]);
    expect((await ws.crm('deal list')).code).toBe(5);
  });

  test('a broken automation and a broken template', async () => {
    const ws = await busy();
    mkdirSync(path(ws, 'automations'), { recursive: true });
    mkdirSync(path(ws, 'templates'), { recursive: true });
    writeFileSync(path(ws, 'automations/hot.yaml'), 'name: Hot\non: { no-such-trigger: {} }\nsteps: []\n');
    writeFileSync(path(ws, 'automations/hot.test.yaml'), 'cases: [\n');
    writeFileSync(path(ws, 'templates/hello.md'), 'Hello\n');
    const files = serious(await examine(ws)).map(f => f.file);
    expect(new Set(files)).toEqual(
      new Set(['automations/hot.yaml', 'automations/hot.test.yaml', 'templates/hello.md']),
    );
  });

  test('with broken settings --fix removes what is left over, and makes the rest again later', async () => {
    const ws = await busy();
    edit(path(ws, 'crm.yaml'), text => text.replace(/^timezone:.*/m, 'timezone: Nowhere/Land'));
    writeFileSync(path(ws, 'data/deals.jsonl'), '');
    writeFileSync(path(ws, 'data/.tmp-999999999-1-1-1'), 'x');
    const left = await examine(ws, '--fix');
    expect(left.findings.map(f => f.file)).toEqual(['crm.yaml']);
  });

  test('a reference to a record that never existed; a reference to the trash is not a fault', async () => {
    const ws = await busy();
    await ws.ok('account rm A1');
    expect((await examine(ws)).sound).toBe(true);
    await append(ws, [
      [{ kind: 'deal', id: 'D2', set: { account: ['A1', 'A9'], contacts: [['C1'], ['C1', 'C8']] } }],
    ]);
    const found = serious(await examine(ws));
    expect(found.map(f => f.message)).toEqual([
      'contacts of D2 (C8) does not exist, and is not in the trash',
      'account of D2 (A9) does not exist, and is not in the trash',
    ]);
  });

  test('a change of a record that is not there', async () => {
    const ws = await busy();
    await append(ws, [[{ kind: 'deal', id: 'D77', set: { title: ['a', 'b'] } }]]);
    expect(serious(await examine(ws))).toContainEqual(
      expect.objectContaining({
        severity: 'error',
        message: 'transaction 8 changes D77, which is not there',
      }),
    );
  });

  test('deals in a stage and a pipeline that were taken out of the settings', async () => {
    const ws = await busy();
    await append(ws, [
      [{ kind: 'deal', id: 'D1', set: { stage: ['to-contact', 'gone'] } }],
      [{ kind: 'deal', id: 'D2', set: { pipeline: ['sales', 'lost'] } }],
    ]);
    expect(serious(await examine(ws)).map(f => f.message)).toEqual([
      'D1 is in the stage gone, which sales does not have',
      'D2 is in the pipeline lost, which there is not',
    ]);
  });
});

describe('leftovers are mentioned, exit 0, and --fix removes them', () => {
  const owner = (pid: number) => ({ pid, start: '1', boot: 'another', host: 'test' });

  test.each([
    ['a temporary file of a killed writer', 'data/journal/.tmp-999999999-1-1-1', 'half a transaction'],
    ['one beside the YAML', 'pipelines/.tmp-999999999-1-2-1', 'name: Sa'],
    ['a stale lock', '.crm/lock', JSON.stringify(owner(999999999))],
    ['a file still to be written', '.crm/pending', '{"files":[]}'],
  ])('%s', async (_, file, content) => {
    const ws = await busy();
    mkdirSync(path(ws, '.crm'), { recursive: true });
    writeFileSync(path(ws, file), content);
    const report = await examine(ws);
    expect(report).toEqual({ sound: true, findings: [expect.objectContaining({ severity: 'note', file })] });
    expect(await examine(ws, '--fix', '--dry-run')).toEqual(report);
    expect(await examine(ws, '--fix')).toEqual({ sound: true, findings: [] });
    expect(existsSync(path(ws, file))).toBe(false);
  });

  test('the temporary file of a living process is none of them', async () => {
    const ws = await busy();
    writeFileSync(path(ws, `data/.tmp-${process.pid}-0-1-1`), 'x');
    expect(await examine(ws)).toEqual({ sound: true, findings: [] });
  });

  test('a lock that nobody made keeps all from writing, until it is fixed', async () => {
    const ws = await busy();
    mkdirSync(path(ws, '.crm'), { recursive: true });
    writeFileSync(path(ws, '.crm/lock'), 'mine\n');
    expect((await ws.crm('deal add Beds --lock-timeout 0')).code).toBe(4);
    expect(serious(await examine(ws))).toEqual([
      expect.objectContaining({ severity: 'warning', file: '.crm/lock' }),
    ]);
    expect(await examine(ws, '--fix')).toEqual({ sound: true, findings: [] });
    await ws.ok('deal add Beds');
  });

  test('remains of a lock after a power cut keep nobody from writing', async () => {
    const ws = await busy();
    mkdirSync(path(ws, '.crm'), { recursive: true });
    writeFileSync(path(ws, '.crm/lock'), '');
    expect((await examine(ws)).findings).toEqual([
      expect.objectContaining({
        severity: 'note',
        file: '.crm/lock',
        message: expect.stringMatching('power cut'),
      }),
    ]);
    await ws.ok('deal add Beds --lock-timeout 0');
    expect(await examine(ws)).toEqual({ sound: true, findings: [] });
  });
});

describe('--salvage', () => {
  test('writes all up to the last good transaction and the YAML; the old workspace stays as it is', async () => {
    const ws = await busy();
    flip(loose(ws, 6), 'Tables');
    appendFileSync(path(ws, 'crm.yaml'), '# by hand\n');
    const before = contentsOfDirectory(ws.dir, []);
    const target = join(emptyDirectory(), 'rescued');
    const dry = await ws.crm(['doctor', '--salvage', target, '--dry-run']);
    expect([dry.code, existsSync(target)]).toEqual([0, false]);
    const ran = await ws.crm(['doctor', '--salvage', target]);
    expect(ran.code, ran.err).toBe(0);
    expect(ran.err).toContain('wrote 5 transactions');
    expect(ran.err).toContain('left out: transactions 6 to 7');
    expect(contentsOfDirectory(ws.dir, [])).toEqual(before);

    // What came after that is known from the snapshots, as one transaction.
    expect(ran.err).toContain('2 records from the snapshots, which are of later transactions: transaction 6');
    expect(await ws.ok(['deal', 'list', '--fields', 'title', '-C', target])).toBe('Chairs\nTables\nLamps\n');
    expect(readFileSync(join(target, 'crm.yaml'), 'utf8')).toContain('# by hand');
    expect((await ws.crm(['doctor', '-C', target])).code).toBe(0);
    await ws.ok(['deal', 'add', 'More', '-C', target]);
    expect((await ws.crm(['doctor', '-C', target])).code).toBe(0);
  });

  test('with the journal gone, the records, the trash and what rules remember are as the snapshots have them', async () => {
    const ws = await busy();
    await ws.ok('task add Call --for D1');
    await ws.ok('deal rm D3');
    await ws.ok('run');
    const [deals, tasks] = [await ws.ok('deal list --json'), await ws.ok('task list --json')];
    rmSync(path(ws, 'data/journal'), { recursive: true });
    const target = join(emptyDirectory(), 'rescued');
    await ws.ok(['doctor', '--salvage', target]);
    expect(await ws.ok(['deal', 'list', '--json', '-C', target])).toBe(deals);
    expect(await ws.ok(['task', 'list', '--json', '-C', target])).toBe(tasks);
    expect((await ws.crm(['doctor', '-C', target])).code).toBe(0);
    expect(await ws.ok(['deal', 'add', 'More', '-C', target])).toBe('D4\n');
    await ws.ok(['deal', 'restore', 'D3', '-C', target]);
  });

  test.each([
    ['the journal is a file', 'data/journal', 'is a file, and not a directory', 'deal list', 5],
    ['a snapshot is a directory', 'data/deals.jsonl', 'is a directory, and not a file', 'deal list', 5],
    [
      'a transaction is a directory',
      'data/journal/00000003.jsonl',
      'is a directory, and not',
      'deal add X',
      5,
    ],
    ['a pack is a directory', 'data/journal/pack-000001.jsonl', 'is a directory, and not', 'history', 5],
    ['the checkpoint is a directory', 'data/checkpoint.json', 'is a directory, and not', 'deal list', 5],
    ['.crm is a file', '.crm', 'nobody can write', 'deal add X', 1],
  ])('%s', async (_, file, said, args, code) => {
    const ws = file.includes('pack') ? await withPack() : await busy();
    rmSync(path(ws, file), { recursive: true, force: true });
    if (said.startsWith('is a dir')) mkdirSync(path(ws, file));
    else writeFileSync(path(ws, file), 'x');
    expect(serious(await examine(ws))).toContainEqual(
      expect.objectContaining({ file, message: expect.stringContaining(said) }),
    );
    const ran = await ws.crm(args);
    expect([ran.code, ran.err]).toEqual([code, expect.stringMatching(/Error: .*(file|directory).*\nHint: /)]);
  });

  test('packs too, whole or in part', async () => {
    const ws = await withPack();
    const whole = join(emptyDirectory(), 'whole');
    await ws.ok(['doctor', '--salvage', whole]);
    const pack = readFileSync(join(whole, 'data/journal/pack-000001.jsonl'));
    expect(pack.equals(readFileSync(packed(ws)))).toBe(true);
    flip(packed(ws), 'Title 20"]');
    const part = join(emptyDirectory(), 'part');
    await ws.ok(['doctor', '--salvage', part]);
    expect(readdirSync(join(part, 'data/journal'))).toHaveLength(27);
    expect((await ws.crm(['doctor', '-C', part])).code).toBe(0);
  });

  test('goes neither into the workspace nor over anything', async () => {
    const ws = await busy();
    const full = emptyDirectory();
    writeFileSync(join(full, 'mine'), '');
    for (const target of [ws.dir, path(ws, 'inside'), full])
      expect((await ws.crm(['doctor', '--salvage', target])).code, target).toBe(1);
    expect(readdirSync(full)).toEqual(['mine']);
    expect(existsSync(path(ws, 'inside'))).toBe(false);
  });
});

test('with all of data/ gone, it says so, and nothing is saved before somebody has decided', async () => {
  const ws = await busy();
  await ws.ok('status');
  renameSync(path(ws, 'data'), path(ws, '../kept'));
  expect(serious(await examine(ws))).toEqual([
    expect.objectContaining({
      severity: 'error',
      message: expect.stringMatching(/deals\.jsonl.* data\/ was lost/),
      fix: expect.stringContaining('backup'),
    }),
  ]);
  expect(await ws.crm('deal list')).toMatchObject({
    code: 0,
    err: expect.stringContaining('no transaction'),
  });
  const refused = await ws.crm('deal add X');
  expect(refused).toMatchObject({ code: 5, out: '' });
  expect(refused.err).toMatch(/though there were records; nothing was saved\nHint: put back/);
  expect(existsSync(path(ws, 'data'))).toBe(false);

  renameSync(path(ws, '../kept'), path(ws, 'data'));
  expect((await ws.crm('doctor')).code).toBe(0);
  await ws.ok('deal add X');

  rmSync(path(ws, 'data'), { recursive: true });
  await ws.ok('doctor --fix');
  expect(await ws.ok('deal add X')).toBe('D1\n');
  expect((await ws.crm('doctor')).code).toBe(0);
});
