/** A law: what a user is told is the same, byte for byte, as where there is only what they may see. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDue } from '../effort.ts';
import { type TestWorkspace, workspace } from '../harness.ts';

/** What rob (restricted) and nora (normal, no access to the pipeline zz) see. */
const seen = [
  'account add Acme --owner rob',
  'contact add Cas --email cas@example.com --owner rob --account A1',
  'deal add Chairs --contact C1 --account A1 --value 100 --owner rob',
  'deal add Tables --value 30 --owner none --tags x',
  'task add Call --for D1 --assignee rob --due 2026-09-13',
  'log call C1 hello',
  'event add seen --contact C1',
  'invoice add --for D1 --amount 5 --paid 2026-09-01',
  'deal win D2',
];
/** What nobody of them sees, each after all of the above, so that it takes no id from these; and what it hangs on. */
const hidden = [
  'deal add Secret --pipeline zz --contact C1 --account A1 --value 900 --owner eve',
  'deal add Won --pipeline zz --contact C1 --account A1 --value 800 --owner none --status won',
  'deal add Removed --pipeline zz --contact C1 --value 700 --owner eve',
  'task add Hurry --for D3 --assignee eve --due 2026-09-01',
  'task add Hurry --for D4 --assignee none --due 2026-09-01',
  'log call D3 hello',
  'invoice add --for D3 --amount 70 --paid 2026-09-01',
  'log email D3 answer? --direction in',
  'deal rm D5',
  'task done T2',
];
const files: Readonly<Record<string, string>> = {
  'pipelines/zz.yaml':
    'name: Zz\ncurrency: USD\naccess: [eve]\nstages: [{ id: zz-first, name: First zz, group: zz-group, probability: 50, rotting: 1d }]\n',
  'automations/zz.yaml':
    'enabled: true\nfor: deal\non: [{ enters-pipeline: { pipeline: zz } }]\nsteps: [{ add-note: Zz }]\n',
  'automations/zz-broken.yaml': 'for: deal\non: [{ enters-stage: { stage: zz-none } }]\nsteps: []\n',
};

const questions = [
  ...['deal', 'contact', 'account', 'task', 'activity', 'event', 'invoice', 'message'].flatMap(kind => [
    `${kind} list --json`,
    `${kind} list --format csv`,
    `export ${kind}`,
  ]),
  'deal list --fields id,tasks.open,tasks.done,tasks.overdue,next-action,invoices.paid,idle,score,group',
  'contact list --fields id,deals.open,deals.value,idle,score',
  'account list --fields id,deals.open,deals.value,idle',
  'deal list --trash --json',
  'deal list is:rotting -q',
  'deal list group:zz-group',
  'deal list pipeline:zy',
  'deal list stage:zz-firs',
  'contact list deals.open:>1 -q',
  'contact list deals.value.over:500 -q',
  'account list has:deal -q',
  'board --json',
  'board --all --json',
  'board --by owner --json',
  'tasks --json',
  'tasks --by stage --json',
  'status --json',
  'search secret hurry --json',
  'search cas --json',
  'search chairs acme --json',
  'show secret --json',
  'brief C1 --json',
  'brief D1 --json',
  'brief A1 --json',
  'next --all --json',
  'next --json',
  'today --all --json',
  'dupes contacts --json',
  'dupes accounts --json',
  'relation list --json',
  'contact show C1 --format table',
  'history --json',
  'history C1 --json',
  'config',
  'pipeline list --json',
  'stage list --json',
  'view list --json',
  'automation list --json',
  'automation lint --json',
  'automation show zy',
  'deal show D1 --json',
  'contact show C1',
  'account show A1',
  'explain D1 --json',
  'completion words deal list pipeline:',
  'completion words deal move D1 z',
  'completion words automation show z',
  'deal add X --pipeline zy',
  'deal add X --stage zz-firs',
  'deal move D1 zz-firs',
];

async function made(lines: readonly string[], isWhole: boolean): Promise<TestWorkspace> {
  const ws = await workspace();
  for (const [user, role] of [
    ['rob', 'restricted'],
    ['nora', 'normal'],
    ['eve', 'normal'],
  ])
    await ws.ok(`user add ${user} --role ${role}`);
  for (const line of seen) await ws.ok(line);
  if (isWhole) {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(ws.dir, path, '..'), { recursive: true });
      writeFileSync(join(ws.dir, path), text);
    }
    // Some of them need others: those that are refused change nothing.
    for (const line of lines) await ws.crm(line);
  }
  return ws;
}

test('hidden records, pipelines and rules change no answer', async () => {
  await fc.assert(
    fc.asyncProperty(fc.subarray(hidden, { minLength: 1 }), fc.nat(2), async (lines, turn) => {
      // Where all of it is hidden, everything is asked; of a part of it, in turns.
      const due = questions.filter((_, nth) => lines.length === hidden.length || isDue(nth, turn, 3));
      const whole = await made(lines, true);
      const part = await made(lines, false);
      for (const user of ['rob', 'nora'])
        for (const question of due) {
          const asked = `--as ${user} ${question}`;
          const answer = async (ws: TestWorkspace) => {
            const { code, out, err } = await ws.crm(asked);
            // How much was ever done here is nobody's secret.
            const same = out
              .replaceAll(ws.dir, 'DIR')
              .replace(/"(transactions?|unseen|tx)": ?\d+/g, '"$1":0');
            return { asked, code, out: same, err: err.replaceAll(ws.dir, 'DIR') };
          };
          expect(await answer(whole)).toEqual(await answer(part));
        }
    }),
    { numRuns: 2, examples: [[hidden, 0]], endOnFailure: true },
  );
});
