import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Arrow, circlesOf, toldCircle } from '../../../src/engine/rules/circles.ts';

type Graph = readonly (readonly Arrow<number>[])[];

const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 1, max: 7 }).chain(size =>
  fc.array(fc.array(fc.record({ to: fc.nat(size - 1), feeds: fc.boolean() }), { maxLength: 3 }), {
    minLength: size,
    maxLength: size,
  }),
);

/** The length of the shortest way back, by trying all ways, step by step. */
function shortest(graph: Graph, start: number, mustFeed: boolean): number | undefined {
  let at = new Set([`${start} ${!mustFeed}`]);
  for (let steps = 1; steps <= 2 * graph.length; steps++) {
    const next = new Set<string>();
    for (const each of at) {
      const [place, fed] = each.split(' ');
      for (const { to, feeds } of graph[Number(place)]!) {
        const isFed = fed === 'true' || feeds;
        if (isFed && to === start) return steps;
        next.add(`${to} ${isFed}`);
      }
    }
    at = next;
  }
  return undefined;
}

test('finds a shortest way back for exactly the places that have one', () => {
  fc.assert(
    fc.property(graphs, fc.boolean(), (graph, mustFeed) => {
      const found = circlesOf([...graph.keys()], place => graph[place]!, mustFeed);
      for (const place of graph.keys()) {
        const way = found.get(place);
        expect(way?.length).toBe(shortest(graph, place, mustFeed));
        if (!way) continue;
        expect(way.begin[0]).toBe(place);
        expect(way.begin.length).toBe(way.length > 12 ? 4 : way.length);
        way.begin.forEach((each, i) => {
          if (i + 1 < way.begin.length || way.begin.length === way.length)
            expect(graph[each]!.map(({ to }) => to)).toContain(way.begin[(i + 1) % way.length]);
        });
      }
    }),
  );
});

test('a circle of thousands costs a search, not one for each place', () => {
  const size = 5000;
  for (const mustFeed of [false, true]) {
    let asked = 0;
    const places = Array.from({ length: size }, (_, i) => i);
    const found = circlesOf(
      places,
      place => {
        asked++;
        return [{ to: (place + 1) % size, feeds: place === 7 }];
      },
      mustFeed,
    );
    expect(found.size).toBe(size);
    expect(found.get(1234)).toEqual({ length: size, begin: [1234, 1235, 1236, 1237] });
    expect(asked).toBeLessThanOrEqual(5 * size);
  }
});

test('names all rules of a short circle, and the first of a long one', () => {
  expect(toldCircle({ length: 2, begin: ['a', 'b'] }, ' starts ')).toBe('a starts b starts a');
  expect(toldCircle({ length: 40, begin: ['a', 'b', 'c', 'd'] }, ' starts ')).toBe(
    'a starts b starts c starts d starts ... starts a (40 rules)',
  );
});
