/** What lint says is right, no sweep fails on; and a template as it looks for a record. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exampleTemplate } from '../../src/commands/topics/templates.ts';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

function template(ws: TestWorkspace, id: string, body: string, subject = 'Hello'): void {
  writeFileSync(
    join(ws.dir, 'templates', `${id}.md`),
    `---\nsubject: ${JSON.stringify(subject)}\n---\n${body}\n`,
  );
}

const rule = (step: string): string => `for: deal\non: created\nsteps:\n  - ${step}\n`;

const made = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok('user add ana --role admin');
  return ws;
});

test.each([
  ['{{ now | date: "%z" }}', 4, '%z'],
  ['ok\n\n{% if deal.lostReason %}{{ now | date: "%z" }}{% endif %}', 6, '%z'],
  ['{{ deal.title | date: "%F" }}', 4, 'neither a day nor an instant'],
  ['{{ deal.value | divided_by: 0 }}', 4, 'divided_by'],
  ['{{ deal.value | plus: contact.name }}', 4, 'plus'],
  ['{{ contact }}', 4, 'several values'],
])('%j is wrong at line %i', async (body, line, message) => {
  const ws = await made();
  template(ws, 'welcome', body);
  for (const command of ['template lint', 'template lint welcome', 'automation lint']) {
    const ran = await ws.crm(command);
    expect({ command, code: ran.code }).toEqual({ command, code: 5 });
    expect(ran.out).toContain(`templates/welcome.md:${line}: `);
    expect(ran.out).toContain(message);
  }
  expect(await ws.crm('template lint --json')).toMatchObject({
    code: 5,
    out: expect.stringContaining(message),
  });
});

test('a subject, a text of a rule and a signature are tried too', async () => {
  const ws = await made();
  template(ws, 'welcome', 'Hi', '{{ now | date: "%z" }}');
  writeFileSync(
    join(ws.dir, 'automations', 'greet.yaml'),
    rule(`add-task: { title: '{{ now | date: "%z" }}' }`),
  );
  await ws.ok(['user', 'set', 'ana', 'signature={{ user.name | date }}']);
  const ran = await ws.crm('automation lint');
  expect(ran.code).toBe(5);
  expect(ran.out).toMatch(/^templates\/welcome\.md:2: subject: .*%z/m);
  expect(ran.out).toMatch(/^automations\/greet\.yaml:4: title: .*%z/m);
  expect(ran.out).toMatch(
    /^crm\.yaml:\d+: signature: \{\{ user\.name \| date \}\} date: "Ana Ruiz" is neither/m,
  );
  expect((await ws.crm('automation lint greet')).out).not.toContain('welcome');
});

test('a value that is empty for some records is a warning, with a hint', async () => {
  const ws = await made();
  template(ws, 'welcome', 'Hi {{ contact.name }}\n{% if account %}{{ account.name }}{% endif %}');
  expect((await ws.crm('template lint')).err).toBe('1 template without a problem\n');
  template(ws, 'welcome', 'Hi {{ contact.name }}\nof {{ account.name }}');
  const ran = await ws.crm('template lint');
  expect(ran.code).toBe(0);
  expect(ran.err).toBe(
    'Warning: templates/welcome.md:5: {{ account.name }} is empty for a record without it; say what then with | default: "..."\n1 template, 1 warning\n',
  );
  expect(await ws.json('template lint')).toMatchObject([{ line: 5, warning: true }]);
});

test('a rule without findings does not fail for a record with only its required fields', async () => {
  const ws = await made();
  writeFileSync(
    join(ws.dir, 'automations', 'call.yaml'),
    rule(
      `add-task: { title: 'Call {{ contact.name | default: deal.title }} {{ deal.value | times: 1.21 }} {{ deal.createdAt | date: "%F" }}' }`,
    ),
  );
  expect((await ws.crm('automation lint')).err).toBe('1 automation without a problem\n');
  await ws.ok(['deal', 'add', 'Chairs', '--owner', 'none']);
  expect((await ws.crm('run')).code).toBe(0);
  expect(await ws.json('task list')).toMatchObject([{ title: 'Call Chairs 0.00 2026-09-14' }]);
});

test('templates within templates: shown, and refused where they go round', async () => {
  const ws = await made();
  template(ws, 'footer', 'Yours,\n{{ user.signature }}');
  template(ws, 'welcome', "Dear {{ contact.name }},\n\n{% render 'footer' %}");
  await ws.ok(['user', 'set', 'ana', 'signature={{ user.name }}, Acme']);
  await ws.ok([
    'deal',
    'add',
    'Chairs',
    '--contact',
    'jane@example.com',
    '--contact-name',
    'Jane',
    '--owner',
    'ana',
  ]);
  expect(await ws.ok('template preview welcome --for D1')).toBe(
    'Subject: Hello\nTo: jane@example.com\n\nDear Jane,\n\nYours,\nana, Acme\n',
  );
  expect(await ws.json('template preview welcome --for jane@example.com')).toMatchObject({
    template: 'welcome',
    to: 'jane@example.com',
    subject: 'Hello',
  });
  // One that others render stays.
  expect(await ws.crm('template rm footer')).toMatchObject({
    code: 1,
    err: expect.stringContaining('the template footer is still used at templates/welcome.md:6'),
  });
  template(ws, 'footer', "x\n{% render 'welcome' %}");
  const ran = await ws.crm('template lint');
  expect(ran.code).toBe(5);
  expect(ran.out).toContain('templates/footer.md:5: renders itself without end: footer -> welcome -> footer');
  template(ws, 'footer', '{{ nope }}');
  template(ws, 'welcome', "{% render 'footer' %}");
  const broken = await ws.crm('template lint welcome');
  expect(broken.out).toContain('templates/welcome.md:4: the template footer, which it renders, is broken');
});

test.each([
  ['template preview', 2, 'which template, and for which record?'],
  ['template preview welcome', 2, 'for which record?'],
  ['template preview welcome --for D9', 3, 'D9'],
  ['template preview nope --for D1', 3, 'there is no template "nope"'],
  ['template preview welcome --for D1', 1, 'cannot be rendered for D1: {{ contact.name }} is empty'],
  ['template lint nope', 3, 'there is no template "nope"'],
])('%s: exit %i', async (command, code, message) => {
  const ws = await made();
  template(ws, 'welcome', 'Dear {{ contact.name }}');
  await ws.ok('deal add Chairs');
  const ran = await ws.crm(command);
  expect({ code: ran.code, err: ran.err }).toEqual({ code, err: expect.stringContaining(message) });
});

test('the template of the help is right', async () => {
  const ws = await made();
  template(ws, 'footer', 'Yours, {{ user.signature | default: user.name }}');
  writeFileSync(join(ws.dir, 'templates', 'example.md'), exampleTemplate);
  expect((await ws.crm('template lint')).err).toBe('2 templates without a problem\n');
  expect(await ws.ok('help templates')).toContain("{% render 'footer' %}");
});
