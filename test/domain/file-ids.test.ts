import { describe, expect, test } from 'vitest';
import { automationIn, testedIn } from '../../src/domain/automation.ts';
import { isFileId } from '../../src/domain/file-ids.ts';

const long = 'a'.repeat(255);
describe('a file that the journal keeps', () => {
  test.each([
    'crm.yaml',
    'pipelines/sales.yaml',
    'automations/follow-up.yaml',
    'automations/follow-up.test.yaml',
    'templates/Hello World.md',
    `templates/${long}.md`,
  ])('is %s', id => expect(isFileId(id)).toBe(true));

  test.each([
    undefined,
    7,
    '',
    './crm.yaml',
    'crm.yaml/',
    'crmxyaml',
    'my crm.yaml',
    'sales.yaml',
    'pipelines/.yaml',
    'pipelines/.hidden.yaml',
    'pipelines/../crm.yaml',
    'pipelines/a/b.yaml',
    'pipelines/a\u0000.yaml',
    'pipelines/sales.md',
    'templates/hello.yaml',
    'templates/hello.md.exe',
    'automations/xyyaml',
    `templates/${long}a.md`,
    'hooks/run.yaml',
  ])('is not %j', id => expect(isFileId(id)).toBe(false));
});

test.each<[string, string | undefined, string | undefined]>([
  ['automations/follow-up.yaml', 'follow-up', undefined],
  ['automations/follow-up.test.yaml', undefined, 'follow-up'],
  ['automations/a.b.yaml', 'a.b', undefined],
  ['automations/test.yaml', 'test', undefined],
  ['automations/a/b.yaml', undefined, undefined],
  ['automations/a/b.test.yaml', undefined, undefined],
  ['automations/.yaml', undefined, undefined],
  ['my/automations/a.yaml', undefined, undefined],
  ['my/automations/a.test.yaml', undefined, undefined],
  ['automations/a.yaml.old', undefined, undefined],
  ['automations/a.test.yaml.old', undefined, undefined],
  ['pipelines/a.yaml', undefined, undefined],
])('%s has the rule %s and the cases of %s', (path, rule, tested) => {
  expect([automationIn(path), testedIn(path)]).toEqual([rule, tested]);
});
