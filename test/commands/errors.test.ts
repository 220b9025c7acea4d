/**
 * Every bad input with what is said of it: errors.txt is read by people, who judge whether it says what is wrong
 * and what would be right. Nothing of them goes to stdout, and nothing is written.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copiesOf, workspace } from '../harness.ts';

/** What is typed after `crm`, by what is wrong with it; a list where a word has spaces. */
const inputs: Readonly<Record<string, readonly (string | readonly string[])[]>> = {
  'The command line': [
    'frobnicate',
    'dela list',
    'deals list',
    'deal frobnicate',
    'deal lst',
    '--frobnicate',
    'deal --frobnicate',
    'deal list --frobnicate',
    'deal list --fromat json',
    'deal list --limit',
    'deal list -tag:cold',
    'run now',
    'deal add 40 chairs',
    'activity add call',
    'help frobnicate',
    'help deal frobnicate',
    'deal list --format xml',
    'deal list --format csv --json',
    'deal list -q --json',
    'deal list -q --format csv',
    'deal list --color sometimes',
    'deal list --limit many',
    'deal list --limit -1',
    'deal list --lock-timeout soon',
    'deal list --now yesterdy',
    '-C nowhere deal list',
  ],
  'What is missing': [
    'deal add',
    'contact add',
    'account add',
    'task add',
    'activity add',
    'event add',
    'event add form.submitted',
    'invoice add --for D1',
    'invoice add --amount 5',
    'deal show',
    'deal set',
    'deal set D1',
    'deal set value=5',
    'deal rm',
    'deal restore',
    'deal move',
    'deal move D1',
    'deal win',
    'deal lose',
    'deal reopen',
    'deal assign D1',
    'deal note D1',
    'deal contact D1 add',
    'deal tag D1',
    'deal tag +vip',
    'task done',
    'task done T1 --due +2d',
    'task reopen',
    'task snooze T1',
    'log',
    'log call',
    'log note D1',
    'invoice pay',
    'pipeline add',
    'stage add',
    'field add deal',
    'user add',
    'explain',
  ],
  Money: [
    'deal add A --value 12,5',
    'deal add A --value 1e5',
    'deal add A --value -3',
    'deal add A --value 1.234',
    'deal add A --value 1,000.00',
    'deal add A --value €5',
    'deal add A --value 0x10',
    'deal add A --value NaN',
    ['deal', 'add', 'A', '--value', '1 000'],
    'deal add A --value 99999999999999999',
    'deal add A --value 12.5 --currency JPY',
    'deal add A --currency EURO',
    'deal set D1 value=12,5',
    'deal set D1 currency=XXX',
    'invoice add --for D1 --amount 12,5',
    'deal list value:12,5x',
    'deal list value.over:1e5',
  ],
  'Days and times': [
    'deal add A --close 2026-02-30',
    'deal add A --close 31-12-2026',
    'deal add A --close 30d',
    'deal add A --close tomorow',
    'task add A --due soon',
    'task snooze T1 nextweek',
    ['log', 'call', 'D1', 'spoke', '--at', '25:00'],
    'invoice pay I1 2026-05-32',
    'deal list close:2026-13',
    'deal list idle:30',
    'deal list created:<never',
  ],
  'Numbers and other types': [
    'deal set D1 seats=1e5',
    'deal set D1 seats=12,5',
    'deal set D1 rented=perhaps',
    'deal set D1 wood=ok',
    'deal set D1 wood=plywood',
    'deal set D1 extras=glass,gold',
    'deal set D1 delivery=whenever',
    'deal set D1 rent=5,-',
    'contact set C1 consent=mabye',
    'contact add --email jane',
    'contact add --email jane@@example.com',
  ],
  'Unknown words, with the nearest right one': [
    'deal add A --stage in-contcat',
    ['deal', 'add', 'A', '--stage', 'In contcat'],
    'deal add A --pipeline salse',
    'deal add A --owner anna',
    'deal add A --field prodcut=chairs',
    'deal move D1 folow-up',
    'deal move D1 invited',
    'deal move D1 in-contact --pipeline tenders',
    'deal move D1 in-contact --pipeline tendres',
    'deal set D1 stag=x',
    'deal set D1 clsoe=eom',
    'deal set D1 status=wonn',
    'deal set D1 owner=anna',
    'deal set D1 frobnicate=1',
    'deal set D1 fields.frobnicate=1',
    'deal set D1 __proto__=1',
    'deal set D1 constructor=1',
    'deal assign D1 anna',
    'deal assign D1 me',
    'deal contact D1 remove jane@example.com',
    'task add A --type cal',
    'task add A --assignee anna',
    'log cal D1',
    'activity add --type chat --for D1',
    'stage list --pipeline tendres',
    'stage add New --after folow-up',
    'stage add New --stage-color gren',
    'user add zoe --role manger',
    'field add deals size',
    'field add deal size --type nubmer',
    'deal list --fields id,titel',
    'deal list --sort vlaue',
    'init --template sale --dir new',
  ],
  Queries: [
    'deal list stag:x',
    'deal list stage:folow-up',
    'deal list pipeline:tendres',
    'deal list owner:anna',
    'deal list owner:me',
    'deal list status:wonn',
    'deal list is:opne',
    'deal list group:sales',
    'deal list value:',
    'deal list value:5..1',
    'deal list title:>a',
    'deal list id:C1',
    'deal list (is:open',
    'deal list is:open)',
    ['deal', 'list', '"chairs'],
    'deal list or',
    'deal list not',
    'deal list @hot',
    'contact list stage:follow-up',
    'deal set --where stag:x value=1',
    'deal rm --where is:opne',
  ],
  'What is not there': [
    'deal show D99',
    'deal show d1',
    'deal show C1',
    'deal show frobnicate',
    'deal show D1 D99',
    'deal set D99 value=1',
    'deal rm D99',
    'deal move D1 D99 in-contact',
    'deal win T1',
    'contact show nobody@example.com',
    'contact show frobnicate',
    'account show frobnicate',
    'task done T99',
    'task add A --for D99',
    'task add A --for frobnicate',
    'log call T1 spoke',
    'event add x --contact C99',
    'invoice add --for I1 --amount 5',
    'invoice pay I99',
    'deal add A --contact Nobody',
    'deal add A --account A99',
    'deal contact D1 rm nobody@example.com',
    'deal show D2',
    'deal set D2 value=1',
    'deal restore D99',
    'deal restore C1',
    'history D99',
    'history frobnicate',
    'history pipelines/frobnicate.yaml',
    'undo 99',
    'explain D99',
    'export frobnicate',
  ],
  Conflicts: [
    ['contact', 'show', 'Jane Roe'],
    ['deal', 'add', 'A', '--contact', 'Jane Roe'],
    'deal show Chairs',
    'contact add --email JANE@example.com',
    'contact set C2 email=jane@example.com',
    'account add acme',
    'account set A2 name=Acme',
    'pipeline add Tenders',
    ['stage', 'add', 'To contact', '--pipeline', 'sales'],
    'field add deal wood',
    'field add deal value',
    'user add ana',
    'user add anna --email ana@example.com',
  ],
  'What makes no sense': [
    'deal set D1 id=D5',
    'deal set D1 createdAt=2026-01-01',
    'deal set D1 stageSince=2026-01-01',
    'deal set D1 idle=5d',
    'deal set D1 score=5',
    'deal set D1 title=',
    'deal set D1 stage=',
    'deal set D1 closedAt=2026-01-01',
    'deal set D1 lostReason=price',
    'deal set D1 --where is:open value=5',
    'deal rm D1 --where is:open',
    'deal add A --title B',
    'deal add A --field =5',
    'deal add A --field product',
    'deal list --trash is:open',
    'event add x --contact C1 --prop y',
    'event add x --contact C1 --prop __proto__=1',
    'account set A1 parent=A1',
    'account set A1 parent=A2',
    ['stage', 'add', '商談'],
    ['stage', 'add', 'New', '--id', 'New stage'],
    'stage add New --probability 150',
    'stage add New --probability likely',
    'stage add New --rotting 5',
    'stage add New --group A_b',
    ['pipeline', 'add', 'Fast lane', '--id', 'Fast lane'],
    'pipeline add Fast --currency EURO',
    ['field', 'add', 'deal', 'Tree house'],
    'field add deal size --type choice',
    'field add deal size --options a,b',
    ['user', 'add', 'Ben Bos'],
    'user add me',
    'undo last',
    'redo',
    'explain C1',
  ],
  'What is not allowed': [
    'deal assign D1 auto',
    'deal assign D1 ina',
    'deal add A --owner ina',
    'task add A --assignee ina',
    '--as ina deal list',
    '--as rob stage add New',
    '--as ana user add zoe',
    '--as rob deal show D3',
    '--as rob deal set D3 value=1',
    '--as rob log call D3 spoke',
    'init',
  ],
  'An answer is needed, and there is nobody to ask': [
    'deal set --where value:>=0 value=1',
    'deal rm --where value:>=0',
  ],
};

/** A workspace with a little of everything, so that what is refused is refused for one reason only. */
const furnished = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok('pipeline add Tenders --stages Invited,Award');
  for (const user of ['ana --role manager --email ana@example.com', 'rob --role restricted', 'ina'])
    await ws.ok(`user add ${user}`);
  const yaml = join(ws.dir, 'crm.yaml');
  writeFileSync(yaml, readFileSync(yaml, 'utf8').replace('ina: { name: ina,', '$& active: false,'));
  await ws.ok('field add deal product');
  await ws.ok('field add deal seats --type number');
  await ws.ok('field add deal rented --type boolean');
  await ws.ok('field add deal wood --type choice --options oak,beech');
  await ws.ok('field add deal extras --type choices --options glass,leather');
  await ws.ok('field add deal delivery --type date');
  await ws.ok('field add deal rent --type money');
  await ws.ok('account add Acme');
  await ws.ok('account add Sub --parent Acme');
  await ws.ok(['contact', 'add', 'Jane Roe', '--email', 'jane@example.com']);
  await ws.ok(['contact', 'add', 'Jane Roe', '--email', 'jane.roe@example.org']);
  await ws.ok('deal add Chairs --value 5200 --contact jane@example.com --account Acme');
  await ws.ok('deal add Tables');
  await ws.ok('deal rm D2');
  await ws.ok('deal add Chairs --owner ana --stage in-contact');
  for (const title of ['Desks', 'Lamps']) await ws.ok(`deal add ${title}`);
  await ws.ok('task add Call --for D1 --due +2d');
  await ws.ok('invoice add --for D1 --amount 5200');
  return ws;
});

const asTyped = (args: string | readonly string[]): string =>
  typeof args === 'string' ? args : args.map(arg => (/^[\w.:/=@-]+$/.test(arg) ? arg : `'${arg}'`)).join(' ');

test('every bad input says what is wrong and what would be right', async () => {
  const ws = await furnished();
  const before = await ws.ok('history --json');
  let said = '';
  for (const [title, lines] of Object.entries(inputs)) {
    said += `# ${title}\n\n`;
    for (const line of lines) {
      const { code, out, err } = await ws.crm(line);
      expect({ line, out, fails: code > 0 && code < 6 }).toEqual({ line, out: '', fails: true });
      said += `$ crm ${asTyped(line)}\n${err.replaceAll(ws.dir, 'DIR')}exit ${code}\n\n`;
    }
  }
  await expect(said).toMatchFileSnapshot('errors.txt');
  expect(await ws.ok('history --json')).toBe(before);
});

test('with --json an error is one line on stderr, even if the command line is not understood', async () => {
  const ws = await furnished();
  for (const [line, code, exit] of [
    ['deal show D99', 'NOT_FOUND', 3],
    ['deal show Chairs', 'CONFLICT', 4],
    ['deal list stag:x', 'USAGE', 2],
    ['deal list --frobnicate', 'USAGE', 2],
    ['frobnicate', 'USAGE', 2],
    ['deal assign D1 auto', 'FAILED', 1],
    ['deal list --format xml', 'USAGE', 2],
  ] as const) {
    const ran = await ws.crm(`${line} --json`);
    expect({ line, code: ran.code, out: ran.out }).toEqual({ line, code: exit, out: '' });
    expect(ran.err).toMatch(/^[^\n]*\n$/);
    const { error } = JSON.parse(ran.err) as { error: { code: string; message: string } };
    expect(Object.keys(error)).toEqual(['code', 'message', 'hint']);
    expect({ line, code: error.code }).toEqual({ line, code });
  }
  writeFileSync(join(ws.dir, 'crm.yaml'), 'name: [\n');
  const broken = await ws.crm('deal list --json');
  expect(broken.code).toBe(5);
  expect(JSON.parse(broken.err)).toMatchObject({ error: { code: 'INVALID' } });
});
