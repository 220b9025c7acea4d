import { expect, test } from 'vitest';
import { CrmError, conflict, exitCodes, failed, invalid, notFound, usage } from '../../src/domain/errors.ts';
import { isOfTheSystem, reasonOf } from '../../src/domain/system-errors.ts';

test.each([
  [failed, 'FAILED', 1],
  [usage, 'USAGE', 2],
  [notFound, 'NOT_FOUND', 3],
  [conflict, 'CONFLICT', 4],
  [invalid, 'INVALID', 5],
] as const)('%o makes an error of its kind, with its exit code', (make, kind, code) => {
  const error = make('what', 'a hint');
  expect(error).toBeInstanceOf(CrmError);
  expect(error).toMatchObject({ name: 'CrmError', kind, message: 'what', hint: 'a hint' });
  expect(make('what').hint).toBeUndefined();
  expect(exitCodes[kind]).toBe(code);
});

test('an error has a cause only where it was given one', () => {
  const cause = new Error('x');
  expect(new CrmError('FAILED', 'what', undefined, cause).cause).toBe(cause);
  expect('cause' in new CrmError('FAILED', 'what')).toBe(false);
});

test('a failed system call is told from other errors', () => {
  const error = Object.assign(new Error('x'), { code: 'ENOSPC', syscall: 'write' });
  expect(isOfTheSystem(error)).toBe(true);
  expect(reasonOf('ENOSPC')).toBe('the disk is full');
  expect(reasonOf('EWHAT')).toBeUndefined();
  const others = [
    undefined,
    { ...error, code: 'ENOSPC', syscall: 'write' },
    new Error('x'),
    Object.assign(new Error('x'), { syscall: 'write' }),
    Object.assign(new Error('x'), { code: 'ENOSPC' }),
    Object.assign(new Error('x'), { code: 7, syscall: 'write' }),
  ];
  expect(others.filter(isOfTheSystem)).toEqual([]);
});
