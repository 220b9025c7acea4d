/** How lint and sweeps tell what is wrong with rules and templates; a sweep leaves out only what is broken. */
import { expect, test } from 'vitest';
import { Rules } from './rules.ts';

const good = 'for: deal\non: created\nsteps: [{ add-note: hello }]\n';
const head = 'for: deal\non: created\nsteps:\n';

const templates = {
  'templates/welcome.md': '---\nsubject: Welcome\n---\nHello\n',
  'templates/broken.md': '---\nsubject: Welcome\n---\nHello,\n{{ deal.titel }}\n',
};
let files: Map<string, Buffer> | undefined;

async function withGoodRule(): Promise<Rules> {
  if (!files) {
    const rules = await Rules.make(templates);
    rules.rule('good', good);
    await rules.sweep();
    files = rules.files();
  }
  return Rules.of(files);
}

test('lint says all that is wrong, for people too', async () => {
  const rules = await withGoodRule();
  rules.remove('templates/broken.md');
  rules.rule('wrong', 'for: deal\non: create\nsteps:\n  - update: { stge: new }\n  - wait: soon\n');
  // The first command in a workspace tells who acts in it.
  await rules.ws.ok('deal list');
  const { code, out, err } = await rules.ws.crm('automation lint');
  expect(out).toBe(
    [
      'automations/wrong.yaml:2: unknown trigger "create"',
      '  did you mean created?',
      'automations/wrong.yaml:4: unknown field "stge" of a deal',
      '  did you mean stage?',
      'automations/wrong.yaml:5: for: "soon" is not a duration',
      '  for example 3d, 2w or 6h',
      '',
    ].join('\n'),
  );
  expect(err).toBe('3 problems\n');
  expect(code).toBe(5);
  expect(await rules.ws.crm('automation lint good')).toMatchObject({
    code: 0,
    err: '1 automation without a problem\n',
  });
});

test('a sweep leaves the broken rule alone out, names it, and exits 1; the others run', async () => {
  const rules = await withGoodRule();
  rules.remove('templates/broken.md');
  rules.rule('wrong', good.replace('created', 'create'));
  await rules.ok('deal add Chairs');
  const sweep = await rules.sweep();
  expect(sweep).toMatchObject({
    code: 1,
    automations: [{ automation: 'good', subject: 'D1', outcome: 'completed' }],
    failures: [
      {
        automation: 'wrong',
        subject: null,
        step: null,
        error: 'automations/wrong.yaml:2: unknown trigger "create"; the rule is left out',
      },
    ],
  });
  // It is said as long as it is so, and nothing else comes of it.
  const files = rules.digest();
  expect(await rules.sweep()).toMatchObject({ code: 1, tx: null, failures: [{ automation: 'wrong' }] });
  expect(rules.digest()).toBe(files);
  rules.rule('wrong', good);
  await rules.ok('deal add Tables');
  expect((await rules.sweepTwice()).automations.map(a => `${a.automation} ${a.subject}`)).toEqual([
    'good D2',
    'wrong D2',
  ]);
});

test('a broken template breaks the rules that use it, and nothing else', async () => {
  const rules = await withGoodRule();
  const mail = (template: string) =>
    `for: contact\non: created\nsteps: [{ send-email: { to: contact, template: ${template} } }]\n`;
  rules.rule('uses', mail('broken'));
  rules.rule('welcome', mail('welcome'));
  await rules.ok('contact add --email jane@example.com');
  const sweep = await rules.sweep();
  expect(sweep.automations).toMatchObject([{ automation: 'welcome', subject: 'C1', outcome: 'completed' }]);
  expect(sweep.failures.map(f => [f.automation, f.error])).toEqual([
    [
      'uses',
      'automations/uses.yaml:3: template: the template is broken: templates/broken.md:5: unknown variable {{ deal.titel }}; the rule is left out',
    ],
    [null, 'templates/broken.md:5: unknown variable {{ deal.titel }}; the template is left out'],
  ]);
  expect(sweep.code).toBe(1);
  rules.write('templates/broken.md', templates['templates/welcome.md']);
  await rules.ok('contact add --email joe@example.com');
  expect((await rules.sweepTwice()).automations.map(a => `${a.automation} ${a.subject}`)).toEqual([
    'uses C2',
    'welcome C2',
  ]);
});

test.each([
  ['Hello\n', 1, 'is not a template: front matter with a subject, then the text'],
  ['---\nsubject: Hi\n', 1, 'is not a template: front matter with a subject, then the text'],
  ['---\nsubjct: Hi\n---\nHello\n', 2, 'unknown key "subjct"'],
  ['---\n---\nHello\n', 2, 'subject must be a text'],
  ['---\nsubject: {{ contact.name }}\n---\nHello\n', 2, 'a map or list cannot be a key'],
  ["---\nsubject: 'Hi {{ contact.nme }}'\n---\nHello\n", 2, 'subject: unknown variable {{ contact.nme }}'],
  ['---\nsubject: Hi\n---\n\n', 4, 'the text is empty'],
  [
    '---\nsubject: Hi\n---\nDear {{ contact.name }},\n\n{% if deal %}\nHello\n',
    6,
    'tag {% if deal %} not closed',
  ],
])('a template that is wrong: %s', async (text, line, message) => {
  const rules = await withGoodRule();
  rules.write('templates/broken.md', text);
  const { code, out } = await rules.ws.crm('automation lint --json');
  expect(JSON.parse(out)).toContainEqual(
    expect.objectContaining({ file: 'templates/broken.md', line, message }),
  );
  expect(code).toBe(5);
});

test("a rule's file must be an id", async () => {
  const rules = await withGoodRule();
  rules.remove('templates/broken.md');
  rules.write('automations/Hot Leads.yaml', good);
  expect(await rules.ws.crm('automation lint')).toMatchObject({
    code: 5,
    out: "automations/Hot Leads.yaml:1: the file's name is not an id\n  lower-case ASCII words with hyphens, such as hot-leads.yaml\n",
  });
});

test('rules that start each other in a circle are broken, all of them, and only they', async () => {
  const rules = await Rules.make();
  rules.rule('good', good);
  rules.rule('a', `${head}  - wait: 1d\n  - start: b\n`);
  rules.rule('b', `${head}  - if: 'is:open'\n    then:\n      - start: a\n`);
  const { code, out } = await rules.ws.crm('automation lint');
  expect(out).toBe(
    'automations/a.yaml:5: a cycle of starts: a starts b starts a\nautomations/b.yaml:6: a cycle of starts: b starts a starts b\n',
  );
  expect(code).toBe(5);
  await rules.ok('deal add Chairs');
  const sweep = await rules.sweep();
  expect(sweep.failures.map(f => f.automation)).toEqual(['a', 'b']);
  expect(sweep.automations).toMatchObject([{ automation: 'good', subject: 'D1' }]);
});

test('a possible loop is a warning: shown, exit 0, and the rules run', async () => {
  const rules = await Rules.make();
  const moves = (to: string) =>
    `for: deal\nruns: every-time\non: { stage-changes: { to: ${to === 'new' ? 'done' : 'new'} } }\nsteps: [{ update: { stage: ${to} } }]\n`;
  rules.rule('back', moves('new'));
  rules.rule('forth', moves('done'));
  rules.rule('once', `for: deal\non: value-changes\nsteps: [{ update: { value: 5 } }]\n`);
  rules.edit(
    'pipelines/a-sales.yaml',
    text =>
      `${text}transitions:\n  - { to: new, from: [done], when: 'tag:x' }\n  - { to: done, from: [new], when: 'tag:x' }\n`,
  );
  // The first command in a workspace tells who acts in it.
  await rules.ws.ok('deal list');
  const { code, err, out } = await rules.ws.crm('automation lint');
  expect({ code, out }).toEqual({ code: 0, out: '' });
  expect(err).toBe(
    [
      'Warning: automations/back.yaml:3: possible loop: back starts forth starts back, every time; runs: once, or a where that no longer holds',
      'Warning: automations/forth.yaml:3: possible loop: forth starts back starts forth, every time; runs: once, or a where that no longer holds',
      'Warning: pipelines/a-sales.yaml:9: possible loop: rows 1 and 2 move a deal from done to new and back; for one of them, a when that never holds together with the other',
      '3 automations without a problem',
      '',
    ].join('\n'),
  );
  expect(JSON.parse((await rules.ws.crm('automation lint back --json')).out)).toMatchObject([
    { warning: true, line: 3 },
  ]);
});
