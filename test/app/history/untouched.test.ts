import { expect, test } from 'vitest';
import { isUntouched } from '../../../src/app/history/undo.ts';
import { workspace } from '../../harness.ts';

const made = {
  id: 'D1',
  title: 'Chairs',
  stage: 'new',
  tags: ['a'],
  createdAt: '2026-09-01T10:00:00.000Z',
  updatedAt: '2026-09-01T10:00:00.000Z',
  stageSince: '2026-09-01T10:00:00.000Z',
};
const LATER = '2026-09-02T10:00:00.000Z';

test.each([
  ['nothing', {}, true],
  ['its times alone', { createdAt: LATER, updatedAt: LATER, stageSince: LATER }, true],
  ['what its table said of it', { held: { stage: null } }, true],
  ['a field', { title: 'Tables' }, false],
  ['a field that it did not have', { value: '1.00' }, false],
  ['an item of a list', { tags: ['a', 'b'] }, false],
  ['a stage', { stage: 'done', stageSince: LATER }, false],
])('a record is as it was added where there differs %s', (_, differing, isSo) => {
  expect(isUntouched({ ...made, ...differing }, made)).toBe(isSo);
  expect(isUntouched(made, { ...made, ...differing })).toBe(isSo);
});

test("an addition is taken back although moves to another stage and back left the table's answer", async () => {
  const ws = await workspace('automated-sales');
  await ws.ok('deal add Chairs');
  const { stage } = await ws.json<{ stage: string }>('deal show D1');
  await ws.ok('deal move D1 in-progress');
  await ws.ok(['deal', 'move', 'D1', stage]);
  expect(await ws.json('explain D1')).toMatchObject({ held: { stage: expect.anything() } });
  expect(await ws.json('undo 2')).toMatchObject({ undoes: 2, kept: [] });
  expect(await ws.json('deal list')).toEqual([]);
});
