import { describe, expect, it } from 'vitest';
import { checkFiles } from '../../../src/app/core/check-files.ts';
import { recordKinds } from '../../../src/kinds/index.ts';

describe('the check of settings finds what is wrong', () => {
  const withUser = (user: string) =>
    new Map([
      [
        'crm.yaml',
        `name: Test\ntimezone: Europe/Amsterdam\ncurrency: EUR\nusers:\n  eva: { name: Eva, role: admin${user} }\n`,
      ],
      ['pipelines/sales.yaml', 'name: Sales\nstages:\n  - { id: intake, name: Intake }\n'],
    ]);
  const warningsOf = async (files: ReadonlyMap<string, string>) =>
    (await checkFiles(files, recordKinds)).config!.warnings.flatMap(({ problems }) =>
      problems.map(({ message }) => message),
    );

  it.each([
    ['a variable', ", signature: '{{ nobody }}'"],
    ['a variable in brackets that YAML escapes', ', signature: "\\x7b\\x7b nobody }}"'],
    ['a variable within a line that goes on', ', signature: "{\\\n    { nobody }}"'],
  ])('in a signature: %s', async (_, user) => {
    expect(await warningsOf(withUser(user))).toEqual([expect.stringContaining('the signature of eva:')]);
  });

  it('in no signature without Liquid', async () => {
    expect(await warningsOf(withUser(", signature: 'Eva, { sales }'"))).toEqual([]);
  });

  it('in a rule and a template', async () => {
    const { config } = await checkFiles(
      new Map([
        ['automations/late.yaml', "for: deal\non: [{ schedule: { cron: '61 9 * * *' } }]\nsteps: []\n"],
        ...withUser(''),
        ['templates/welcome.md', '---\nsubject: Welcome {{ nobody }}\n---\nHello\n'],
      ]),
      recordKinds,
    );
    expect(config!.broken.map(({ id }) => id)).toEqual(['late']);
    expect(config!.brokenTemplates.map(({ id }) => id)).toEqual(['welcome']);
  });
});
