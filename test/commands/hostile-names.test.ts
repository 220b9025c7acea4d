/**
 * Hostile names in every place, and every command of the registry: neither stdout nor stderr has a control character
 * that comes from data, on terminals and in pipes. Only CSV, and the text of a file, are exact in a pipe.
 */
import { recordKinds } from '../../src/kinds/index.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { treeOf } from '../../src/commands/registry.ts';
import { isDue } from '../effort.ts';
import { copiesOf, workspace } from '../harness.ts';

const { commands } = treeOf(recordKinds);

/** ESC [ and ESC ], C1's CSI and OSC, BEL, CR, DEL, bidirectional controls, line separators. */
const evil = 'a\x1b[31m\x1b]0;t\x07\x9b31m\x9d0;t\x9c\r\x7f\u202eb\u2066c\u2028d\u200f';
/** For names of files: no slash, no NUL. */
const inYaml = JSON.stringify(evil);
const control = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
/** The same where colours and the cursor sequences of prompts were taken out. */
const withoutOurs = (text: string) => text.replace(/\x1b\[(?:1|2|22|3[0-9]|9[0-7])m/g, '');

const hostileWorkspace = copiesOf(async () => {
  const ws = await workspace('automated-sales');
  const file = (path: string, text: string) => writeFileSync(join(ws.dir, path), text);
  for (const folder of ['automations', 'templates']) mkdirSync(join(ws.dir, folder), { recursive: true });
  file(
    'pipelines/odd.yaml',
    `name: ${inYaml}\nstages:\n  - { id: one, name: ${inYaml}, group: x, color: red }\n  - { id: two, name: two }\ntransitions:\n  - { to: two, when: ${JSON.stringify(`title:=${JSON.stringify('x')}`)} }\n`,
  );
  await ws.ok(['user', 'add', 'ana', '--name', evil, '--email', 'ana@x.nl', '--role', 'admin']);
  await ws.ok(['field', 'add', 'deal', 'product', '--label', evil]);
  await ws.ok(['view', 'add', 'odd', `title:${JSON.stringify(evil.replaceAll('"', ''))}`]);
  await ws.ok(['account', 'add', evil]);
  await ws.ok(['contact', 'add', '--name', evil, '--email', 'c@x.nl', '--account', 'A1']);
  await ws.ok([
    'deal',
    'add',
    evil,
    '--contact',
    'C1',
    '--tag',
    evil,
    '--field',
    `product=${evil}`,
    '--pipeline',
    'odd',
  ]);
  await ws.ok(['task', 'add', evil, '--for', 'D1']);
  await ws.ok(['log', 'note', 'D1', evil]);
  await ws.ok(['event', 'add', evil, '--contact', 'C1', '--prop', `k${evil}=${evil}`]);
  await ws.ok(['invoice', 'add', '--for', 'D1', '--amount', '5', '--issued', 'today']);
  file(
    'automations/good.yaml',
    `name: ${inYaml}\nenabled: true\non: created\nof: deals\nsteps:\n  - add-note: ${inYaml}\n`,
  );
  file(`automations/odd${evil}.yaml`, `name: x\non: created\nsteps: [${inYaml}]\n`);
  file('automations/broken.yaml', `name: ${inYaml}\non: ${inYaml}\nsteps: 5\n${inYaml}: 1\n`);
  file('automations/good.test.yaml', `- name: ${inYaml}\n  do: ${inYaml}\n`);
  file(`templates/odd${evil}.md`, `---\nsubject: ${inYaml}\n---\n${evil}\n`);
  file('templates/hi.md', `---\nsubject: ${inYaml}\n---\n${evil}\n`);
  return ws;
});

/** Command lines that reach deeper than a hostile argument does. */
const deeper = [
  ...['deal', 'contact', 'account', 'task', 'activity', 'event', 'invoice'].flatMap(kind => [
    [kind, 'list'],
    [
      kind,
      'show',
      { deal: 'D1', contact: 'C1', account: 'A1', task: 'T1', activity: 'V1', event: 'E1' }[kind] ?? 'I1',
    ],
  ]),
  ...['user', 'stage', 'pipeline', 'field', 'view', 'team', 'automation', 'template'].map(noun => [
    noun,
    'list',
  ]),
  ...[
    ['user', 'show', 'ana'],
    ['pipeline', 'show', 'odd'],
    ['view', 'show', 'odd'],
    ['automation', 'show', 'good'],
  ],
  ...[
    ['template', 'show', 'hi'],
    ['board', 'odd'],
    ['board', '--all'],
    ['board', '--by', 'owner'],
    ['tasks'],
  ],
  ...[
    ['tasks', '--by', 'stage'],
    ['status'],
    ['config'],
    ['history'],
    ['history', 'D1'],
    ['history', 'D1', '--stages'],
  ],
  ...[['history', 'automations/broken.yaml'], ['explain', 'D1'], ['explain', 'D1', 'good'], ['doctor']],
  ...[
    ['run', '--dry-run', '--explain'],
    ['automation', 'lint'],
    ['automation', 'test'],
    ['undo', '--dry-run'],
  ],
  ...[
    ['automation', 'backtest', 'good', '--since', '1d'],
    ['automation', 'enrolments'],
    ['export', 'deals', '--format', 'json'],
  ],
  ...['deal', 'run', 'automation', 'template'].map(noun => ['completion', 'words', '--', noun, 'show', '']),
  ...[
    ['completion', 'words', '--', 'deal', 'list', '@'],
    ['completion', 'words', '--', '--as', ''],
  ],
  ...[
    ['deal', 'rm', 'D1', '--dry-run'],
    ['deal', 'set', 'D1', `title=x${evil}`, '--dry-run'],
    ['score', 'C1', '+5'],
  ],
  ...[
    ['init', `new${evil}`, '--dry-run'],
    ['-C', evil, 'status'],
    ['--as', evil, 'deal', 'list'],
    ['--now', evil, 'run'],
  ],
  ...[
    [evil],
    ['deal', evil],
    [`--${evil}`],
    ['deal', 'list', `--${evil}`],
    ['deal', 'list', '--format', evil],
  ],
];

/** Every command of the registry with hostile arguments, and with a hostile option. */
const registry = Object.keys(commands).flatMap(path => [
  [...path.split(' '), evil],
  [...path.split(' '), evil, `${evil}=${evil}`],
  [...path.split(' '), 'D1', evil, '--dry-run'],
]);

test('no command lets a control character of data out, on a terminal or in a pipe, in any format', async () => {
  const ws = await hostileWorkspace();
  const lines = [...registry, ...deeper];
  expect(lines.length).toBeGreaterThan(400);
  const found: unknown[] = [];
  let worked = 0;
  for (const [nth, line] of lines.entries())
    for (const how of deeper.includes(line)
      ? [{}, { tty: 100 }, ...['json', 'yaml', 'table', 'ids'].filter((_, i) => isDue(nth, i, 2))]
      : // What reaches no further than the arguments is tried in turns.
        [{}, { tty: 100 }].filter((_, round) => isDue(nth, round, 4))) {
      const args = typeof how === 'string' ? [...line, '--format', how] : line;
      // Nobody answers an editor or a prompt here.
      const options = typeof how === 'string' ? {} : { ...how, env: { CRM_NO_INPUT: '1' } };
      const { out, err, code } = await ws.crm(args, { ...options, stdin: `${evil}\n` });
      const exact = !('tty' in Object(how)) && /^(template|automation) show/.test(line.join(' '));
      for (const [where, text] of [
        ['out', exact ? '' : out],
        ['err', err],
      ] as const) {
        const bad = control.exec('tty' in Object(how) ? withoutOurs(text) : text);
        if (bad)
          found.push({
            args,
            how,
            where,
            near: JSON.stringify(text.slice(Math.max(0, bad.index - 60), bad.index + 20)),
          });
      }
      if (code === 70) found.push({ args, err });
      if (code === 0) worked++;
    }
  expect(found).toEqual([]);
  // The workspace is not so broken that nothing is printed.
  expect(worked).toBeGreaterThan(200);
});

test('in a pipe CSV and the text of a file are exact; on a terminal they are escaped', async () => {
  const ws = await hostileWorkspace();
  for (const line of [
    'deal list --format csv --fields title',
    'export deals --fields title',
    'template show hi',
  ]) {
    expect(await ws.ok(line)).toContain(evil);
    const shown = await ws.ok(line, { tty: 80 });
    expect(shown).not.toMatch(control);
    expect(shown).toContain('a\\x1b[31m\\x1b]0;t\\x07\\x9b31m');
  }
});
