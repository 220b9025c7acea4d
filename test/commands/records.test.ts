/** The verbs that every kind of record has, and the JSON of each kind: the contract of scripts. */
import { describe, expect, test } from 'vitest';
import { copiesOf, NOW, workspace } from '../harness.ts';

type Fields = Record<string, unknown>;

/** Each kind: how one is added, and all that its JSON says, in order. */
const kinds: Readonly<Record<string, { add: readonly string[]; set: [string, unknown]; json: Fields }>> = {
  deal: {
    add: ['deal', 'add', '40 chairs', '--value', '5200', '--contact', 'C1', '--close', '2026-12-01'],
    set: ['value=1.5k', { value: '1500.00' }],
    json: {
      id: 'D1',
      title: '40 chairs',
      value: '5200.00',
      currency: 'EUR',
      pipeline: 'sales',
      stage: 'awaiting-processing',
      status: 'open',
      owner: null,
      contact: 'C1',
      contacts: ['C1'],
      account: 'A1',
      description: null,
      tags: [],
      fields: { qualification: null },
      score: 0,
      expectedClose: '2026-12-01',
      createdAt: NOW,
      updatedAt: NOW,
      stageSince: NOW,
      closedAt: null,
      closedStage: null,
      lostReason: null,
      externalId: null,
    },
  },
  contact: {
    add: ['contact', 'add', 'John Doe', '--email', 'john@example.com', '--tag', 'b,a'],
    set: ['consent=yes', { consent: true }],
    json: {
      id: 'C2',
      name: 'John Doe',
      email: 'john@example.com',
      emails: ['john@example.com'],
      phone: null,
      phones: [],
      account: null,
      accounts: [],
      owner: null,
      tags: ['a', 'b'],
      score: 0,
      scores: { default: 0 },
      consent: null,
      fields: {},
      externalId: null,
      createdAt: NOW,
      updatedAt: NOW,
    },
  },
  account: {
    add: ['account', 'add', 'Globex', '--domain', 'Globex.example', '--parent', 'acme'],
    set: ['parent=', { parent: null }],
    json: {
      id: 'A2',
      name: 'Globex',
      domain: 'globex.example',
      domains: ['globex.example'],
      phone: null,
      phones: [],
      parent: 'A1',
      owner: null,
      tags: [],
      fields: {},
      description: null,
      externalId: null,
      createdAt: NOW,
      updatedAt: NOW,
    },
  },
  task: {
    add: ['task', 'add', 'Call back', '--for', 'jane@example.com', '--type', 'call', '--due', '+2d'],
    set: ['due=eom', { due: '2026-09-30' }],
    json: {
      id: 'T1',
      title: 'Call back',
      type: 'call',
      for: 'C1',
      due: '2026-09-16',
      assignee: null,
      status: 'open',
      outcome: null,
      doneAt: null,
      repeat: null,
      whenCreated: null,
      whenDone: null,
      externalId: null,
      createdAt: NOW,
      updatedAt: NOW,
      dueTime: null,
    },
  },
  activity: {
    add: [
      'activity',
      'add',
      '--type',
      'call',
      '--for',
      'A1',
      '--text',
      'wants a quote',
      '--at',
      '2026-09-01',
    ],
    set: ['text=', { text: null }],
    json: {
      id: 'V1',
      type: 'call',
      for: 'A1',
      at: '2026-08-31T22:00:00.000Z',
      by: 'tester',
      text: 'wants a quote',
      externalId: null,
      createdAt: NOW,
      updatedAt: NOW,
      with: [],
      direction: null,
      fields: {},
    },
  },
  event: {
    add: ['event', 'add', 'form.submitted', '--contact', 'C1', '--prop', 'form=quote', '--prop', 'seats=40'],
    set: ['name=form.opened', { name: 'form.opened' }],
    json: {
      id: 'E1',
      name: 'form.submitted',
      contact: 'C1',
      at: NOW,
      props: { form: 'quote', seats: 40 },
      externalId: null,
      createdAt: NOW,
      updatedAt: NOW,
    },
  },
  invoice: {
    add: ['invoice', 'add', '--for', 'C1', '--amount', '5200', '--issued', '2026-05-03'],
    set: ['amount=10k', { amount: '10000.00' }],
    json: {
      id: 'I1',
      for: 'C1',
      deal: null,
      account: null,
      contact: 'C1',
      amount: '5200.00',
      currency: 'EUR',
      issued: '2026-05-03',
      paid: null,
      externalId: null,
      createdAt: NOW,
      updatedAt: NOW,
    },
  },
};

const furnished = copiesOf(async () => {
  const ws = await workspace('automated-sales');
  await ws.ok('account add Acme');
  await ws.ok('contact add --email jane@example.com --account Acme');
  return ws;
});

describe.each(Object.entries(kinds))('crm %s', (kind, { add, set, json }) => {
  const id = json.id as string;

  test('its JSON: every field, in order, empty ones as null', async () => {
    const ws = await furnished();
    expect(await ws.ok(add)).toBe(`${id}\n`);
    const shown = await ws.ok(`${kind} show ${id} --json`);
    expect(JSON.parse(shown)).toEqual(json);
    expect(Object.keys(JSON.parse(shown) as object)).toEqual(Object.keys(json));
    expect((await ws.json<Fields[]>(`${kind} list`)).find(record => record.id === id)).toEqual(json);
    expect(JSON.parse(await ws.ok(`${kind} list --format jsonl id:${id}`))).toEqual(json);
    // With --json, add says the same.
    const other = await furnished();
    expect(await other.json(add)).toEqual(json);
    expect(await (await furnished()).ok([...add, '-q'])).toBe(`${id}\n`);
    expect(await (await furnished()).ok(add, { tty: 80 })).toBe(`${id}\n`);
  });

  test('set changes one or many, by id, from standard input and by query', async () => {
    const ws = await furnished();
    await ws.ok(add);
    const later = '2026-09-15T08:00:00.000Z';
    const [assignment, changed] = set;
    expect((await ws.crm([kind, 'set', id, assignment], { now: later })).err).toBe(`changed ${id}\n`);
    expect(await ws.json(`${kind} show ${id}`)).toEqual({
      ...json,
      ...(changed as object),
      updatedAt: later,
    });
    // Again: nothing to do, and nothing is written.
    const before = await ws.ok('history --json');
    for (const args of [
      [kind, 'set', id, assignment],
      [kind, 'set', '-', assignment],
      [kind, 'set', '--where', `id:${id}`, assignment],
    ])
      expect((await ws.crm(args, { stdin: `${id}\n` })).err).toBe(
        `nothing to do: ${id} is already in that state\n`,
      );
    expect(await ws.ok('history --json')).toBe(before);
    expect(await ws.json([kind, 'set', id, assignment])).toMatchObject(changed as object);
    expect(await ws.ok([kind, 'set', id, assignment, '-q'])).toBe(`${id}\n`);
  });

  test('rm moves to the trash, from where restore brings it back as it was', async () => {
    const ws = await furnished();
    await ws.ok(add);
    const later = { now: '2026-09-15T08:00:00.000Z' };
    expect((await ws.crm(`${kind} rm ${id}`, later)).err).toBe(`moved to the trash: ${id}\n`);
    expect(await ws.ok(`${kind} list id:${id}`)).toBe('');
    expect(await ws.json(`${kind} list --trash`)).toMatchObject([{ id, removedAt: later.now }]);
    for (const line of [`${kind} show ${id}`, `${kind} set ${id} ${set[0]}`, `${kind} rm ${id}`]) {
      const { code, err } = await ws.crm(line);
      expect({ line, code }).toEqual({ line, code: 3 });
      expect(err).toContain(`Hint: it is in the trash: crm ${kind} restore ${id}`);
    }
    expect((await ws.crm(`${kind} restore ${id}`, later)).err).toBe(`restored ${id}\n`);
    expect(await ws.json(`${kind} show ${id}`)).toEqual(json);
    expect((await ws.crm(`${kind} restore ${id}`)).err).toBe(
      `nothing to do: ${id} is already in that state\n`,
    );
    expect(await ws.json(`${kind} list --trash`)).toEqual([]);
    // An id is never used again.
    await ws.ok([kind, 'rm', '--where', `id:${id}`]);
    const next = await ws.ok(add);
    expect(next).toBe(`${id[0]}${Number(id.slice(1)) + 1}\n`);
  });

  test('an unknown one is 3, one of another kind too', async () => {
    const ws = await furnished();
    for (const verb of ['show', 'set', 'rm', 'restore']) {
      const rest = verb === 'set' ? [set[0]] : [];
      expect(await ws.crm([kind, verb, `${id[0]}99`, ...rest])).toMatchObject({ code: 3, out: '' });
      const other = kind === 'deal' ? 'C1' : 'D1';
      const { code, err } = await ws.crm([kind, verb, other, ...rest]);
      expect({ verb, code }).toEqual({ verb, code: 3 });
      expect(err).toContain(`${other} is a ${kind === 'deal' ? 'contact' : 'deal'}, not a`);
    }
  });

  test('stored records begin with the same keys, in the same order', async () => {
    const ws = await furnished();
    await ws.ok(add);
    await ws.ok(add.map(arg => arg.replace('john@', 'j@').replace('Globex', 'Initech')));
    const [one, two] = (await ws.json<{ changes: { set: object }[] }[]>('history --limit 2')).map(tx =>
      Object.keys(tx.changes[0]!.set),
    );
    expect(one).toEqual(two);
    expect(Object.keys(json).filter(key => one!.includes(key))).toEqual(
      one!.filter(key => Object.keys(json).includes(key)),
    );
  });
});

describe('several records', () => {
  test('show of several is a list, of one an object', async () => {
    const ws = await workspace();
    for (const title of ['A', 'B']) await ws.ok(`deal add ${title}`);
    expect(await ws.json('deal show D1')).toMatchObject({ id: 'D1' });
    expect(await ws.json('deal show D2 D1')).toMatchObject([{ id: 'D2' }, { id: 'D1' }]);
    expect(await ws.ok('deal show - -q', { stdin: 'D2\nD1\n' })).toBe('D2\nD1\n');
    expect(await ws.json(['deal', 'show', '-'], { stdin: '' })).toEqual([]);
  });

  test('set changes all or none', async () => {
    const ws = await workspace();
    for (const title of ['A', 'B']) await ws.ok(`deal add ${title}`);
    expect(await ws.crm('deal set D1 D2 value=5 close=never')).toMatchObject({
      code: 2,
      err: expect.stringContaining('D1: expectedClose: "never" is not a day'),
    });
    expect(await ws.crm('deal set D1 D9 value=5')).toMatchObject({
      code: 3,
      err: expect.stringContaining('D9 does not exist'),
    });
    expect(await ws.ok('deal list --fields value')).toBe('0.00\n0.00\n');
    expect((await ws.crm('deal set D1 D2 D1 value=5')).err).toBe('changed D1, D2\n');
  });

  test('the sentence names a few and counts many', async () => {
    const ws = await workspace();
    for (let i = 0; i < 6; i++) await ws.ok('deal add D');
    const all = { stdin: await ws.ok('deal list -q') };
    expect((await ws.crm('deal set - value=1', all)).err).toBe('changed 6 deals\n');
    expect((await ws.crm('deal set - value=1', all)).err).toBe(
      'nothing to do: all 6 are already in that state\n',
    );
    expect((await ws.crm('deal rm -', all)).err).toBe('moved to the trash: 6 deals\n');
  });
});

describe('records chosen by --where', () => {
  const four = async () => {
    const ws = await workspace();
    for (let i = 1; i <= 4; i++) await ws.ok(`deal add D --value ${i}`);
    return ws;
  };

  test.each(['deal set --where value:>0 close=eom', 'deal rm --where value:>0'])(
    '%s: more than three need --yes where nobody can be asked',
    async line => {
      const ws = await four();
      const before = await ws.ok('history --json');
      for (const env of [{}, { CRM_NO_INPUT: '' }, { CI: 'true' }]) {
        const { code, err, out } = await ws.crm(line, { env: env as Record<string, string> });
        expect({ code, out }).toEqual({ code: 2, out: '' });
        expect(err).toMatch(/(change|remove) 4 deals\?.*\nHint: --yes/);
      }
      expect(await ws.ok('history --json')).toBe(before);
      // A dry run asks nothing and does nothing.
      expect((await ws.crm(`${line} --dry-run`)).err).toBe('dry run: 4 changes, nothing was saved\n');
      expect(await ws.ok('history --json')).toBe(before);
      expect((await ws.crm(`${line} --yes`)).err).toMatch(/ D1, D2, D3, D4\n$/);
    },
  );

  test('three do not, and neither do ids, however many', async () => {
    const ws = await four();
    expect(await ws.crm('deal set --where value:>1 close=eom')).toMatchObject({ code: 0 });
    expect(await ws.crm('deal set D1 D2 D3 D4 close=eoy')).toMatchObject({ code: 0 });
    expect(await ws.crm('deal rm --where value:>1')).toMatchObject({ code: 0 });
    expect(await ws.crm('deal rm -', { stdin: 'D1' })).toMatchObject({ code: 0 });
  });

  test('none at all is exit 0, with a message', async () => {
    const ws = await four();
    for (const line of ['deal set --where is:lost value=5', 'deal rm --where is:lost'])
      expect(await ws.crm(line)).toMatchObject({ code: 0, err: 'nothing to do: no deals were chosen\n' });
  });
});
