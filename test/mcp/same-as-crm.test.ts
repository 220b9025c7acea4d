/** A command that is proposed changes what it changes on the command line, whichever it is. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { treeOf } from '../../src/commands/registry.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { LONG, marked, visible } from '../../src/mcp/data.ts';
import type { Json } from '../../src/domain/records.ts';
import { makeWorkspace, type TestWorkspace } from '../harness.ts';
import { wordsOf } from '../shell.ts';
import { connect } from './session.ts';

const { commands } = treeOf(recordKinds);

/** The first example of each command that changes something, with the records of the workspace below in place of others. */
const examples = (
  await Promise.all(
    Object.entries(commands).map(async ([path, load]) => {
      const { effect, examples: lines = [] } = await load();
      const line = lines.find(each => !/[|<>]|\$\(| - |-$|^crm|\.(md|ya?ml)\b/.test(each));
      return effect === 'changes' && line !== undefined ? [[path, line] as const] : [];
    }),
  )
).flat();
/** One command for each verb of records, and one for each of settings: the others of that verb are the same code. */
const kinds = new Set<string>(recordKinds.names);
const tried = new Map(
  examples.map(each => {
    const [noun, verb] = each[0].split(' ');
    return [verb === undefined ? noun : `${kinds.has(noun!) ? 'records' : 'settings'} ${verb}`, each];
  }),
);
const here = (word: string): string =>
  word.replace(/^([A-Z])(12|3|7|40|13|5|9|2|8)$/, (_, letter: string) => `${letter}1`);

let ws: TestWorkspace;
let remove: () => void;
beforeAll(async () => {
  [ws, remove] = await makeWorkspace('automated-sales');
  await ws.ok('user add ana --name Ana --email ana@example.com --role admin');
  const crm = (...words: string[]) => ws.ok([...words, '--as', 'ana']);
  await crm('user', 'add', 'ben', '--name', 'Ben', '--email', 'ben@example.com');
  await crm('deal', 'add', 'Chairs', '--value', '1200', '--contact', 'jane@example.com', '--account', 'Acme');
  await crm('deal', 'add', 'Desks', '--contact', 'joe@example.com', '--account', 'Globex');
  await crm('task', 'add', 'Call', '--for', 'D1', '--due', 'today');
  await crm('deal', 'note', 'D1', 'a note');
  await crm('invoice', 'add', '--for', 'D1', '--amount', '1200');
  await crm('event', 'add', 'form.submitted', '--contact', 'C1');
  await crm('field', 'add', 'deal', 'product', '--type', 'text');
});
afterAll(() => remove());

test('so it does for an example of every verb', async () => {
  const { call } = await connect(ws, { words: ['--write', '--as', 'ana'] });
  const different: unknown[] = [];
  let changing = 0;
  for (const [path, line] of tried.values()) {
    const words = wordsOf(line).map(here);
    const proposed = await call('propose', { commands: [{ words }] });
    const ran = await ws.crm([...words, '--dry-run', '--json', '--yes', '--as', 'ana']);
    if (ran.code === 0) {
      const { changes } = JSON.parse(ran.out) as { readonly changes: readonly Json[] };
      if (changes.length > 0) changing++;
      const { structured } = marked({ said: '', data: { changes }, textLimit: LONG }, () => 'mark');
      if (JSON.stringify(proposed.structured.changes) !== JSON.stringify(structured.changes))
        different.push({ path, line: words.join(' '), shown: changes, proposed: proposed.text });
    } else {
      const { message } = (JSON.parse(ran.err.trim().split('\n').at(-1)!) as { error: { message: string } })
        .error;
      if (!proposed.isError || !proposed.text.includes(visible(message)))
        different.push({ path, line: words.join(' '), message, proposed: proposed.text });
    }
  }
  expect(different).toEqual([]);
  expect(changing).toBeGreaterThan(10);
});
