import fc from 'fast-check';

const bound = fc.tuple(
  fc.constantFrom(2 ** 50, 2 ** 51, 2 ** 52, 2 ** 53 - 5),
  fc.integer({ min: -4, max: 4 }),
);

/** Amounts in minor units: small ones, and those around the bounds from which a double no longer says sums or products. */
export const unitsNearBounds: fc.Arbitrary<number> = fc.oneof(
  fc.nat(999),
  bound.map(([near, by]) => near + by),
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
);
