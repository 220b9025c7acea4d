import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { colorPaint } from '../../src/ui/paint.ts';
import { screensOver } from '../../src/ui/screen.ts';
import { memorySink } from '../../src/ui/streams.ts';

const control = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

function screens(isTTY: boolean, random = 0.123) {
  const [stdout, stderr] = [memorySink({ isTTY }), memorySink({ isTTY })];
  return { ...screensOver({ stdin: process.stdin, stdout, stderr }, () => random), out: stdout, err: stderr };
}

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\x1b[31m', '\x1b]0;t\x07', '\x9b', '\r', '\n', '\t', '\u202e', '\u2028', '\0', '\x7f'),
    fc.constantFrom('a', 'é', '漢', '😀', '\\', '['),
    fc.integer({ min: 0, max: 0xffff }).map(code => String.fromCharCode(code)),
  ),
});

describe('write', () => {
  test.each([true, false])(
    'lets no control character through but line ends and tabs (terminal: %s)',
    isTTY => {
      fc.assert(
        fc.property(anyText, anyText, (first, second) => {
          const { stdout, stderr, out, err } = screens(isTTY);
          stdout.write(first);
          stdout.write(second);
          stderr.write(first);
          expect(out.text).not.toMatch(control);
          expect(err.text).not.toMatch(control);
          // Nothing is lost: what is safe is as it was.
          if (!control.test(first + second)) expect(out.text).toBe(first + second);
        }),
      );
    },
  );

  test('writes our own colours, and no others', async () => {
    const { stdout, out, mark } = screens(true);
    const paint = await colorPaint(mark);
    stdout.write(`${paint.red('a\x1b[2Jb')} \x1b[31mc ${paint.stage('#ff0000', 'd')}\n`);
    expect(out.text).toBe('\x1b[31ma\\x1b[2Jb\x1b[39m \\x1b[31mc \x1b[91md\x1b[39m\n');
  });

  test('the colours of one run mean nothing in another', async () => {
    const foreign = (await colorPaint(screens(true, 0.5).mark)).red('x');
    const { stdout, out } = screens(true, 0.6);
    stdout.write(foreign);
    expect(out.text).not.toMatch(control);
  });
});

describe('exact', () => {
  test('is exact in a pipe or file, and escaped on a terminal', () => {
    fc.assert(
      fc.property(anyText, text => {
        const [pipe, terminal] = [screens(false), screens(true)];
        pipe.stdout.exact(text);
        terminal.stdout.exact(text);
        expect(pipe.out.text).toBe(text);
        expect(terminal.out.text).not.toMatch(control);
      }),
    );
  });
});

test('draw writes cursor sequences', () => {
  const { stderr, err } = screens(true);
  stderr.draw('\rhalf done\x1b[K');
  expect(err.text).toBe('\rhalf done\x1b[K');
});

test('a screen follows the properties of its stream when they change', () => {
  const sink = { isTTY: true, columns: 60, rows: 20, write() {} };
  const { stdout } = screensOver({ stdin: process.stdin, stdout: sink, stderr: sink }, () => 0.5);
  expect([stdout.isTTY, stdout.columns, stdout.rows]).toEqual([true, 60, 20]);
  sink.columns = 132;
  expect(stdout.columns).toBe(132);
});
