/** `crm template`: e-mail templates by command, as the other settings. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { workspace } from '../harness.ts';

const welcome = `---
subject: "Welcome, {{ contact.name }}" # as friends
---
Dear {{ contact.name }},

thank you.
`;

test('add, list, show, set, rm, restore', async () => {
  const ws = await workspace();
  const file = join(ws.dir, 'templates', 'welcome.md');
  writeFileSync(join(ws.dir, 'mail.md'), welcome);
  expect(await ws.ok('template add welcome mail.md')).toBe('welcome\n');
  expect(readFileSync(file, 'utf8')).toBe(welcome);
  expect(await ws.ok(['template', 'add', 'Thank you', '--subject', 'Thanks: "all"', '--body', 'Bye'])).toBe(
    'thank-you\n',
  );
  expect(await ws.ok('template list')).toBe(
    'thank-you\tThanks: "all"\tready\nwelcome\tWelcome, {{ contact.name }}\tready\n',
  );
  expect(await ws.ok('template show welcome')).toBe(welcome);
  expect(await ws.json('template show thank-you')).toEqual({
    id: 'thank-you',
    subject: 'Thanks: "all"',
    body: 'Bye\n',
  });
  // What is not changed stays as it was written, comments and all.
  await ws.ok(['template', 'set', 'welcome', 'subject=Hello, {{ contact.name }}']);
  expect(readFileSync(file, 'utf8')).toBe(welcome.replace('Welcome,', 'Hello,'));
  await ws.ok(['template', 'set', 'welcome', 'body=Short']);
  expect(readFileSync(file, 'utf8')).toBe(
    '---\nsubject: "Hello, {{ contact.name }}" # as friends\n---\nShort\n',
  );
  await ws.ok('template rm welcome');
  expect(await ws.ok('template list -q')).toBe('thank-you\n');
  await ws.ok('template restore welcome');
  expect(await ws.ok('template list -q')).toBe('thank-you\nwelcome\n');
  await ws.ok('undo');
  await ws.ok(['template', 'add', 'again', '-'], { stdin: welcome });
  await ws.ok(['template', 'add', 'more', '--subject', 'S', '--body', '-'], { stdin: 'B\n' });
  expect(await ws.json('template show more')).toMatchObject({ subject: 'S', body: 'B\n' });
});

test('an edited template is valid, or each problem is shown at its line', async () => {
  const ws = await workspace();
  await ws.ok(['template', 'add', 'welcome', '-'], { stdin: welcome });
  const seen: string[] = [];
  const steps = ['{{ contact.nmae }}', '{{ contact.name }}!'];
  const ran = await ws.crm('template edit welcome', {
    editor: text => {
      seen.push(text);
      return text.replace(/Dear .*/, `Dear ${steps.shift()}`);
    },
  });
  expect([ran.code, ran.err]).toEqual([0, 'changed templates/welcome.md\n']);
  expect(seen[1]).toMatch(/\n# ! .*nmae.*\nDear \{\{ contact.nmae \}\}\n/);
  expect(await ws.ok('template show welcome')).toBe(welcome.replace('}},\n\nthank', '}}!\n\nthank'));
});

test('one that a rule sends cannot be taken away', async () => {
  const ws = await workspace();
  await ws.ok(['template', 'add', 'welcome', '-'], { stdin: welcome });
  const rule = 'for: contact\non: [created]\nsteps:\n  - send-email: { to: contact, template: welcome }\n';
  await ws.ok(['automation', 'add', 'greet', '-'], { stdin: rule });
  expect(await ws.crm('template rm welcome')).toMatchObject({
    code: 1,
    err: expect.stringContaining('the template welcome is still used at automations/greet.yaml:4'),
  });
});

test.each([
  ['template add', 2, 'which file?'],
  ['template add -', 2, 'which name?'],
  ['template add nope.md', 3, 'there is no file nope.md'],
  ['template add x --subject S', 2, 'a template has a subject and a text'],
  ['template add x --subject S --body {{', 2, 'that would not be a valid template'],
  ['template add welcome --subject S --body B', 4, 'there is a template welcome already'],
  ['template add äö --subject S --body B', 0, ''],
  ['template show nope', 3, 'there is no template "nope"'],
  ['template show wellcome', 3, 'did you mean welcome?'],
  ['template set welcome subjct=x', 2, 'subject'],
  ['template set welcome subject=', 2, 'a template needs a subject'],
  ['template set welcome body={{contact.nmae}}', 2, 'that would not be a valid template'],
  ['template rm nope', 3, 'there is no template "nope"'],
  ['template restore nope', 3, 'there never was a template "nope"'],
])('%s: exit %i', async (command, code, message) => {
  const ws = await workspace();
  await ws.ok(['template', 'add', 'welcome', '-'], { stdin: welcome });
  const ran = await ws.crm(command);
  expect(ran.err).toContain(message);
  expect(ran.code).toBe(code);
});

test('names of a closed pipeline are cut out of a template in every format', async () => {
  const ws = await workspace();
  await ws.ok('user add ana --role admin');
  await ws.ok('user add ben');
  await ws.ok('pipeline add Acquisition --stages Zebra --access ana');
  writeFileSync(
    join(ws.dir, 'templates', 'offer.md'),
    '---\nsubject: About acquisition\n---\nNow in zebra.\n',
  );
  for (const line of [
    'template show offer',
    'template show offer --json',
    'template list',
    'template list --json',
  ]) {
    const { code, out, err } = await ws.crm(`--as ben ${line}`);
    expect({ line, code }).toEqual({ line, code: 0 });
    expect(out + err).not.toMatch(/acquisition|zebra/i);
    expect(out).not.toBe('');
  }
  expect(await ws.ok('--as ana template show offer')).toContain('zebra');
});
