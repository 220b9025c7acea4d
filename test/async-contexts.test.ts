import { AsyncResource } from 'node:async_hooks';
import { expect, test } from 'vitest';
import { workspace } from './harness.ts';

/** Returns how many ids Node gives while `count` promises are awaited: one for each of them if promises are followed. */
async function idsWhileAwaiting(count: number): Promise<number> {
  const next = () => new AsyncResource('test').asyncId();
  const first = next();
  for (let i = 0; i < count; i++) await null;
  return next() - first;
}

test('after a command that asked somebody, no promise is followed any more', async () => {
  const ws = await workspace();
  expect(await ws.crm('deal add', { typed: () => '40 chairs\r' })).toMatchObject({ code: 0, out: 'D1\n' });
  expect(await idsWhileAwaiting(200)).toBeLessThan(200);
});
