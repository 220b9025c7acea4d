/** What is renamed keeps its meaning: every place that names it says the new name, and one undo takes all of it back. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../../harness.ts';

/** All settings as text, by path. */
function settingsOf(ws: TestWorkspace): Record<string, string> {
  const paths = [
    'crm.yaml',
    ...['pipelines', 'automations', 'templates'].flatMap(dir =>
      readdirSync(join(ws.dir, dir)).map(name => `${dir}/${name}`),
    ),
  ];
  return Object.fromEntries(paths.map(path => [path, readFileSync(join(ws.dir, path), 'utf8')]));
}

function put(ws: TestWorkspace, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(ws.dir, path), text);
}

const append = (ws: TestWorkspace, path: string, text: string) =>
  writeFileSync(join(ws.dir, path), readFileSync(join(ws.dir, path), 'utf8') + text);

/** A workspace in which a view, a team, a task type and a template are named wherever they can be. */
const named = copiesOf(async () => {
  const ws = await workspace();
  for (const line of [
    'user add ana --role admin --email ana@example.com',
    'user add ben --email ben@example.com',
    'team add north ana ben',
    'task-type add visit --contact yes',
    'pipeline set sales access=ana,team:north assign=round-robin among=team:north',
    'contact add Jane --email jane@example.com',
    'deal add Chairs --owner ana --contact jane@example.com',
    'task add See --for D1 --type visit',
    'task add Gone --for D1 --type visit',
    'task rm T2',
  ])
    await ws.ok(line);
  await ws.ok(['view', 'add', 'hot', 'is:open (owner:team:north,ana or title:"@hot")']);
  await ws.ok(['view', 'add', 'hotter', '@hot not:@hot value.over:1k']);
  await ws.ok(['view', 'add', 'visits', 'type:visit,call not:type:visit', '--of', 'tasks']);
  await ws.ok(['view', 'add', 'visited', 'type:call visit', '--of', 'activities']);
  put(ws, {
    'templates/footer.md': '---\nsubject: Footer\n---\nThe team north\n',
    'templates/welcome.md': "---\nsubject: Welcome\n---\nHello @hot visit {% render 'footer' %}\n",
    'automations/greet.yaml': [
      'for: deal # @hot stays in a comment',
      'on:',
      '  - matches: { view: hot }',
      "  - task-completed: { type: visit, where: 'type:visit' }",
      '  - task-created: visit',
      "where: '@hot owner:team:north'",
      'steps:',
      "  - if: '@hot'",
      '    then:',
      '      - send-email: { to: contact, template: welcome }',
      '    else:',
      "      - add-task: { type: visit, title: 'Visit @hot' }",
      "  - complete-tasks: { where: 'type:visit' }",
      "  - send-email: { to: contact, subject: 'welcome', body: 'See you {% render \"footer\" %}' }",
      '',
    ].join('\n'),
  });
  append(
    ws,
    'pipelines/sales.yaml',
    "transitions:\n  - { to: follow-up, when: '@hot has:task' } # the hot ones\n",
  );
  append(ws, 'crm.yaml', '');
  expect((await ws.crm('automation lint')).code).toBe(0);
  return ws;
});

/** The lines that differ, as they are now. */
const changedLines = (before: Record<string, string>, now: Record<string, string>) =>
  Object.entries(now)
    .flatMap(([path, text]) => {
      const old = new Set((before[path] ?? '').split('\n'));
      return text
        .split('\n')
        .filter(line => !old.has(line))
        .map(line => `${path}: ${line.trim()}`);
    })
    .sort();

test.each([
  [
    'view rename @hot urgent',
    'hot to urgent',
    [
      'automations/greet.yaml: - matches: { view: urgent }',
      "automations/greet.yaml: where: '@urgent owner:team:north'",
      "automations/greet.yaml: - if: '@urgent'",
      'crm.yaml: urgent: { of: deals, query: \'is:open (owner:team:north,ana or title:"@hot")\' }',
      'crm.yaml: hotter: { of: deals, query: "@urgent not:@urgent value.over:1k" }',
      "pipelines/sales.yaml: - { to: follow-up, when: '@urgent has:task' } # the hot ones",
    ],
  ],
  [
    'team rename north benelux',
    'north to benelux',
    [
      "automations/greet.yaml: where: '@hot owner:team:benelux'",
      'crm.yaml: benelux: [ ana, ben ]',
      'crm.yaml: hot: { of: deals, query: \'is:open (owner:team:benelux,ana or title:"@hot")\' }',
      'pipelines/sales.yaml: access: [ ana, team:benelux ]',
      'pipelines/sales.yaml: assign: { by: round-robin, among: [ team:benelux ] }',
    ],
  ],
  [
    'task-type rename visit on-site',
    'visit to on-site',
    [
      "automations/greet.yaml: - task-completed: { type: on-site, where: 'type:on-site' }",
      'automations/greet.yaml: - task-created: on-site',
      "automations/greet.yaml: - add-task: { type: on-site, title: 'Visit @hot' }",
      "automations/greet.yaml: - complete-tasks: { where: 'type:on-site' }",
      'crm.yaml: task-types: { call: { contact: true }, email: { contact: true }, meeting: { contact: true }, todo: {}, on-site: { contact: true } }',
      'crm.yaml: visits: { of: tasks, query: "type:on-site,call not:type:on-site" }',
    ],
  ],
  [
    'template rename footer foot',
    'footer to foot',
    [
      "automations/greet.yaml: - send-email: { to: contact, subject: 'welcome', body: 'See you {% render \"foot\" %}' }",
      "templates/welcome.md: Hello @hot visit {% render 'foot' %}",
    ],
  ],
  [
    'template rename welcome hello',
    'welcome to hello',
    ['automations/greet.yaml: - send-email: { to: contact, template: hello }'],
  ],
])('crm %s', async (line, said, expected) => {
  const ws = await named();
  const before = settingsOf(ws);
  const records = await ws.ok('task list --format json');
  const { code, err } = await ws.crm(line);
  expect(err.split('\n')[0]).toBe(`renamed ${said}`);
  expect(code).toBe(0);
  const after = settingsOf(ws);
  const moved = Object.keys(after).filter(path => !(path in before));
  expect(changedLines(before, after).filter(each => !moved.some(path => each.startsWith(path)))).toEqual(
    [...expected].sort(),
  );
  expect(await ws.crm('automation lint')).toMatchObject({ code: 0 });
  expect((await ws.crm('doctor')).code).toBe(0);
  if (line.startsWith('task-type')) {
    expect(await ws.json<object>('task show T1')).toMatchObject({ type: 'on-site' });
    expect(await ws.ok('task list @visits -q')).toBe('');
    await ws.ok('task restore T2');
    expect(await ws.json<object>('task show T2')).toMatchObject({ type: 'on-site' });
    await ws.ok('undo');
  }
  // The same again is a conflict or unknown, and changes nothing.
  expect((await ws.crm(line)).code).toBeGreaterThan(1);
  expect(settingsOf(ws)).toEqual(after);
  await ws.ok('undo');
  expect(settingsOf(ws)).toEqual(before);
  expect(await ws.ok('task list --format json')).toBe(records);
  await ws.ok('redo');
  expect(settingsOf(ws)).toEqual(after);
});

test('crm field rename takes the values of records along, in queries, rules, cards, mappings, forms and texts', async () => {
  const ws = await workspace();
  for (const line of [
    'field add contact size --type choice --options small,large',
    'field add deal size',
    'field add deal product',
    'field rm deal product',
    'pipeline set sales card=title,size,value',
    'contact add Jane --field size=large',
    'contact add Joe --field size=small',
    'contact rm C2',
    'deal add Chairs --contact C1 --field size=XL',
  ])
    await ws.ok(line);
  await ws.ok(['view', 'add', 'big', 'size:large,small has:size not:no:size', '--of', 'contacts']);
  await ws.ok(['view', 'add', 'theirs', 'contact.size:large size:size', '--of', 'deals']);
  put(ws, {
    'templates/hello.md':
      '---\nsubject: For {{ contact.size }}\n---\nYour contact.size is {{ contact.fields.size }}, not {{ deal.size }}\n',
    'automations/grow.test.yaml':
      'grows:\n  given:\n    - contact: { name: Jane, size: small }\n  steps:\n    - set: { Jane: { size: large } }\n    - sweep: [{ completed: Jane }]\n',
    'automations/grow.yaml': [
      'for: contact',
      'on:',
      '  - field-changes: { field: size, to: large }',
      "where: 'size:large'",
      'steps:',
      '  - update: { size: small }',
      "  - add-note: 'size {{ contact.size }}'",
      '',
    ].join('\n'),
  });
  const main = readFileSync(join(ws.dir, 'crm.yaml'), 'utf8');
  writeFileSync(
    join(ws.dir, 'crm.yaml'),
    main.replace(
      'imports: {}',
      'imports:\n  people: { kind: contacts, columns: { Grootte: fields.size, size: name }, set: { fields.size: small } }',
    ),
  );
  expect((await ws.crm('automation lint')).code).toBe(0);
  const before = settingsOf(ws);
  expect((await ws.crm('field rename contact size volume')).err).toBe(
    [
      'renamed size to volume',
      'changed with it: automations/grow.test.yaml, automations/grow.yaml, crm.yaml and templates/hello.md',
      'Warning: templates/hello.md may still have the old name: only you can tell\n',
    ].join('\n'),
  );
  const after = settingsOf(ws);
  expect(changedLines(before, after)).toEqual([
    'automations/grow.test.yaml: - contact: { name: Jane, volume: small }',
    'automations/grow.test.yaml: - set: { Jane: { volume: large } }',
    "automations/grow.yaml: - add-note: 'size {{ contact.volume }}'",
    'automations/grow.yaml: - field-changes: { field: volume, to: large }',
    'automations/grow.yaml: - update: { volume: small }',
    "automations/grow.yaml: where: 'volume:large'",
    'crm.yaml: big: { of: contacts, query: "volume:large,small has:volume not:no:volume" }',
    'crm.yaml: people: { kind: contacts, columns: { Grootte: fields.volume, size: name }, set: { fields.volume: small } }',
    'crm.yaml: theirs: { of: deals, query: contact.volume:large size:size }',
    'crm.yaml: volume: { type: choice, options: [ small, large ] }',
    'templates/hello.md: Your contact.size is {{ contact.fields.volume }}, not {{ deal.size }}',
    'templates/hello.md: subject: For {{ contact.volume }}',
  ]);
  expect((await ws.crm('automation lint')).code).toBe(0);
  expect(await ws.ok('contact list @big -q')).toBe('C1\n');
  expect(await ws.json<object>('deal show D1')).toMatchObject({ fields: { size: 'XL' } });
  expect(await ws.json<object>('contact show C1')).toMatchObject({ fields: { volume: 'large' } });
  await ws.ok('contact restore C2');
  expect(await ws.json<object>('contact show C2')).toMatchObject({ fields: { volume: 'small' } });
  await ws.ok('contact rm C2');
  expect((await ws.crm('doctor')).code).toBe(0);
  await ws.ok('undo');
  await ws.ok('undo');
  await ws.ok('undo');
  expect(settingsOf(ws)).toEqual(before);
  expect(await ws.json<object>('contact show C1')).toMatchObject({ fields: { size: 'large' } });
  expect((await ws.crm('field rename deal size product')).err).toContain('renamed size to product\n');
  expect(await ws.ok('board --fields product --format json')).toContain('');
  expect(settingsOf(ws)['pipelines/sales.yaml']).toContain('[ title, product, value ]');
});

test('a field is not renamed over the values of one that was removed, nor what only a person can change', async () => {
  const ws = await workspace();
  for (const line of [
    'field add deal size',
    'field add deal product',
    'deal add A --field size=1 --field product=2',
    'field rm deal product',
  ])
    await ws.ok(line);
  const before = settingsOf(ws);
  expect(await ws.crm('field rename deal size product')).toMatchObject({
    code: 4,
    err: 'Error: D1 still has a value of an earlier field product\nHint: crm field restore deal product shows it\n',
  });
  expect((await ws.crm('field rename deal size title')).code).toBe(4);
  expect((await ws.crm(['field', 'rename', 'deal', 'size', 'Not one'])).code).toBe(1);
  expect(settingsOf(ws)).toEqual(before);
  put(ws, {
    'automations/odd.yaml':
      "for: deal\non: created\nsteps:\n  - add-note: \"{{ deal['fields']['size'] }}\"\n",
  });
  expect((await ws.crm('automation lint')).code).toBe(0);
  expect(await ws.crm('field rename deal size width')).toMatchObject({
    code: 1,
    err: 'Error: the field size of deals is still used at automations/odd.yaml:4\nHint: change that first\n',
  });
  expect(settingsOf(ws)['crm.yaml']).toBe(before['crm.yaml']);
});

test('a wrong request is refused, and nothing is written', async () => {
  const ws = await named();
  const before = settingsOf(ws);
  for (const [line, exit, message] of [
    ['view rename hot hotter', 4, 'there is a view hotter already'],
    ['view rename hot Hot', 2, '"Hot" is not a name for a view'],
    ['view rename cold hot', 2, 'unknown view "cold"'],
    ['view rename hot', 2, 'which new name?'],
    ['team rename north North', 2, '"North" is not a name for a team'],
    ['task-type rename visit call', 4, 'there is a task type call already'],
    ['template rename welcome footer', 4, 'there is a template footer already'],
    ['template rename hello footer', 3, 'there is no template "hello"'],
    ['view rename hot urgent --as ben', 1, 'ben is normal and may not change settings'],
  ] as const) {
    const { code, err } = await ws.crm(`${line} --json`);
    expect({ line, code, message: JSON.parse(err).error.message }).toEqual({ line, code: exit, message });
  }
  expect((await ws.crm('view rename hot hot')).err).toBe('nothing to do: hot is already in that state\n');
  expect(await ws.json('view rename hot urgent --dry-run')).toMatchObject({ tx: null });
  expect(settingsOf(ws)).toEqual(before);
  expect(await ws.json('view rename hot urgent')).toMatchObject({ id: 'urgent', tx: expect.any(Number) });
});
