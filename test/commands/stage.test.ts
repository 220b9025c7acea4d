/** The stages of a pipeline: in its file, whose comments and lines stay, and under the deals that are in them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';

const PATH = 'pipelines/sales.yaml';
const textOf = (ws: TestWorkspace, path = PATH) => readFileSync(join(ws.dir, path), 'utf8');
const write = (ws: TestWorkspace, text: string, path = PATH) => writeFileSync(join(ws.dir, path), text);
const stages = async (ws: TestWorkspace, ...more: string[]) =>
  (await ws.json<{ id: string }[]>(['stage', 'list', ...more])).map(stage => stage.id);
const deal = (ws: TestWorkspace, id: string) =>
  ws.json<{ stage: string; pipeline: string; stageSince: string }>(['deal', 'show', id]);

const own = `# our own
name: Sales
currency: EUR        # mostly
entry: to-contact
stages:
  # new ones
  - { id: to-contact,  name: To contact, color: yellow }  # hot
  - { id: proposal,    name: Proposal sent, group: late, rotting: 36h }
  - { id: follow-up,   name: Follow up, group: late }
  - { id: parked,      name: Parked }

# rows are read from the top
transitions:
  - { to: proposal,  from: [to-contact, parked], when: 'tasks.done:>=1' }
  - { to: follow-up, from: [proposal], when: 'idle.over:30d' }
  - { to: follow-up, from: [parked], when: 'idle.over:90d' }
`;

async function ownWorkspace(): Promise<TestWorkspace> {
  const ws = await workspace();
  write(ws, own);
  return ws;
}

describe('crm stage show', () => {
  test('has all that is known of a stage', async () => {
    const ws = await ownWorkspace();
    expect(await ws.json('stage show proposal')).toEqual({
      id: 'proposal',
      name: 'Proposal sent',
      pipeline: 'sales',
      group: 'late',
      color: null,
      probability: null,
      requires: null,
      rotting: '36h',
      card: null,
    });
    expect(await ws.ok(['stage', 'show', 'to contact', '--fields', 'id,color'])).toBe('to-contact\tyellow\n');
    expect(await ws.ok(['stage', 'show', 'proposal', '--color', 'never'], { tty: 80 })).toBe(
      'id        proposal\nname      Proposal sent\npipeline  sales\ngroup     late\nrotting   36h\n',
    );
  });
});

describe('crm stage set', () => {
  test('changes the line of that stage and no other', async () => {
    const ws = await ownWorkspace();
    const { err } = await ws.crm('stage set follow-up color=red group=sales probability=40 rotting=7d');
    expect(err).toBe('changed follow-up\n');
    expect(textOf(ws)).toBe(
      own.replace(
        '{ id: follow-up,   name: Follow up, group: late }',
        '{ id: follow-up,   name: Follow up, group: sales, color: red, probability: 40, rotting: 7d }',
      ),
    );
    expect(await ws.json('stage show follow-up')).toMatchObject({ probability: 40, rotting: '7d' });
  });

  test('removes keys that get no value, and keeps a comment after them', async () => {
    const ws = await ownWorkspace();
    await ws.ok('stage set to-contact color= card=title,owner');
    expect(textOf(ws)).toContain(
      '  - { id: to-contact,  name: To contact, card: [ title, owner ] }  # hot\n',
    );
  });

  test('the same again changes nothing', async () => {
    const ws = await ownWorkspace();
    const { err } = await ws.crm('stage set to-contact color=yellow');
    expect(err).toBe('nothing to do: to-contact is already in that state\n');
  });

  test.each([
    ['stage set proposal colour=red', 'a stage has no "colour"', 'did you mean color?'],
    [
      'stage set proposal color=redd',
      'that would not be valid: pipelines/sales.yaml:8: unknown colour "redd"',
      'did you mean red?',
    ],
    ['stage set proposal probability=140', 'probability: "140" is not a percentage', 'accepted: 0 to 100'],
    [
      'stage set proposal rotting=soon',
      '"soon" is not a duration',
      'accepted: 14d, 2w, 6h, 30min, 3mo (30 days each) or 1y (365 days)',
    ],
    ['stage set proposal id=offer', 'the id of a stage never changes', 'name=... is what people read'],
    ['stage set proposal name=', 'a stage needs a name', undefined],
    ['stage set proposel color=red', 'unknown stage "proposel"', 'did you mean proposal?'],
    ['stage set proposal', 'what to set?', 'crm stage set proposal name=...'],
    ['stage set color=red', 'which stage?', 'crm stage set proposal color=red'],
    [
      'stage set proposal red',
      'a setting is given as NAME=VALUE, not as "red"',
      'for example product=chairs',
    ],
  ])('%s: exit 2', async (command, message, hint) => {
    const ws = await ownWorkspace();
    const { code, err } = await ws.crm(command);
    expect(err).toBe(`Error: ${message}\n${hint === undefined ? '' : `Hint: ${hint}\n`}`);
    expect(code).toBe(2);
    expect(textOf(ws)).toBe(own);
  });
});

describe('crm stage rename', () => {
  test('changes the name; id and deals stay', async () => {
    const ws = await ownWorkspace();
    await ws.ok(['deal', 'add', 'Chairs', '--stage', 'proposal']);
    await ws.ok(['stage', 'rename', 'proposal', 'Offer made']);
    expect(await ws.json('stage show proposal')).toMatchObject({ id: 'proposal', name: 'Offer made' });
    expect(await deal(ws, 'D1')).toMatchObject({ stage: 'proposal' });
    expect(await ws.ok(['deal', 'list', 'stage:"Offer made"', '-q'])).toBe('D1\n');
  });
});

describe('crm stage move', () => {
  test.each([
    ['stage move parked --after to-contact', ['to-contact', 'parked', 'proposal', 'follow-up']],
    ['stage move parked --first', ['parked', 'to-contact', 'proposal', 'follow-up']],
    ['stage move to-contact --after parked', ['proposal', 'follow-up', 'parked', 'to-contact']],
    ['stage move proposal --after to-contact', ['to-contact', 'proposal', 'follow-up', 'parked']],
  ])('%s', async (command, order) => {
    const ws = await ownWorkspace();
    await ws.ok(command);
    expect(await stages(ws)).toEqual(order);
  });

  test('moves the line, and leaves every other one as it was', async () => {
    const ws = await ownWorkspace();
    await ws.ok('stage move parked --after to-contact');
    const lines = own.split('\n');
    const [parked] = lines.splice(9, 1);
    lines.splice(7, 0, parked!);
    expect(textOf(ws)).toBe(lines.join('\n'));
  });

  test.each([
    ['stage move parked', 'after which stage?', 'crm stage move parked --after proposal, or --first'],
    ['stage move parked --first --after proposal', 'where to?', 'either --after STAGE or --first'],
    ['stage move parked --after parked', 'parked cannot come after itself', undefined],
    ['stage move parked --after proposel', 'unknown stage "proposel"', 'did you mean proposal?'],
  ])('%s: exit 2', async (command, message, hint) => {
    const ws = await ownWorkspace();
    const { code, err } = await ws.crm(command);
    expect(err).toBe(`Error: ${message}\n${hint === undefined ? '' : `Hint: ${hint}\n`}`);
    expect(code).toBe(2);
  });
});

describe('crm stage rm', () => {
  test('an empty stage is removed, also from transitions; a row that moves from this stage only is removed too', async () => {
    const ws = await ownWorkspace();
    const { err } = await ws.crm('stage rm parked');
    expect(err).toBe('removed parked\ntransition row 3 went with it: it moved deals from parked only\n');
    expect(textOf(ws)).toBe(
      own
        .replace('  - { id: parked,      name: Parked }\n', '')
        .replace('{ to: proposal,  from: [to-contact, parked],', '{ to: proposal,  from: [to-contact],')
        .replace("  - { to: follow-up, from: [parked], when: 'idle.over:90d' }\n", ''),
    );
  });

  test('one that holds deals is kept, unless --move-to names a stage for them', async () => {
    const ws = await ownWorkspace();
    await ws.ok(['deal', 'add', 'Chairs', '--stage', 'parked']);
    await ws.ok(['deal', 'add', 'Tables', '--stage', 'parked']);
    await ws.ok('deal lose D2');
    const refused = await ws.crm('stage rm parked');
    expect(refused.code).toBe(2);
    expect(refused.err).toBe(
      'Error: the stage parked still holds 2 deals\nHint: --move-to STAGE moves them\n',
    );
    const { err } = await ws.crm(['stage', 'rm', 'parked', '--move-to', 'to-contact']);
    expect(err).toBe(
      'removed parked\nmoved 2 deals to to-contact\ntransition row 3 went with it: it moved deals from parked only\n',
    );
    expect(await deal(ws, 'D1')).toMatchObject({ stage: 'to-contact' });
    expect(await ws.json('deal show D2')).toMatchObject({
      stage: 'to-contact',
      status: 'lost',
      closedStage: 'parked',
    });
    const [last] = await ws.json<{ changes: { id: string }[] }[]>('history --limit 1');
    expect(last!.changes.map(change => change.id)).toEqual(['D1', 'D2', PATH]);
  });

  test('the deals are held where they were put, as after a move by hand', async () => {
    const ws = await ownWorkspace();
    await ws.ok(['deal', 'add', 'Chairs', '--stage', 'parked']);
    await ws.ok(['task', 'add', 'Call', '--for', 'D1']);
    await ws.ok('task done T1');
    await ws.ok(['stage', 'rm', 'parked', '--move-to', 'to-contact']);
    await ws.ok('run');
    expect(await deal(ws, 'D1')).toMatchObject({ stage: 'to-contact' });
    expect(await ws.json('explain D1')).toMatchObject({ held: { stage: 'proposal' } });
  });

  test('can be undone: the file, the deals, and since when they were there', async () => {
    const ws = await ownWorkspace();
    await ws.ok(['deal', 'add', 'Chairs', '--stage', 'parked']);
    const before = await deal(ws, 'D1');
    ws.now = '2026-09-15T08:00:00.000Z';
    await ws.ok(['stage', 'rm', 'parked', '--move-to', 'to-contact']);
    await ws.ok('undo');
    expect(textOf(ws)).toBe(own);
    expect(await deal(ws, 'D1')).toMatchObject({ stage: 'parked', stageSince: before.stageSince });
    expect(await ws.json('explain D1')).toMatchObject({ held: { stage: null } });
  });

  test('removes its group from the transitions if it was the last of the group', async () => {
    const ws = await workspace();
    const row = (from: string) => `  - { to: a, from: ${from}, when: 'idle.over:30d' }\n`;
    const stages = '  - { id: a, name: A }\n  - { id: b, name: B }\n';
    const text = `name: Sales\nstages:\n${stages}  - { id: c, name: C, group: late }\ntransitions:\n`;
    write(ws, `${text}${row('[group:late, b]')}`);
    await ws.ok('stage rm c');
    expect(textOf(ws)).toBe(`name: Sales\nstages:\n${stages}transitions:\n${row('[b]')}`);
  });

  test.each([
    ['follow-up', 'the stage follow-up is still used at pipelines/sales.yaml:15, pipelines/sales.yaml:16'],
    ['to-contact', 'the stage to-contact is still used at pipelines/sales.yaml:4'],
  ])('%s, which something names, is kept, and the lines are said', async (stage, message) => {
    const ws = await ownWorkspace();
    const { code, err } = await ws.crm(['stage', 'rm', stage]);
    expect(err).toBe(`Error: ${message}\nHint: change that first\n`);
    expect(code).toBe(1);
    expect(textOf(ws)).toBe(own);
  });

  test('with --move-to, the entry becomes the stage to which the deals go', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs');
    await ws.ok('stage rm to-contact --move-to in-contact');
    await ws.ok('deal add Tables');
    expect(await ws.ok('deal list --fields id,stage')).toBe('D1\tin-contact\nD2\tin-contact\n');
    expect(textOf(ws)).toContain('entry: in-contact ');
    await ws.ok('undo 3');
    expect(textOf(ws)).toContain('entry: to-contact ');
  });

  test('it is also kept if a view or an automation asks for it', async () => {
    const ws = await ownWorkspace();
    const crm = textOf(ws, 'crm.yaml');
    const views = "views:\n  late:\n    { of: deals, query: 'stage:parked' }";
    write(ws, crm.replace('views: {}', views), 'crm.yaml');
    const rule =
      'for: deal\non:\n  - enters-stage: { stage: parked }\nsteps:\n  - add-note: { text: Parked }\n';
    mkdirSync(join(ws.dir, 'automations'), { recursive: true });
    write(ws, rule, 'automations/parking.yaml');
    const line = crm.split('\n').indexOf('views: {}') + 2;
    const { code, err } = await ws.crm('stage rm parked');
    expect(err).toBe(
      `Error: the stage parked is still used at crm.yaml:${line}, automations/parking.yaml:3\nHint: change that first\n`,
    );
    expect(code).toBe(1);
    expect(textOf(ws)).toBe(own);
  });

  test('an undo of its addition keeps it if deals are in it by now, and says so', async () => {
    const ws = await ownWorkspace();
    await ws.ok('stage add Qualified');
    const added = textOf(ws);
    await ws.ok(['deal', 'add', 'Chairs', '--stage', 'qualified']);
    const [, tx] = await ws.json<{ tx: number }[]>('history');
    const { code, err } = await ws.crm(`undo ${tx!.tx}`);
    expect(err).toContain(`kept ${PATH} (has the stage qualified, which holds a deal, D1)\n`);
    expect(code).toBe(0);
    expect(textOf(ws)).toBe(added);
    await ws.ok('deal move D1 proposal');
    await ws.ok(`undo ${tx!.tx}`);
    expect(textOf(ws)).toBe(own);
  });

  test('and a redo of its removal waits for the deals to be gone', async () => {
    const ws = await ownWorkspace();
    await ws.ok(['deal', 'add', 'Chairs', '--stage', 'parked']);
    await ws.ok('stage rm parked --move-to proposal');
    const removed = textOf(ws);
    await ws.ok('undo');
    await ws.ok('redo');
    expect(textOf(ws)).toBe(removed);
    expect(await deal(ws, 'D1')).toMatchObject({ stage: 'proposal' });
  });

  test.each([
    ['stage rm parked --move-to parked', 'parked is the stage to remove', '--move-to another one'],
    [
      'stage rm parked --move-to nowhere',
      'unknown stage "nowhere"',
      'stage is one of: to-contact, proposal, follow-up, parked',
    ],
    ['stage rm', 'which stage?', 'crm stage rm proposal'],
  ])('%s: exit 2', async (command, message, hint) => {
    const ws = await ownWorkspace();
    expect(await ws.crm(command)).toMatchObject({ code: 2, err: `Error: ${message}\nHint: ${hint}\n` });
  });

  test('a dry run says what would be changed, and changes nothing', async () => {
    const ws = await ownWorkspace();
    await ws.ok(['deal', 'add', 'Chairs', '--stage', 'parked']);
    const { out, err } = await ws.crm('stage rm parked --move-to proposal --dry-run');
    expect(out).toBe(
      [
        'D1 stage: parked → proposal',
        `~ ${PATH}`,
        '  -   - { id: parked,      name: Parked }',
        "  -   - { to: proposal,  from: [to-contact, parked], when: 'tasks.done:>=1' }",
        "  +   - { to: proposal,  from: [to-contact], when: 'tasks.done:>=1' }",
        "  -   - { to: follow-up, from: [parked], when: 'idle.over:90d' }\n",
      ].join('\n'),
    );
    expect(err).toContain('nothing was saved\n');
    expect(textOf(ws)).toBe(own);
  });
});

describe('a stage that several pipelines have', () => {
  const two = async () => {
    const ws = await ownWorkspace();
    await ws.ok(['pipeline', 'add', 'Hardware', '--stages', 'Proposal,Delivery']);
    return ws;
  };

  test('needs the pipeline', async () => {
    const ws = await two();
    expect(await ws.crm('stage show proposal')).toMatchObject({
      code: 4,
      err: 'Error: the stage proposal is in hardware and sales\nHint: --pipeline hardware\n',
    });
    await ws.ok(['stage', 'rename', 'proposal', 'Offer', '--pipeline', 'hardware']);
    expect(await ws.ok('stage list --pipeline hardware --fields name')).toBe('Offer\nDelivery\n');
  });

  test('is only taken from its own', async () => {
    const ws = await two();
    await ws.ok(['deal', 'add', 'Chairs', '--pipeline', 'hardware', '--stage', 'proposal']);
    await ws.ok(['deal', 'add', 'Tables', '--pipeline', 'sales', '--stage', 'proposal']);
    await ws.ok('stage rm proposal --pipeline hardware --move-to delivery');
    expect(await deal(ws, 'D1')).toMatchObject({ stage: 'delivery' });
    expect(await deal(ws, 'D2')).toMatchObject({ stage: 'proposal' });
    expect(await stages(ws, '--pipeline', 'hardware')).toEqual(['delivery']);
  });
});

test('only an admin changes stages', async () => {
  const ws = await ownWorkspace();
  await ws.ok('user add ana --role manager');
  for (const command of ['set parked color=red', 'rename parked P', 'move parked --first', 'rm parked'])
    expect(await ws.crm(`stage ${command} --as ana`)).toMatchObject({
      code: 1,
      err: 'Error: ana is manager and may not change settings\nHint: an admin may: --as USER\n',
    });
});
