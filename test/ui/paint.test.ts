import { expect, test } from 'vitest';
import { colorPaint, plainPaint, wantsColor } from '../../src/ui/paint.ts';

test.each([
  ['auto', true, {}, true],
  ['auto', false, {}, false],
  ['auto', true, { NO_COLOR: '1' }, false],
  ['auto', true, { NO_COLOR: '' }, true],
  ['auto', true, { TERM: 'dumb' }, false],
  ['auto', false, { FORCE_COLOR: '1' }, false],
  ['always', false, { NO_COLOR: '1', TERM: 'dumb' }, true],
  ['never', true, {}, false],
] as const)('--color %s, terminal %s, %j: %s', (flag, isTTY, env, wanted) => {
  expect(wantsColor({ flag, isTTY, env })).toBe(wanted);
});

test('colours a stage by the name or number of a colour, and ignores anything else', async () => {
  const paint = await colorPaint('\x1b');
  expect(paint.stage('yellow', 'proposal')).toBe('\x1b[33mproposal\x1b[39m');
  expect(paint.stage('Gray', 'proposal')).toBe('\x1b[90mproposal\x1b[39m');
  expect(paint.stage('#ff0000', 'proposal')).toBe('\x1b[91mproposal\x1b[39m');
  for (const color of [undefined, '', 'mauve', '#ff', 'constructor', 'bold'])
    expect(paint.stage(color, 'proposal')).toBe('proposal');
  expect(plainPaint.stage('yellow', 'proposal')).toBe('proposal');
});

test('paints whatever the environment says: that was decided before', async () => {
  expect((await colorPaint('\x1b')).red('x')).toBe('\x1b[31mx\x1b[39m');
  expect(plainPaint.red('x')).toBe('x');
});

test('carries the mark of its screen in place of ESC, even if a style is within another of its kind', async () => {
  const paint = await colorPaint('<mark>');
  expect(paint.red(`a ${paint.cyan('b')} c`)).toBe('<mark>[31ma <mark>[36mb<mark>[39m<mark>[31m c<mark>[39m');
  expect(paint.bold('')).toBe('');
  // An ESC that comes with the text is not ours.
  expect(paint.bold('\x1b[31m')).toBe('<mark>[1m\x1b[31m<mark>[22m');
});
