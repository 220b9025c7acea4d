/**
 * One salesperson's week, as they would type it: a lead arrives and becomes a customer, a wrong bulk edit is taken back, a
 * colleague takes over. In this process; commands/process.test.ts runs the binary.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyDirectory, TestWorkspace } from './harness.ts';
import { wordsOf } from './shell.ts';

/** Somebody at a shell: who they are, and what time it is. */
class Desk {
  readonly ws: TestWorkspace;
  user = 'ana';
  now = '';

  constructor(dir: string) {
    this.ws = new TestWorkspace(dir);
  }

  /** Runs a line, whose commands must succeed. What it printed, and what it said beside that. */
  async types(line: string): Promise<{ out: string; said: string }> {
    let out: string | undefined;
    let said = '';
    for (const command of line.split(' | ')) {
      const [crm, ...args] = wordsOf(command);
      expect(crm).toBe('crm');
      const ran = await this.ws.crm(args, {
        now: this.now,
        env: { CRM_USER: this.user },
        ...(out !== undefined && { stdin: out }),
      });
      if (ran.code !== 0) throw new Error(`${command}: exit ${ran.code}\n${ran.err}`);
      out = ran.out;
      said += ran.err;
    }
    return { out: out!.trimEnd(), said: said.trimEnd() };
  }

  async reads(line: string): Promise<string> {
    return (await this.types(line)).out;
  }

  async json<T>(line: string): Promise<T> {
    return JSON.parse(await this.reads(`${line} --json`)) as T;
  }
}

test('a week', async () => {
  const root = new Desk(emptyDirectory());
  const desk = new Desk(join(root.ws.dir, 'acme'));
  root.now = '2026-09-13T16:00:00Z';
  root.user = 'ana';
  await root.types('crm init acme --template automated-sales --timezone Europe/Amsterdam');
  desk.now = root.now;
  await desk.types('crm user add ana --name "Ana Ruiz" --email ana@example.com');
  await desk.types('crm user add ben --name "Ben Bos" --email ben@example.com');
  await desk.types('crm team add sales ana ben');
  writeFileSync(
    join(desk.ws.dir, 'thanks.yaml'),
    `for: deal
on: [{ status-changes: { to: won } }]
steps:
  - add-task: { title: 'Ask {{ contact.name }} how the chairs are', type: call, due: +30d, assignee: '{{ deal.owner }}' }
`,
  );
  await desk.types('crm automation add thanks.yaml');
  const stage = async () => (await desk.json<{ stage: string }>('crm deal show D1')).stage;

  // Monday: somebody filled in the form. Ana makes a deal of it, and a task to call.
  desk.now = '2026-09-14T07:00:00Z';
  expect(
    await desk.reads(
      'crm deal add "40 chairs, 10 tables" --value 5200 --contact jane@example.com --contact-name "Jane Roe" --account Acme',
    ),
  ).toBe('D1');
  await desk.types('crm event add form.submitted --contact jane@example.com --prop form=quote');
  await desk.types('crm run');
  expect(await stage()).toBe('awaiting-processing');
  expect(await desk.reads('crm deal list -q event:form.submitted@1d no:task')).toBe('D1');
  await desk.types('crm task add "Call Jane about the tables" --for D1 --type call --due today');
  await desk.types('crm run');
  expect(await stage()).toBe('awaiting-contact');
  expect(await desk.reads('crm tasks next-action:today --fields deal,taskTitle,assignee')).toBe(
    'D1\tCall Jane about the tables\tana',
  );

  // Tuesday: the call, a day late; what is next is said at once.
  desk.now = '2026-09-15T09:00:00Z';
  expect(await desk.reads('crm deal list -q is:overdue owner:me')).toBe('D1');
  await desk.types(
    'crm task done T1 --outcome "wants oak, not beech" --next "Send the proposal" --due tomorrow',
  );
  await desk.types('crm log call D1 "Jane: oak, 12 tables, before December"');
  await desk.types('crm deal set D1 value=5900 close=2026-11-30 qualification="target group"');
  await desk.types('crm run');
  expect(await stage()).toBe('in-progress');

  // Wednesday: the proposal, and a visit.
  desk.now = '2026-09-16T14:00:00Z';
  await desk.types('crm task done T2 --outcome sent');
  const hint = await desk.types(
    'crm task add "Show the oak" --for D1 --type meeting --due today -q | crm task done -',
  );
  expect(hint.said).toContain('no next action for D1');
  await desk.types('crm deal note D1 "liked it; the budget is approved on Friday"');
  await desk.types('crm run');
  expect(await stage()).toBe('serious-prospect');
  expect(await desk.reads('crm deal list -q \'"budget approved"\'')).toBe('');
  expect(await desk.reads('crm deal list -q budget approved stage-age.under:1d')).toBe('D1');

  // Thursday: leads from a fair, and a bulk edit that forgot half of its query.
  desk.now = '2026-09-17T08:00:00Z';
  writeFileSync(
    join(desk.ws.dir, 'fair.csv'),
    `title,value,contact,tags\n${['Ada', 'Bob', 'Cleo', 'Dov', 'Eli'].map((name, i) => `Desks for ${name},${900 + i},,fair\n`).join('')}`,
  );
  await desk.types('crm import deals fair.csv');
  await desk.types("crm view add fair 'is:open tag:fair'");
  expect(await desk.reads('crm deal list @fair -q')).toBe('D2\nD3\nD4\nD5\nD6');
  const before = await desk.reads(
    'crm export deals --fields id,title,value,owner,close,stage,stageSince,tags',
  );
  await desk.types('crm deal set --where is:open owner=ben value=0 close=eoy --yes');
  expect(await desk.reads('crm deal list -q owner:ben value:0')).toBe('D1\nD2\nD3\nD4\nD5\nD6');
  expect((await desk.types('crm undo')).said).toContain('6 changes');
  expect(await desk.reads('crm export deals --fields id,title,value,owner,close,stage,stageSince,tags')).toBe(
    before,
  );
  await desk.types('crm deal set --where @fair close=eoq --yes');
  expect(await desk.reads('crm deal list -q close:eoq')).toBe('D2\nD3\nD4\nD5\nD6');

  // Friday: won, an invoice, and the next deal with the same people.
  desk.now = '2026-09-18T15:00:00Z';
  await desk.types('crm deal win D1');
  expect(await desk.reads('crm invoice add --for D1 --amount 5900 --issued today')).toBe('I1');
  await desk.types('crm run');
  expect(await stage()).toBe('one-time');
  expect(await desk.json('crm task list is:open --fields for,title,due,assignee')).toEqual([
    { for: 'D1', title: 'Ask Jane Roe how the chairs are', due: '2026-10-18', assignee: 'ana' },
  ]);
  await desk.types('crm invoice pay I1 2026-09-18');
  expect(await desk.reads('crm deal add "A canteen, in oak" --value 12k --contact jane@example.com')).toBe(
    'D7',
  );
  expect(await desk.json('crm deal show D7')).toMatchObject({
    account: 'A1',
    owner: 'ana',
    value: '12000.00',
  });
  expect(
    await desk.reads('crm contact list deals.won:1 deals.open:1 --fields id,deals.value,invoices.paid'),
  ).toBe('C1\t17900.00 EUR\t1');

  // The Monday after: Ana leaves, and Ben takes over what is open; what she closed stays hers.
  desk.now = '2026-09-21T07:00:00Z';
  await desk.types('crm user set ben role=admin');
  expect((await desk.types('crm user rm ana --successor ben')).said).toBe(
    'deactivated ana\nben takes over 6 open deals, 1 open task, 1 contact and 1 account',
  );
  desk.user = 'ben';
  expect(await desk.reads('crm deal list -q owner:me')).toBe('D2\nD3\nD4\nD5\nD6\nD7');
  expect(await desk.reads('crm deal list owner:ana --fields id,status,value')).toBe('D1\twon\t5900.00');
  expect(await desk.reads('crm board owner:me -q --limit 1')).toBe('D7');
  await desk.types('crm run');

  // What happened to the deal, and how long it took, is all there.
  const entries = await desk.json<{ by: string; via: string; why: unknown }[]>('crm history D1');
  expect(entries.map(({ by, via }) => `${by} ${via}`)).toEqual([
    'crm run',
    'ana deal win',
    'ana undo',
    'ana deal set',
    'crm run',
    'crm run',
    'ana deal set',
    'crm run',
    'ana deal add',
  ]);
  const stays = await desk.json<{ stage: string; time: string }[]>('crm history D1 --stages');
  expect(stays.map(({ stage, time }) => `${stage} ${time}`)).toEqual([
    'awaiting-processing 0h',
    'awaiting-contact 1d',
    'in-progress 1d',
    'serious-prospect 2d',
    'one-time 2d',
  ]);
  await desk.types('crm doctor');
});
