/** What is taken out of the settings, or merged away, while a record in the trash refers to it: the trash counts as present. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';

/** What refers to what: made, put in the trash, then the other removed; refused at first, and where it points to then. */
interface Case {
  readonly made: readonly string[];
  readonly id: string;
  readonly kind: string;
  readonly refused?: readonly [command: string, message: string];
  readonly removed: string;
  readonly field: string;
  readonly was: unknown;
  readonly is: unknown;
}

const users = ['user add boss --role admin', 'user add ana', 'user add ben'];
const pipelines = ['pipeline add Other --id other', 'stage add New --pipeline other'];

const cases: Readonly<Record<string, Case>> = {
  'a stage, and a deal': {
    made: ['deal add Chairs --stage follow-up'],
    id: 'D1',
    kind: 'deal',
    refused: ['stage rm follow-up', 'follow-up still holds a deal, D1, in the trash'],
    removed: 'stage rm follow-up --move-to in-contact',
    field: 'stage',
    was: 'follow-up',
    is: 'in-contact',
  },
  'a stage, and a deal that was lost': {
    made: ['deal add Chairs --stage follow-up', 'deal lose D1'],
    id: 'D1',
    kind: 'deal',
    refused: ['stage rm follow-up', 'follow-up still holds a deal, D1, in the trash'],
    removed: 'stage rm follow-up --move-to in-contact',
    field: 'stage',
    was: 'follow-up',
    is: 'in-contact',
  },
  'a pipeline, and a deal': {
    made: [...pipelines, 'deal add Chairs --pipeline other'],
    id: 'D1',
    kind: 'deal',
    refused: ['pipeline rm other', 'other still holds a deal, D1, in the trash'],
    removed: 'pipeline rm other --move-to sales/in-contact',
    field: 'pipeline',
    was: 'other',
    is: 'sales',
  },
  'a user, and a deal': {
    made: [...users, 'deal add Chairs --owner ana'],
    id: 'D1',
    kind: 'deal',
    refused: ['user rm ana --as boss', 'ana still has 0 open deals and 0 open tasks, 1 more in the trash'],
    removed: 'user rm ana --successor ben --as boss',
    field: 'owner',
    was: 'ana',
    is: 'ben',
  },
  'a user, and a task': {
    made: [...users, 'deal add Chairs', 'task add Call --for D1 --assignee ana'],
    id: 'T1',
    kind: 'task',
    refused: ['user rm ana --as boss', 'ana still has 0 open deals and 0 open tasks, 1 more in the trash'],
    removed: 'user rm ana --successor ben --as boss',
    field: 'assignee',
    was: 'ana',
    is: 'ben',
  },
  'a contact that is merged, and a task': {
    made: ['contact add Jane', 'contact add Joe', 'task add Call --for C2'],
    id: 'T1',
    kind: 'task',
    removed: 'contact merge C1 C2',
    field: 'for',
    was: 'C2',
    is: 'C1',
  },
  'an account that is merged, and a contact': {
    made: ['account add Acme', 'account add Apex', 'contact add Jane --account A2'],
    id: 'C1',
    kind: 'contact',
    removed: 'account merge A1 A2',
    field: 'account',
    was: 'A2',
    is: 'A1',
  },
};

const fieldOf = async (ws: TestWorkspace, { kind, id, field }: Case) =>
  ((await ws.json(`${kind} show ${id}`)) as { [key: string]: unknown })[field];

describe('the trash counts as present', () => {
  test.each(Object.entries(cases))('%s', async (_, each) => {
    const ws = await workspace('sales');
    const { made, kind, id, refused, removed, was, is } = each;
    for (const command of made) await ws.ok(command);
    expect(await fieldOf(ws, each)).toBe(was);
    await ws.ok(`${kind} rm ${id}`);
    if (refused) {
      const { code, err } = await ws.crm(refused[0]);
      expect(err).toContain(refused[1]);
      expect(code).toBe(2);
    }
    await ws.ok(removed);
    expect(await ws.ok(`${kind} list -q`)).not.toContain(id);
    await ws.ok(`${kind} restore ${id}`);
    expect(await fieldOf(ws, each)).toBe(is);
    expect((await ws.crm('doctor')).code).toBe(0);
    // Taken back, in the order in which it was done, it is as it was, also in the trash.
    await ws.ok('undo');
    await ws.ok('undo');
    await ws.ok(`${kind} restore ${id}`);
    expect(await fieldOf(ws, each)).toBe(was);
  });

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
  test('a deal whose stage was taken out by hand is refused, until the stage is back', async () => {
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

  test('what it refers to in the trash, and what is gone from the settings, is reported', async () => {
    const ws = await workspace('sales');
    await ws.ok(['field', 'add', 'deal', 'size', '--type', 'choice', '--options', 'small,large']);
    await ws.ok('contact add Jane');
    await ws.ok('deal add Chairs --contact C1 --field size=large');
    await ws.ok('deal rm D1');
    await ws.ok('contact rm C1');
    await ws.ok('field set deal size options=small');
    expect((await ws.crm('deal restore D1')).err).toMatch(
      /in the trash: crm contact restore C1\n.*size of D1, large, is no longer one of its options\n/,
    );
  });
});

test('a record in the trash is shown by its name, as one in the trash, where others refer to it', async () => {
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
