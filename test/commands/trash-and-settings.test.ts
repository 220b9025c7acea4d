/** What is taken out of the settings, or merged away, while a record in the trash refers to it: the trash counts as present. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memoBy } from '../../src/domain/memo.ts';
import { isDue } from '../effort.ts';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

/** A setting, how it is made, and how it goes: by a command where there is one, and by hand. */
interface Setting {
  readonly made: readonly (readonly string[])[];
  readonly file: string;
  /** What takes it out of the file. */
  readonly out: readonly [from: RegExp, to: string];
  /** The command that takes it out, and what it needs while records use it. */
  readonly rm?: readonly string[];
  readonly to?: readonly string[];
  /** How errors name it. */
  readonly said: string;
}

const split = (...commands: string[]): string[][] => commands.map(command => command.split(' '));

const choice = (kind: string, type: string): Setting => ({
  made: [['field', 'add', kind, 'size', '--type', type, '--options', 'small,large']],
  file: 'crm.yaml',
  out: [/\[ small, large \]/, '[ small ]'],
  rm: ['field', 'set', kind, 'size', 'options=small', '--as', 'boss'],
  to: ['--move-to', 'small'],
  said: 'the option large of size',
});

const stage: Setting = {
  made: split('stage add Parked --pipeline sales'),
  file: 'pipelines/sales.yaml',
  out: [/.*id: parked.*\n/, ''],
  rm: ['stage', 'rm', 'parked', '--as', 'boss'],
  to: ['--move-to', 'in-contact'],
  said: 'the stage parked',
};
const pipeline: Setting = {
  made: split('pipeline add Other --id other', 'stage add New --pipeline other'),
  file: 'pipelines/other.yaml',
  out: [/[\s\S]*/, ''],
  rm: ['pipeline', 'rm', 'other', '--as', 'boss'],
  to: ['--move-to', 'sales/in-contact'],
  said: 'the pipeline other',
};
const user: Setting = {
  made: split('user add ana'),
  file: 'crm.yaml',
  out: [/ {2}ana: .*\n/, ''],
  rm: ['user', 'rm', 'ana', '--as', 'boss'],
  to: ['--successor', 'ben'],
  said: 'the user ana',
};
const taskType: Setting = {
  made: [],
  file: 'crm.yaml',
  out: [/call: \{ contact: true \}, /, ''],
  said: 'the task type call',
};

/** A record that uses a setting. */
interface Case {
  readonly setting: Setting;
  readonly made: readonly string[];
  readonly id: string;
  readonly kind: string;
  readonly field: string;
  readonly was: unknown;
  /** What it has once the command has taken the setting out; left out where that is refused, and nothing moves. */
  readonly is?: unknown;
  /** Whether the command goes through without saying where to: a user's customers are nobody's work. */
  readonly free?: true;
  /** What restore says once the setting was taken out by hand; a refusal where it is exit 1. */
  readonly restored: string;
  readonly refused?: true;
}

const cases: Readonly<Record<string, Case>> = {
  'a stage, and an open deal': {
    setting: stage,
    made: ['deal add Chairs --stage parked'],
    id: 'D1',
    kind: 'deal',
    field: 'stage',
    was: 'parked',
    is: 'in-contact',
    restored: 'D1 was in the stage parked, which sales no longer has',
    refused: true,
  },
  'a stage, and a deal that was lost': {
    setting: stage,
    made: ['deal add Chairs --stage parked', 'deal lose D1'],
    id: 'D1',
    kind: 'deal',
    field: 'stage',
    was: 'parked',
    is: 'in-contact',
    restored: 'D1 was in the stage parked, which sales no longer has',
    refused: true,
  },
  'a pipeline, and a deal': {
    setting: pipeline,
    made: ['deal add Chairs --pipeline other'],
    id: 'D1',
    kind: 'deal',
    field: 'pipeline',
    was: 'other',
    is: 'sales',
    restored: 'D1 was in the pipeline other, which is gone',
    refused: true,
  },
  'a user, and an open deal': {
    setting: user,
    made: ['deal add Chairs --owner ana'],
    id: 'D1',
    kind: 'deal',
    field: 'owner',
    was: 'ana',
    is: 'ben',
    restored: 'the owner of D1, ana, is no longer a user',
  },
  'a user, and a task': {
    setting: user,
    made: ['task add Call --assignee ana'],
    id: 'T1',
    kind: 'task',
    field: 'assignee',
    was: 'ana',
    is: 'ben',
    restored: 'the assignee of T1, ana, is no longer a user',
  },
  'a user, and a contact': {
    setting: user,
    made: ['contact add Jane --owner ana'],
    id: 'C1',
    kind: 'contact',
    field: 'owner',
    was: 'ana',
    is: 'ben',
    free: true,
    restored: 'the owner of C1, ana, is no longer a user',
  },
  'a user, and an account': {
    setting: user,
    made: ['account add Acme --owner ana'],
    id: 'A1',
    kind: 'account',
    field: 'owner',
    was: 'ana',
    is: 'ben',
    free: true,
    restored: 'the owner of A1, ana, is no longer a user',
  },
  'a task type, and an open task': {
    setting: taskType,
    made: ['task add Ring --type call'],
    id: 'T1',
    kind: 'task',
    field: 'type',
    was: 'call',
    restored: 'the type of T1, call, is no longer a task type',
  },
  'a task type, and a task that is done': {
    setting: taskType,
    made: ['task add Ring --type call', 'task done T1'],
    id: 'T1',
    kind: 'task',
    field: 'type',
    was: 'call',
    restored: 'the type of T1, call, is no longer a task type',
  },
  ...Object.fromEntries(
    // Each kind with one type, and each type with a kind.
    (['deal', 'contact', 'account'] as const).flatMap((kind, nth) =>
      (['choice', 'choices'] as const)
        .filter((_, round) => isDue(nth, round, 2))
        .map(type => {
          const id = { deal: 'D1', contact: 'C1', account: 'A1' }[kind];
          const isList = type === 'choices';
          return [
            `an option of a ${type}, and a record of ${kind}s`,
            {
              setting: choice(kind, type),
              made: [`${kind} add Chairs --field size=${isList ? 'large,small' : 'large'}`],
              id,
              kind,
              field: 'size',
              was: isList ? ['large', 'small'] : 'large',
              is: isList ? ['small'] : 'small',
              restored: `the size of ${id}, large, is no longer one of its options`,
            },
          ] as const;
        }),
    ),
  ),
};

const withUsers = copiesOf(async () => {
  const ws = await workspace('sales');
  for (const command of split('user add boss --role admin', 'user add ben')) await ws.ok(command);
  return ws;
});

/** Returns a workspace with the setting of a case, and the record that uses it. */
const used = (each: Case): Promise<TestWorkspace> => usedBy(each)();
const usedBy = memoBy(({ setting, made }: Case) =>
  copiesOf(async () => {
    const ws = await withUsers();
    for (const command of [...setting.made, ...made]) await ws.ok(command);
    return ws;
  }),
);

const fieldOf = async (ws: TestWorkspace, { kind, id, field }: Case) => {
  const shown = (await ws.json(`${kind} show ${id}`)) as { fields?: object };
  return ({ ...shown, ...shown.fields } as { [key: string]: unknown })[field];
};

const without = (text: string, { out: [from, to] }: Setting): string => {
  expect(text).toMatch(from);
  return text.replace(from, to);
};

function takeOutByHand(ws: TestWorkspace, setting: Setting): void {
  const path = join(ws.dir, setting.file);
  const text = without(readFileSync(path, 'utf8'), setting);
  if (text === '') rmSync(path);
  else writeFileSync(path, text);
}

const withCommand = Object.entries(cases).filter(([, { setting }]) => setting.rm);

describe.each(['live', 'in the trash'] as const)('a setting that goes, and a record that is %s', where => {
  const trashed = where === 'in the trash';
  const put = (ws: TestWorkspace, { kind, id }: Case) =>
    trashed ? ws.ok(`${kind} rm ${id}`) : Promise.resolve('');
  const back = (ws: TestWorkspace, { kind, id }: Case) =>
    trashed ? ws.ok(`${kind} restore ${id}`) : Promise.resolve('');

  test.each(withCommand)('moves with it: %s', async (_, each) => {
    const ws = await used(each);
    const { setting, kind, id } = each;
    expect(await fieldOf(ws, each)).toEqual(each.was);
    await put(ws, each);
    const refused = await ws.crm([...setting.rm!, '--dry-run']);
    expect(refused.code).toBe(each.free ? 0 : 2);
    if (!each.free && setting !== user)
      expect(refused.err).toContain(
        trashed ? `${id}, in the trash\nHint: --move-to` : `${id}\nHint: --move-to`,
      );
    if (!each.free && setting === user)
      expect(refused.err).toContain(
        trashed
          ? `ana still has an open ${kind}, ${id}, in the trash\nHint: --successor`
          : `ana still has an open ${kind}, ${id}\nHint: --successor`,
      );
    await ws.ok([...setting.rm!, ...setting.to!]);
    if (trashed) expect(await ws.ok(`${kind} list -q`)).not.toContain(id);
    await back(ws, each);
    expect(await fieldOf(ws, each)).toEqual(each.is);
    expect((await ws.crm('doctor')).code).toBe(0);
    // Taken back in the order in which it was done, it is as it was, also in the trash.
    if (trashed) await ws.ok('undo');
    expect((await ws.crm('undo')).err).not.toContain('kept');
    await back(ws, each);
    expect(await fieldOf(ws, each)).toEqual(each.was);
    expect((await ws.crm('doctor')).code).toBe(0);
  });

  test.each(Object.entries(cases))('is kept by an edit in the editor: %s', async (_, each) => {
    const ws = await used(each);
    const { setting, id } = each;
    await put(ws, each);
    const seen: string[] = [];
    const edits = [(text: string) => without(text, setting), () => undefined];
    const args = setting.file === 'crm.yaml' ? 'user edit ben --as boss' : 'stage edit PLACE --as boss';
    const place = setting === pipeline ? 'new' : 'parked';
    await ws.crm(args.replace('PLACE', place), {
      editor: text => {
        seen.push(text);
        return edits.shift()?.(text);
      },
    });
    if (setting === pipeline) return;
    expect(seen[1]).toContain(setting.said);
    expect(seen[1]).toContain(trashed ? `${id}, in the trash` : id);
  });

  test.each(Object.entries(cases).filter(([, { setting }]) => setting.made.length > 0))(
    'is kept when what added it is undone: %s',
    async (_, each) => {
      const ws = await used(each);
      const { setting, id } = each;
      await put(ws, each);
      const history = await ws.json<{ tx: number; via: string }[]>('history');
      const added = history.filter(({ via }) => via === setting.made[0]!.slice(0, 2).join(' ')).at(0)!;
      const { err } = await ws.crm(`undo ${added.tx} --as boss`);
      // With its field, an option is hidden, not gone.
      if (setting.said.startsWith('the option')) return expect(err).not.toContain('kept');
      expect(err).toContain(`kept ${setting.file} (`);
      if (setting !== pipeline) expect(err).toContain(trashed ? `${id}, in the trash)` : `${id})`);
    },
  );
});

describe('taken out by hand, which nothing can refuse', () => {
  test.each(Object.entries(cases))('restore says it, or refuses: %s', async (_, each) => {
    const ws = await used(each);
    const { setting, kind, id } = each;
    await ws.ok(`${kind} rm ${id}`);
    takeOutByHand(ws, setting);
    const { code, err } = await ws.crm(`${kind} restore ${id} --as boss`);
    expect(err).toContain(each.restored);
    expect(code).toBe(each.refused ? 1 : 0);
    expect(await ws.ok(`${kind} list -q --as boss`)).toBe(each.refused ? '' : `${id}\n`);
  });
});

describe('a setting that no record needs is removed without a question', () => {
  test.each([
    ['a closed deal of a user', ['deal add Chairs --owner ana', 'deal win D1'], 'user rm ana --as boss'],
    [
      'a task of a user that is done',
      ['task add Call --assignee ana', 'task done T1'],
      'user rm ana --as boss',
    ],
    [
      'the stage where a deal was lost before it moved on',
      ['deal add Chairs --stage parked', 'deal lose D1', 'deal move D1 in-contact'],
      'stage rm parked --as boss',
    ],
    ['a team', ['team add north ana'], 'team rm north --as boss'],
    ['a view', ['view add hot is:open'], 'view rm hot --as boss'],
  ] as const)('%s', async (_, made, removed) => {
    const ws = await used({ ...cases['a user, and an open deal']!, made: [] });
    await ws.ok('stage add Parked --pipeline sales');
    for (const command of made) await ws.ok(command);
    expect(await ws.crm(removed)).toMatchObject({ code: 0 });
    expect((await ws.crm('doctor')).code).toBe(0);
  });

  test.each(['deal', 'contact', 'account'])('a field of %ss: values stay, also in the trash', async kind => {
    const ws = await workspace('sales');
    await ws.ok(`field add ${kind} product`);
    for (const name of ['One', 'Two']) await ws.ok([kind, 'add', name, '--field', 'product=chair']);
    const ids = (await ws.ok(`${kind} list -q`)).trim().split('\n');
    await ws.ok(`${kind} rm ${ids[1]}`);
    expect((await ws.crm(`field rm ${kind} product`)).err).toContain(`2 ${kind}s still have a value of it`);
    await ws.ok(`${kind} restore ${ids[1]}`);
    await ws.ok(`field restore ${kind} product`);
    expect(await ws.ok(`${kind} list product:chair -q`)).toBe(`${ids.join('\n')}\n`);
  });
});

describe('options that go', () => {
  const size = (options: string) => ['field', 'set', 'deal', 'size', `options=${options}`];

  const withSizes = copiesOf(async () => {
    const ws = await workspace('sales');
    await ws.ok(['field', 'add', 'deal', 'size', '--type', 'choice', '--options', 'small,large,huge']);
    for (const value of ['small', 'large', 'huge']) await ws.ok(`deal add Chairs --field size=${value}`);
    return ws;
  });

  test('may be renamed, with the records that have them', async () => {
    const ws = await withSizes();
    await ws.ok('deal rm D3');
    const { err } = await ws.crm([...size('small,big'), '--move-to', 'big']);
    expect(err).toBe('changed size\nmoved 2 deals to big\n');
    await ws.ok('deal restore D3');
    expect(await ws.ok('deal list --fields id,size')).toBe('D1\tsmall\nD2\tbig\nD3\tbig\n');
  });

  test.each([
    [['small', 'big'], ['--move-to', 'bigg'], '"bigg" is not an option of size'],
    [
      ['small', 'large', 'huge', 'big'],
      ['--move-to', 'big'],
      '--move-to is for the records of an option that you remove',
    ],
    [
      ['small', 'huge'],
      [],
      'the option large of size is still used by a deal, D2\nHint: --move-to OPTION moves them',
    ],
  ])('%s %s: exit 2', async (options, more, message) => {
    const ws = await withSizes();
    const { code, err } = await ws.crm([...size(options.join(',')), ...more]);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });

  test('one that a view asks for is kept', async () => {
    const ws = await withSizes();
    await ws.ok('view add big size:huge');
    const { code, err } = await ws.crm([...size('small,large'), '--move-to', 'large']);
    expect(err).toMatch(/^Error: the option huge of size is still used at crm\.yaml:\d+\n/);
    expect(code).toBe(1);
    expect(await ws.ok('deal list size:huge -q')).toBe('D3\n');
  });
});

test.each([
  [
    'contact',
    'contact add Jane',
    'contact add Joe',
    'task add Call --for C2',
    'T1',
    'task',
    'for',
    'C2',
    'C1',
  ],
  [
    'account',
    'account add Acme',
    'account add Apex',
    'contact add Jane --account A2',
    'C1',
    'contact',
    'account',
    'A2',
    'A1',
  ],
] as const)('a merge of %ss takes what refers to one of them out of the trash, and back', async (...row) => {
  const [merged, first, second, made, id, kind, field, was, is] = row;
  const ws = await workspace('sales');
  for (const command of [first, second, made, `${kind} rm ${id}`, `${merged} merge ${is} ${was}`])
    await ws.ok(command);
  await ws.ok(`${kind} restore ${id}`);
  expect(await ws.json(`${kind} show ${id}`)).toMatchObject({ [field]: is });
  await ws.ok('undo');
  await ws.ok('undo');
  await ws.ok(`${kind} restore ${id}`);
  expect(await ws.json(`${kind} show ${id}`)).toMatchObject({ [field]: was });
});

describe('undo of what changed a record in the trash', () => {
  const moved = copiesOf(async () => {
    const ws = await workspace('sales');
    await ws.ok('contact add Jane --email jane@example.com');
    await ws.ok(['field', 'add', 'contact', 'size', '--type', 'choice', '--options', 'small,large']);
    await ws.ok('contact set C1 size=large');
    await ws.ok('contact rm C1');
    await ws.ok('field set contact size options=small --move-to small');
    return ws;
  });

  const last = async (ws: TestWorkspace) => (await ws.json<{ tx: number }[]>('history'))[0]!.tx;

  test('changes it there, though another record has its key by now', async () => {
    const ws = await moved();
    const tx = await last(ws);
    await ws.ok('contact add Joe --email jane@example.com');
    expect((await ws.crm(`undo ${tx}`)).err).not.toContain('kept');
    expect(await ws.ok('contact list -q')).toBe('C2\n');
    await ws.ok('contact set C2 email=joe@example.com');
    await ws.ok('contact restore C1');
    expect(await ws.json('contact show C1')).toMatchObject({ fields: { size: 'large' } });
  });

  test('leaves it where it is, if it was restored since', async () => {
    const ws = await moved();
    const tx = await last(ws);
    await ws.ok('contact restore C1');
    expect((await ws.crm(`undo ${tx}`)).err).not.toContain('kept');
    expect(await ws.json('contact show C1')).toMatchObject({ fields: { size: 'large' } });
    await ws.ok('redo');
    expect(await ws.json('contact show C1')).toMatchObject({ fields: { size: 'small' } });
  });
});

test('an undo of a change of a hidden record in the trash is refused, and does not name the record', async () => {
  const ws = await workspace('sales');
  for (const command of [
    'user add boss --role admin',
    'user add rita --role restricted',
    'contact add Jane --owner none --as boss',
    'contact add Joe --owner none --as boss',
    'task add Call --for C2 --assignee boss --as boss',
    'task rm T1 --as boss',
    'contact merge C1 C2 --as boss',
  ])
    await ws.ok(command);
  const [{ tx }] = (await ws.json<{ tx: number }[]>('history --as boss --limit 1')) as [{ tx: number }];
  const { code, err } = await ws.crm(`undo ${tx} --as rita`);
  expect(err).toContain(`transaction ${tx} changed records that rita may not see`);
  expect(err).not.toContain('T1');
  expect(code).toBe(1);
});

test('an undo of an import that made users takes them back with their deals', async () => {
  const ws = await workspace('sales');
  await ws.ok('user add boss --role admin');
  await ws.ok('import deals - --create-missing users --as boss', { stdin: 'title,owner\nChairs,Zoe\n' });
  expect(await ws.ok('deal list --fields owner')).toBe('zoe\n');
  expect((await ws.crm('undo --as boss')).err).not.toContain('kept');
  expect(await ws.ok('user list -q')).toBe('boss\n');
});

test('an import of users is for admins: its errors tell nothing of their work', async () => {
  const ws = await workspace('sales');
  for (const command of [
    'user add boss --role admin',
    'user add ana',
    'user add ben',
    'deal add Chairs --owner ana',
  ])
    await ws.ok(command);
  const ran = await ws.crm('import users - --key id --as ben', { stdin: 'id,active\nana,false\n' });
  expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('may not change settings') });
  expect(ran.err).not.toContain('open deal');
});

describe('several records of a setting', () => {
  test('several deals of a stage, some of them in the trash, all move', async () => {
    const ws = await workspace('sales');
    for (const title of ['Chairs', 'Tables', 'Lamps']) await ws.ok(`deal add ${title} --stage follow-up`);
    await ws.ok('deal rm D2');
    expect((await ws.crm('stage rm follow-up')).err).toContain('holds 3 deals, 1 of them in the trash');
    expect((await ws.crm('stage rm follow-up --move-to in-contact')).err).toContain('moved 3 deals');
    await ws.ok('deal restore D2');
    expect(await ws.ok('deal list stage:in-contact -q')).toBe('D1\nD2\nD3\n');
  });
});

describe('restore checks what the record refers to', () => {
  test('a deal whose stage was removed by hand is refused, until the stage is back', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add Chairs --stage follow-up');
    await ws.ok('deal rm D1');
    const path = join(ws.dir, 'pipelines/sales.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/.*id: follow-up.*\n/, ''));
    const { code, err } = await ws.crm('deal restore D1');
    expect(err).toBe(
      'Error: D1 was in the stage follow-up, which sales no longer has\nHint: crm stage restore follow-up --pipeline sales\n',
    );
    expect(code).toBe(1);
    await ws.ok('stage restore follow-up --pipeline sales');
    await ws.ok('deal restore D1');
  });

  test('references to the trash, and to removed settings, are reported', async () => {
    const ws = await workspace('sales');
    await ws.ok(['field', 'add', 'deal', 'size', '--type', 'choice', '--options', 'small,large']);
    await ws.ok('contact add Jane');
    await ws.ok('deal add Chairs --contact C1 --field size=large');
    await ws.ok('deal rm D1');
    await ws.ok('contact rm C1');
    takeOutByHand(ws, choice('deal', 'choice'));
    expect((await ws.crm('deal restore D1')).err).toMatch(
      /in the trash: crm contact restore C1\n.*size of D1, large, is no longer one of its options\n/,
    );
  });
});

test('a record in the trash is shown by its name, marked as in the trash, where others refer to it', async () => {
  const ws = await workspace('sales');
  await ws.ok('contact add Jane');
  await ws.ok('deal add Chairs --contact C1');
  await ws.ok('contact rm C1');
  const shown = await ws.ok('deal show D1', { tty: 100 });
  expect(shown).toContain('Jane (C1, in the trash)');
  const listed = await ws.ok('deal list --fields id,contact', { tty: 100 });
  expect(listed).toContain('Jane (in the trash)');
  // Scripts see what they saw.
  expect(await ws.ok('deal list --fields id,contact')).toBe('D1\tC1\n');
});
