/** A part of what `npm run torture` tries, in every run of the tests. */
import { expect, test } from 'vitest';
import { proofs } from './proofs/index.ts';

const SCALE = 0.004;

test.each(proofs)('$name', { timeout: 600_000 }, async proof => {
  const { violations } = await proof.run({ scale: SCALE, seed: 1 });
  expect(violations).toEqual([]);
});
