import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areSound, checksum, checksumsOf, compiled, interpreted } from '../../../src/store/disk/checksum.ts';

const bytes = fc.uint8Array({ maxLength: 300 });

describe('a checksum', () => {
  test('is the same in WebAssembly and without it, also of more than its memory holds (property)', () => {
    const [one, other] = [compiled(), interpreted()];
    fc.assert(
      fc.property(bytes, fc.constantFrom(0, 65_530, 65_536, 140_000), (some, padding) => {
        const all = Buffer.concat([Buffer.alloc(padding, 7), some]);
        expect(checksum(all, one)).toBe(checksum(all, other));
      }),
    );
  });

  test('differs after any flipped bit, any stretch of zeros, and any missing or added byte (property)', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.nat(), (some, a, b) => {
        const sum = checksum(some);
        expect(checksum(some.slice(0, -1)) === sum).toBe(some.length === 0);
        expect(checksum(Uint8Array.from([...some, 0]))).not.toBe(sum);
        if (some.length === 0) return;
        const flipped = some.slice();
        flipped[a % some.length]! ^= 1 << (b % 8);
        expect(checksum(flipped)).not.toBe(sum);
        const zeroed = some.slice().fill(0, a % some.length, (a % some.length) + 1 + (b % 64));
        expect(checksum(zeroed) === sum).toBe(Buffer.compare(zeroed, some) === 0);
      }),
    );
  });

  test('tells a first byte that equals the length from nothing', () => {
    expect(checksum(Uint8Array.of(1))).not.toBe(checksum(Uint8Array.of()));
  });

  test('is the same as in files that were written before', () => {
    expect(checksum(Buffer.from(''))).toMatchInlineSnapshot(`2246822507`);
    expect(checksum(Buffer.from('D1 Chairs'))).toMatchInlineSnapshot(`2609148487`);
  });
});

test('blocks are sound if each is unchanged (property)', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      // More than the memory of the program holds, too.
      fc.constantFrom([4, 0], [16, 0], [64, 0], [4096, 65_300], [4096, 140_000]),
      fc.nat(),
      (some, [size, padding], at) => {
        const all = Uint8Array.from(Buffer.concat([Buffer.alloc(padding, 7), some]));
        const sums = checksumsOf(all, size);
        expect(sums.length).toBe(Math.ceil(all.length / size));
        expect(areSound(all, size, sums, 0)).toBe(true);
        const block = (at % all.length) - ((at % all.length) % size);
        expect(areSound(all.subarray(block, block + size), size, sums, block / size)).toBe(true);
        all[at % all.length]! ^= 1;
        expect(areSound(all, size, sums, 0)).toBe(false);
      },
    ),
  );
});
