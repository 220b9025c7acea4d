import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sha256 } from '../../../src/store/disk/sha256.ts';

test('gives for any chunks the same hash as Node for all of them', () => {
  const chunk = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 100 }),
    fc.uint8Array({ maxLength: 100 }),
    // Together they are at, below and above the size from which on Node hashes.
    fc.nat(3000).map(size => new Uint8Array(size).fill(size)),
  );
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 6 }), chunks => {
      const ours = new Sha256();
      const nodes = createHash('sha256');
      for (const each of chunks) {
        ours.update(each);
        nodes.update(each);
      }
      expect(ours.digest()).toBe(nodes.digest('base64url'));
    }),
  );
});
