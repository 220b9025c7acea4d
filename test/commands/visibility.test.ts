/**
 * What a user may not see does not exist for them: in random workspaces, whatever somebody asks, nothing that is
 * printed names a record that is hidden from them, neither by its id nor by a word of its own.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../effort.ts';
import { type TestWorkspace, workspace } from '../harness.ts';

type Row = Record<string, string>;
interface World {
  readonly account: Row[];
  readonly contact: Row[];
  readonly deal: Row[];
  readonly task: Row[];
  readonly activity: Row[];
  readonly event: Row[];
  readonly invoice: Row[];
}
type Kind = keyof World;
const letters: Record<Kind, string> = {
  account: 'A',
  contact: 'C',
  deal: 'D',
  task: 'T',
  activity: 'V',
  event: 'E',
  invoice: 'I',
};
/** A word that stands in this record only. */
const mark = (id: string) => `zq${id.toLowerCase()}q`;

const ids = (letter: string, most: number) =>
  fc.constantFrom('', ...Array.from({ length: most }, (_, i) => `${letter}${i + 1}`));
const owner = fc.constantFrom('', 'ben', 'rob', 'eve');
const subject = fc.oneof(ids('D', 6), ids('C', 4), ids('A', 3)).filter(id => id !== '');
const rows = (count: number, shape: Record<string, fc.Arbitrary<string>>) =>
  fc.array(fc.record(shape), { minLength: count, maxLength: count });

const world: fc.Arbitrary<World> = fc.record({
  account: rows(3, { owner, parent: fc.constantFrom('', 'A1') }).map(all =>
    all.map((row, i) => (i === 0 ? { ...row, parent: '' } : row)),
  ),
  contact: rows(4, { owner, account: ids('A', 3) }),
  deal: rows(6, {
    owner,
    pipeline: fc.constantFrom('sales', 'sales', 'closed'),
    contact: ids('C', 4),
    account: ids('A', 3),
  }).map(all =>
    all.map(row => (row.pipeline === 'closed' && row.owner !== '' ? { ...row, owner: 'eve' } : row)),
  ),
  task: rows(6, { assignee: owner, for: subject }),
  activity: rows(5, { for: subject }),
  event: rows(4, { contact: ids('C', 4).filter(id => id !== '') }),
  invoice: rows(4, { deal: ids('D', 6), account: ids('A', 3), contact: ids('C', 4) }).map(all =>
    all.map(row => (row.deal || row.account || row.contact ? row : { ...row, contact: 'C1' })),
  ),
});

/** The marked texts of a record, by its kind. */
const texts = (kind: Kind, id: string): Row => {
  const word = mark(id);
  switch (kind) {
    case 'account':
      return { name: `Co ${word}`, description: word };
    case 'contact':
      return { name: `Person ${word}`, email: `${word}@example.com`, tags: word };
    case 'deal':
      return { title: `Deal ${word}`, value: '100', description: word };
    case 'task':
      return { title: `Do ${word}`, type: 'call', due: '2026-09-14' };
    case 'activity':
      return { type: 'note', at: '2026-09-01', text: `Said ${word}` };
    case 'event':
      return { name: `seen.${word}`, at: '2026-09-01' };
    case 'invoice':
      return { externalId: word, amount: '5' };
  }
};

async function build(world: World): Promise<TestWorkspace> {
  const ws = await workspace();
  for (const [user, role] of [
    ['ben', 'normal'],
    ['rob', 'restricted'],
    ['eve', 'restricted'],
  ])
    await ws.ok(`user add ${user} --role ${role}`);
  writeFileSync(
    join(ws.dir, 'pipelines/closed.yaml'),
    'name: Closed\naccess: [eve]\nstages: [{ id: first, name: First, rotting: 1d }]\n',
  );
  mkdirSync(join(ws.dir, 'automations'), { recursive: true });
  writeFileSync(
    join(ws.dir, 'automations/thanks.yaml'),
    `for: deal
on: [{ status-changes: { to: won } }]
steps:
  - add-task: { title: Thank them, type: call }
  - send-email: { to: contact, subject: Thanks, body: Again soon }
`,
  );
  for (const kind of Object.keys(letters) as Kind[]) {
    const all = world[kind].map((row, i): Row => ({ ...row, ...texts(kind, `${letters[kind]}${i + 1}`) }));
    const names = Object.keys(all[0]!);
    const csv = [names, ...all.map(row => names.map(name => row[name]!))].map(line => line.join(','));
    await ws.ok(`import ${kind} - --same-workspace`, { stdin: `${csv.join('\n')}\n` });
  }
  await ws.ok('deal set D1 contact=C2 account=A2 value=200');
  await ws.ok('deal win D2 D3');
  await ws.crm('run');
  await ws.ok('contact set C1 account=A3');
  await ws.ok('deal contact D4 add C3');
  await ws.ok('deal rm D5');
  await ws.ok('task rm T1');
  return ws;
}

/** Enough of them, others each time. */
const ASKED = 40;
const some = (all: readonly string[], seed: number) =>
  fc
    .sample(fc.shuffledSubarray([...all], { minLength: Math.min(ASKED, all.length) }), {
      seed,
      numRuns: 1,
    })[0]!
    .slice(0, ASKED);

/** Every command that reads, and some that only seem to write. */
function questions(seen: readonly string[]): string[] {
  const kinds = [...Object.keys(letters), 'message'];
  const of = (letter: string) => seen.filter(id => id.startsWith(letter));
  return [
    ...kinds.flatMap(kind => ['', '--json', '--format csv'].map(how => `${kind} list ${how}`)),
    ...['deal', 'contact', 'account', 'task'].flatMap(kind => [`${kind} list zq`, `${kind} list --trash`]),
    'deal list --fields id,title,contact,contacts,account,tasks.open,next-action,invoices.paid,score',
    'contact list --fields id,account,deals.open,deals.value,idle,scores',
    'deal list has:contact -q',
    'deal list contact-tag:zqc1q,zqc2q,zqc3q,zqc4q --json',
    'board',
    'board --by owner --json',
    'board --all is:won',
    'tasks',
    'tasks --by stage --json',
    'status --json',
    'history',
    'history --json',
    'automation enrolments --json',
    'run --dry-run --explain',
    'run --dry-run --json',
    'undo --dry-run',
    'config',
    'completion words -- deal show D',
    'completion words -- contact show C',
    'completion words -- explain T',
    ...kinds.map(kind => `export ${kind} --format jsonl`),
    ...seen.flatMap(id => [`history ${id} --json`, `explain ${id} thanks`]),
    ...of('D').flatMap(id => [
      `deal show ${id} --json`,
      `deal show ${id}`,
      `history ${id}`,
      `history ${id} --stages`,
      `explain ${id} --json`,
      `deal set ${id} value=7 --dry-run`,
      `deal rm ${id} --dry-run --json`,
      `deal add Again --contact zqc1q@example.com --dry-run`,
    ]),
    ...of('C').map(id => `contact show ${id}`),
    ...of('A').map(id => `account show ${id}`),
    ...of('T').map(id => `task done ${id} --dry-run --json`),
  ];
}

describe('whatever is asked, nothing hidden is named', () => {
  test('in random workspaces', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.nat(), async (made, seed) => {
        const ws = await build(made);
        const everything = await Promise.all(
          [...Object.keys(letters), 'message'].map(async kind => [
            ...(await ws.ok(`${kind} list -q`)).split('\n'),
            ...(await ws.json<{ id: string }[]>(`${kind} list --trash`)).map(({ id }) => id),
          ]),
        );
        const all = everything.flat().filter(id => id !== '');
        for (const user of ['ben', 'rob', 'eve']) {
          const sees = await oracle(ws, user);
          const hidden = all.filter(id => !sees(id));
          const seen = all.filter(id => sees(id));
          const terminal = { tty: 200, env: { NO_COLOR: '1' } };
          for (const question of some(questions(seen), seed))
            for (const how of /--/.test(question) ? [{}] : [{}, terminal]) {
              const { out, err, code } = await ws.crm(`--as ${user} ${question}`, how);
              expect(code).not.toBe(70);
              const asked = new Set(question.split(/[ ,]/));
              for (const id of hidden) {
                if (new RegExp(`\\b${id}\\b`).test(out + err)) throw said(user, question, id, out + err);
                if (asked.has(mark(id)) || asked.has(`${mark(id)}@example.com`)) continue;
                if ((out + err).includes(mark(id))) throw said(user, question, id, out + err);
              }
            }
          for (const id of hidden.filter(each => /^[DCAT]/.test(each))) {
            const kind = (Object.keys(letters) as Kind[]).find(each => letters[each] === id[0])!;
            const { code } = await ws.crm(`--as ${user} ${kind} show ${id}`);
            expect({ user, id, code }).toEqual({ user, id, code: 3 });
          }
          // The other way round: what may be seen is there.
          const listed = await ws.ok(`--as ${user} deal list -q`);
          const living = new Set((await ws.ok('deal list -q')).split('\n'));
          expect(listed.split('\n').filter(id => id !== '')).toEqual(
            seen.filter(id => id.startsWith('D') && living.has(id)),
          );
        }
      }),
      { numRuns: runs(1), endOnFailure: true },
    );
  });
});

const said = (user: string, question: string, id: string, text: string) =>
  new Error(`crm ${question} names ${id} to ${user}:\n${text}`);

/** Who may see what, by the words of the contract, from records as an admin sees them. */
async function oracle(ws: TestWorkspace, user: string): Promise<(id: string) => boolean> {
  const records = new Map<string, Record<string, unknown>>();
  const living: Record<string, ({ id: string } & Record<string, unknown>)[]> = {};
  for await (const kind of [...Object.keys(letters), 'message']) {
    living[kind] = await ws.json(`${kind} list`);
    for (const record of living[kind]!) records.set(record.id, record);
  }
  for (const kind of ['deal', 'task'])
    for (const { id } of await ws.json<{ id: string }[]>(`${kind} list --trash`)) {
      const entries = await ws.json<{ changes: { op: string; set: Record<string, [unknown, unknown]> }[] }[]>(
        `history ${id}`,
      );
      const removed = entries.flatMap(entry => entry.changes).find(change => change.op === 'rm')!;
      records.set(id, Object.fromEntries(Object.entries(removed.set).map(([name, [old]]) => [name, old])));
    }
  const restricted = user !== 'ben';
  /** Whether a deal that is seen names a contact or an account. */
  const isInSeenDeal = (id: string): boolean =>
    living.deal!.some(deal => [deal.account, ...(deal.contacts as string[])].includes(id) && sees(deal.id));
  const sees = (id: unknown): boolean => {
    const record = typeof id === 'string' ? records.get(id) : undefined;
    if (!record) return true;
    const whose = record.owner ?? record.assignee;
    if (restricted && whose && whose !== user && !isInSeenDeal(id as string)) return false;
    if (record.pipeline === 'closed' && user !== 'eve') return false;
    const isSubject = /^[DCA]/.test(id as string);
    const about = isSubject ? [] : [record.for, record.deal, record.contact, record.account];
    return about.every(sees);
  };
  return sees;
}
