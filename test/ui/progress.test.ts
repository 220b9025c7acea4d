import { expect, test } from 'vitest';
import { progressOn } from '../../src/ui/progress.ts';
import { screensOver } from '../../src/ui/screen.ts';
import { memorySink } from '../../src/ui/streams.ts';

/** What is written by showing something at each of these times, in ms. */
function written(terminal: object, times: readonly number[], what = 'of a long way'): string {
  const sink = memorySink(terminal);
  let now = 0;
  const progress = progressOn(
    screensOver({ stdin: process.stdin, stdout: sink, stderr: sink }, () => 0.5).stderr,
    () => now,
  );
  for (now of times) progress.show(() => `at ${now} ${what}`);
  progress.end();
  return sink.text;
}

test('shows one line that is written over, after a second, not too often, and takes it away', () => {
  expect(written({ isTTY: true, columns: 11 }, [0, 999, 1000, 1050, 1100])).toBe(
    '\rat 1000 of\x1b[K\rat 1100 of\x1b[K\r\x1b[K',
  );
});

test('quick work shows nothing, and nothing is shown without a terminal', () => {
  expect(written({ isTTY: true, columns: 80 }, [0, 500, 999])).toBe('');
  expect(written({}, [0, 5000])).toBe('');
});

test('the shown text cannot steer the terminal', () => {
  expect(written({ isTTY: true, columns: 80 }, [1000], 'rule \x1b[2J\u202e')).toBe(
    '\rat 1000 rule \\x1b[2J\\u202e\x1b[K\r\x1b[K',
  );
});
