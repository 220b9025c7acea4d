import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { plainPaint } from '../../src/ui/paint.ts';
import { canPrompt } from '../../src/ui/can-prompt.ts';
import { confirm } from '../../src/ui/prompt.ts';
import { screensOver } from '../../src/ui/screen.ts';
import { memorySink } from '../../src/ui/streams.ts';

describe('canPrompt', () => {
  const [terminal, pipe] = [{ isTTY: true }, { isTTY: false }];

  test('with a terminal on both sides', () =>
    expect(canPrompt({ stdin: terminal, stderr: terminal }, false, {})).toBe(true));

  test.each([
    { stdin: pipe },
    { stdin: {} },
    { stderr: pipe },
    { noInput: true },
    { env: { CRM_NO_INPUT: '1' } },
    { env: { CI: 'true' } },
  ])('not with %j', change => {
    const { stdin, stderr, noInput, env } = {
      stdin: terminal,
      stderr: terminal,
      noInput: false,
      env: {},
      ...change,
    };
    expect(canPrompt({ stdin, stderr }, noInput, env)).toBe(false);
  });

  test('does not open standard input if something else forbids prompts', () => {
    const unopened = (stderr: { isTTY: boolean }) => ({
      stderr,
      get stdin(): never {
        throw new Error('opened');
      },
    });
    expect(canPrompt(unopened(pipe), false, {})).toBe(false);
    expect(canPrompt(unopened(terminal), true, {})).toBe(false);
    expect(canPrompt(unopened(terminal), false, { CRM_NO_INPUT: '1' })).toBe(false);
  });
});

describe('confirm', () => {
  /** Asks, and types once the question is there. */
  async function ask(type: (stdin: PassThrough) => void, question = 'Change 12 deals?') {
    const stdin = new PassThrough();
    const stderr = memorySink({ isTTY: true, columns: 80 });
    const screens = screensOver({ stdin, stdout: stderr, stderr }, () => 0.5);
    const answer = confirm(question, screens, plainPaint);
    // Observed from the start, so that an early rejection is not an unhandled one.
    const settled = answer.then(
      value => ({ value }),
      (error: unknown) => ({ error }),
    );
    while (!stderr.text.includes('y/N')) await new Promise(resolve => setTimeout(resolve, 1));
    type(stdin);
    return { outcome: await settled, drawn: stderr.text };
  }

  test.each([
    ['y', true],
    ['yes', true],
    ['n', false],
    ['', false],
    ['what?', false],
  ])('%j is %s', async (typed, value) => {
    const { outcome } = await ask(stdin => stdin.write(`${typed}\r`));
    expect(outcome).toEqual({ value });
  });

  test('draws the question on stderr, with nothing raw from data', async () => {
    const { drawn } = await ask(stdin => stdin.write('\r'), 'Remove \x1b[31m\u202eevil\nThing?');
    expect(drawn).toContain('? Remove \\x1b[31m\\u202eevil\\nThing? y/N');
    expect(drawn).not.toContain('\x1b[31m');
  });

  test.each<[string, (stdin: PassThrough) => void]>([
    ['Ctrl-C', stdin => stdin.write('\x03')],
    ['Ctrl-D', stdin => stdin.write('\x04')],
    ['the end of input', stdin => stdin.end()],
  ])('%s is an interruption', async (_, type) => {
    const { outcome } = await ask(type);
    expect(outcome).toMatchObject({ error: { kind: 'INTERRUPTED', message: 'interrupted' } });
  });
});
