/** `crm automation templates` and `add --template`: ready-made rules, each with cases that pass where it was added. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';

interface Ready {
  readonly id: string;
  readonly name: string;
}

const read = (ws: TestWorkspace, path: string) => readFileSync(join(ws.dir, path), 'utf8');
const names = (ws: TestWorkspace) => ws.json<Ready[]>('automation templates');

/** Adds all that there are; those that are refused, with why. */
async function addAll(ws: TestWorkspace): Promise<string[]> {
  const refused: string[] = [];
  for (const { id } of await names(ws)) {
    const ran = await ws.crm(['automation', 'add', '--template', id]);
    if (ran.code !== 0) refused.push(`${id}: exit ${ran.code}: ${ran.err.split('\n')[0]}`);
    else expect(ran.out).toBe(`${id}\n`);
  }
  return refused;
}

describe('ready-made rules', () => {
  it('are listed by id and name', async () => {
    const ws = await workspace('empty');
    const all = await names(ws);
    expect(all.length).toBeGreaterThanOrEqual(10);
    for (const each of all) {
      expect(Object.keys(each)).toEqual(['id', 'name']);
      expect(each.name).not.toMatch(/\$|#/);
    }
    expect(await ws.json('automation templates --fields set,id')).toContainEqual({
      set: 'days=90d',
      id: 'lost-win-back',
    });
    expect(await ws.ok('automation templates')).toContain(
      'lost-win-back\tA lost deal is asked again after 90d\tdays=90d\n',
    );
  });

  it.each(['sales', 'automated-sales'])(
    'are sound in %s, and pass their tests there, together',
    async template => {
      const ws = await workspace(template);
      expect(await addAll(ws)).toEqual([
        'round-robin: exit 1: Error: round-robin assigns in turn, and there is nobody to assign to',
      ]);
      await ws.ok('user add ana --name Ana --email ana@example.com');
      await ws.ok('user add ben --name Ben --email ben@example.com');
      const late = await ws.crm('automation add --template round-robin');
      expect(late.err).toContain('sales may now be assigned among ana, ben\n');
      expect(read(ws, 'pipelines/sales.yaml')).toContain('among: [ ana, ben ]');
      expect(await ws.crm('automation lint')).toMatchObject({ code: 0 });
      const cases = await ws.json<{ passed: boolean; automation: string }[]>('automation test');
      expect(cases.filter(each => !each.passed)).toEqual([]);
      const tested = new Set(cases.map(each => each.automation));
      expect((await names(ws)).filter(each => !tested.has(each.id))).toEqual([]);
    },
  );

  it('are named by the nearest, where there is no such rule', async () => {
    const ws = await workspace('sales');
    expect(await ws.crm('automation add --template hot-leed')).toMatchObject({
      code: 3,
      err: 'Error: there is no ready rule "hot-leed"\nHint: did you mean hot-lead-deal?\n',
    });
  });

  it('say what is missing without a pipeline', async () => {
    const ws = await workspace('empty');
    const refused = await addAll(ws);
    for (const line of refused)
      expect(line).toMatch(
        /^[\w-]+: exit 1: Error: [\w-]+ is about deals, and this workspace has no pipeline$/,
      );
    expect(refused).toHaveLength((await names(ws)).length - 1);
    expect((await ws.crm('automation test')).code).toBe(0);
    await ws.ok('pipeline add Sales');
    for (const line of await addAll(ws))
      expect(line).toMatch(/ (has no stage for them to begin in|automations\/mail-bounced.yaml already)$/);
    await ws.ok(['stage', 'add', 'New', '--pipeline', 'sales']);
    await ws.ok('user add ana --name Ana --email ana@example.com');
    expect(await addAll(ws)).toHaveLength(1);
    expect(await ws.crm('automation test')).toMatchObject({ code: 0 });
  });

  it('come with all that they need in one transaction, which is said and can be undone', async () => {
    const ws = await workspace('sales');
    const before = read(ws, 'pipelines/sales.yaml');
    const ran = await ws.crm(
      'automation add --template request-follow-up --id quotes --set days=5d --set event=quote.asked',
    );
    expect(ran).toMatchObject({
      code: 0,
      out: 'quotes\n',
      err: [
        'wrote automations/quotes.test.yaml, automations/quotes.yaml, pipelines/sales.yaml, templates/request-received.md',
        'added the stages Qualified, Not qualified to sales',
        'try it: crm automation test quotes, crm automation backtest quotes',
        '',
      ].join('\n'),
    });
    const rule = read(ws, 'automations/quotes.yaml');
    expect(rule).toMatch(/^name: /);
    expect(rule).toContain('event: { name: quote.asked }');
    expect(rule).toContain('at-most: 5d');
    expect(read(ws, 'pipelines/sales.yaml')).toContain('- { id: not-qualified, name: Not qualified }\n');
    expect(await ws.json('automation test quotes')).toHaveLength(3);
    await ws.ok('undo');
    expect(read(ws, 'pipelines/sales.yaml')).toBe(before);
    for (const path of [
      'automations/quotes.yaml',
      'automations/quotes.test.yaml',
      'templates/request-received.md',
    ])
      expect(existsSync(join(ws.dir, path)), path).toBe(false);
  });

  it('use existing parts, and go to the named pipeline', async () => {
    const ws = await workspace('sales');
    await ws.ok('pipeline add Hardware --currency USD');
    await ws.ok('stage add First --pipeline hardware');
    await ws.ok('stage add Qualified --pipeline hardware');
    await ws.ok('automation add --template won-thank-you');
    const again = await ws.json<{ id: string; tx: number; files: string[]; stages: string[] }>(
      'automation add --template won-thank-you --id again --set days=7d',
    );
    expect(again).toMatchObject({
      id: 'again',
      files: ['automations/again.test.yaml', 'automations/again.yaml'],
      stages: [],
    });
    const ran = await ws.crm('automation add --template request-follow-up --set pipeline=hardware');
    expect(ran.err).toContain('added the stages Not qualified to hardware\n');
    expect(read(ws, 'automations/request-follow-up.yaml')).toContain('pipeline: hardware');
    const failed = (await ws.json<{ passed: boolean }[]>('automation test')).filter(each => !each.passed);
    expect(failed).toEqual([]);
  });

  it('are refused if something is wrong, and then nothing is written', async () => {
    const ws = await workspace('sales');
    await ws.ok('automation add --template first-call');
    await ws.ok('user add ben --name Ben --email ben@example.com --role normal');
    const table: [string, number, string][] = [
      ['--template first-cal', 3, 'did you mean first-call?'],
      ['--template first-call', 4, 'there is automations/first-call.yaml already'],
      ['--template lost-win-back --set dais=3d', 2, 'did you mean days?'],
      [
        '--template lost-win-back --set days=soon',
        2,
        'lost-win-back does not fit this workspace: automations/lost-win-back.yaml:',
      ],
      ["--template next-task --set next=a'b", 2, 'is not a plain value'],
      ['--template lost-win-back --set days', 2, 'NAME=VALUE'],
      ['--template lost-win-back --id Win!', 2, 'is not an id'],
      ['--template request-follow-up --set pipeline=sale', 2, 'did you mean sales?'],
      ['rule.yaml --template lost-win-back', 2, 'either a file or --template'],
      ['rule.yaml --set days=3d', 2, 'need a template'],
      ['--template lost-win-back --as ben', 1, 'ben is normal and may not change settings'],
    ];
    const before = await ws.ok('history --json');
    for (const [args, code, says] of table) {
      const ran = await ws.crm(`automation add ${args}`);
      expect(ran, args).toMatchObject({ code, out: '' });
      expect(ran.err, args).toContain(says);
    }
    expect(await ws.ok('history --json')).toBe(before);
    expect(existsSync(join(ws.dir, 'automations/lost-win-back.yaml'))).toBe(false);
    expect(await ws.ok('automation add --template lost-win-back --dry-run')).toContain(
      '+ automations/lost-win-back.yaml',
    );
  });
});
