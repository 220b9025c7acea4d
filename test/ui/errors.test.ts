import { describe, expect, test } from 'vitest';
import { invalid, notFound, usage } from '../../src/domain/errors.ts';
import { errorJson, errorText, failureOf } from '../../src/ui/errors.ts';
import { colorPaint, plainPaint } from '../../src/ui/paint.ts';

const about = { version: '1.2.3', debug: false };
const text = (thrown: unknown) => errorText(failureOf(thrown, about), plainPaint);

describe('an expected error', () => {
  test('is told with its hint', () => {
    expect(text(usage('unknown stage "propsal"', 'did you mean proposal?'))).toBe(
      'Error: unknown stage "propsal"\nHint: did you mean proposal?\n',
    );
    expect(text(notFound('no deal D9'))).toBe('Error: no deal D9\n');
  });

  test('of several lines is indented, and carries nothing raw from data', () => {
    expect(text(invalid('sales.yaml:3: \x1b[31m\u202ered\nsales.yaml:9: too late', 'a\nb'))).toBe(
      'Error: sales.yaml:3: \\x1b[31m\\u202ered\n  sales.yaml:9: too late\nHint: a\n  b\n',
    );
  });

  test('has colours if they are wanted', async () => {
    const colored = errorText(failureOf(usage('a', 'b'), about), await colorPaint('\x1b'));
    expect(colored).toBe('\x1b[31m\x1b[1mError:\x1b[22m\x1b[39m a\n\x1b[36m\x1b[1mHint:\x1b[22m\x1b[39m b\n');
  });

  test('that repeats megabytes keeps the first 1,000 characters of each line, for people and for scripts', () => {
    const long = failureOf(usage(`unknown option "-${'x'.repeat(200_000)}"\nshort`, 'y'.repeat(2001)), about);
    expect(text(usage('z'.repeat(2000)))).toBe(`Error: ${'z'.repeat(2000)}\n`);
    expect(long.message).toBe(
      `unknown option "-${'x'.repeat(1000 - 17)}... (199,018 more characters)\nshort`,
    );
    expect(long.hint).toBe(`${'y'.repeat(1000)}... (1,001 more characters)`);
    expect(errorJson(long).length).toBeLessThan(2300);
    expect(failureOf(usage(`${'a'.repeat(999)}${'\u{1f600}'.repeat(1000)}`), about).message).toBe(
      `${'a'.repeat(999)}... (2,000 more characters)`,
    );
  });

  test('is one line of JSON', () => {
    expect(errorJson(failureOf(notFound('no deal\n\u202eD9', 'see crm deal list'), about))).toBe(
      '{"error":{"code":"NOT_FOUND","message":"no deal\\n\\u202eD9","hint":"see crm deal list"}}\n',
    );
    expect(errorJson(failureOf(notFound('no deal D9'), about))).toBe(
      '{"error":{"code":"NOT_FOUND","message":"no deal D9","hint":null}}\n',
    );
  });

  test('of the system is not a bug of crm: the failed operation of the disk is named', () => {
    const failure = Object.assign(new Error('EIO: i/o error, read'), {
      code: 'EIO',
      errno: -5,
      syscall: 'read',
    });
    expect(failureOf(failure, about)).toEqual({
      code: 'FAILED',
      exitCode: 1,
      message: 'the disk does not read or write what it should (EIO, read)',
      hint: undefined,
    });
  });

  test('of the system names the file, and a code that people can search for', () => {
    const failure = (code: string) =>
      Object.assign(new Error(`${code}: words of the system, open '/a/crm.yaml'`), {
        code,
        errno: -1,
        syscall: 'open',
        path: '/a/crm.yaml',
      });
    expect(text(failure('EACCES'))).toBe('Error: /a/crm.yaml: no permission (EACCES, open)\n');
    expect(text(failure('ESTALE'))).toBe("Error: ESTALE: words of the system, open '/a/crm.yaml'\n");
  });

  test('has the exit code of its kind', () => {
    expect(failureOf(usage('x'), about).exitCode).toBe(2);
    expect(failureOf(invalid('x'), about).exitCode).toBe(5);
  });
});

describe('a bug', () => {
  const bug = new TypeError('x is undefined');

  test('names the version, asks for a report, and exits with 70', () => {
    expect(failureOf(bug, about)).toMatchObject({ code: 'BUG', exitCode: 70 });
    expect(text(bug)).toBe(
      'Error: a bug in crm 1.2.3: x is undefined\n' +
        'Hint: please report it with what you ran; CRM_DEBUG=1 shows where it happened\n',
    );
  });

  test('shows its stack only for debugging', () => {
    expect(text(bug)).not.toContain('errors.test.ts');
    expect(errorText(failureOf(bug, { ...about, debug: true }), plainPaint)).toMatch(
      /^Error: a bug in crm 1\.2\.3: x is undefined\n {2}TypeError: x is undefined\n {6}at .*errors\.test\.ts/,
    );
  });

  test('may be anything that was thrown', () => {
    expect(text('a string')).toMatch(/^Error: a bug in crm 1\.2\.3: a string\n/);
    expect(text(undefined)).toMatch(/^Error: a bug in crm 1\.2\.3: undefined\n/);
  });
});
