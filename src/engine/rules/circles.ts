/**
 * Finds the ways from places back to themselves along arrows, such as rules that start each other. Only places that can
 * reach each other have one, so a search never leaves these, and each place of a long way takes that way as its own:
 * thousands of rules in one circle cost a search, not one for each.
 */

/** An arrow to another place; `feeds` if a way with it counts where only such ways do. */
export interface Arrow<T> {
  readonly to: T;
  readonly feeds: boolean;
}

/** A way back from a place to itself. */
export interface Circle<T> {
  /** How many places it has. */
  readonly length: number;
  /** From the place on, all of them, or of a long way the first ones. */
  readonly begin: readonly T[];
}

/** Each place of a way with more places than this takes it as its own, though there may be a shorter one. */
const SHORT = 12;
/** The places that are told of a longer way. */
const BEGIN = 4;

/**
 * Returns a way from each place back to itself; a place without one is left out. It is the shortest one if it is not longer
 * than 12. `mustFeed` says that one of its arrows must feed.
 */
export function circlesOf<T>(
  places: readonly T[],
  arrows: (place: T) => readonly Arrow<T>[],
  mustFeed = false,
): Map<T, Circle<T>> {
  const groups = groupsOf(places, arrows);
  /** Groups with an arrow that feeds, from one of their places to one. */
  const fed = new Set<number>();
  const within = (place: T): readonly Arrow<T>[] =>
    arrows(place).filter(({ to }) => groups.get(to) === groups.get(place));
  for (const place of places)
    if (!mustFeed || within(place).some(({ feeds }) => feeds)) fed.add(groups.get(place)!);
  const circles = new Map<T, Circle<T>>();
  for (const place of places) {
    if (circles.has(place) || !fed.has(groups.get(place)!)) continue;
    const circle = wayBack(place, within, mustFeed);
    if (!circle) continue;
    const { length } = circle;
    if (length <= SHORT) circles.set(place, { length, begin: circle });
    else
      circle.forEach((other, i) => {
        const begin = Array.from({ length: BEGIN }, (_, j) => circle[(i + j) % length]!);
        if (!circles.has(other)) circles.set(other, { length, begin });
      });
  }
  return circles;
}

/** A place that was reached, and from where. */
interface Reached<T> {
  readonly place: T;
  readonly isFed: boolean;
  readonly from: Reached<T> | undefined;
}

function wayBack<T>(
  start: T,
  arrows: (place: T) => readonly Arrow<T>[],
  mustFeed: boolean,
): readonly T[] | undefined {
  const reached: Reached<T>[] = [{ place: start, isFed: !mustFeed, from: undefined }];
  const seen = { fed: new Set<T>(), unfed: new Set<T>() };
  for (const from of reached)
    for (const { to, feeds } of arrows(from.place)) {
      const isFed = from.isFed || feeds;
      if (isFed && to === start) return wayTo(from);
      const known = isFed ? seen.fed : seen.unfed;
      if (known.size < known.add(to).size) reached.push({ place: to, isFed, from });
    }
  return undefined;
}

function wayTo<T>(last: Reached<T>): T[] {
  const way: T[] = [];
  for (let at: Reached<T> | undefined = last; at; at = at.from) way.push(at.place);
  return way.reverse();
}

/**
 * Returns the group of each place: those that can reach each other have the same one (Tarjan's strongly connected
 * components, with a stack of its own, since thousands of rules may follow each other).
 */
function groupsOf<T>(places: readonly T[], arrows: (place: T) => readonly Arrow<T>[]): Map<T, number> {
  const groups = new Map<T, number>();
  const order = new Map<T, number>();
  const lowest = new Map<T, number>();
  const open: T[] = [];
  let count = 0;
  const enter = (place: T) => {
    order.set(place, order.size);
    lowest.set(place, order.get(place)!);
    open.push(place);
    return { place, arrows: arrows(place), next: 0 };
  };
  const lower = (place: T, to: number) => lowest.set(place, Math.min(lowest.get(place)!, to));
  for (const start of places) {
    if (order.has(start)) continue;
    const stack = [enter(start)];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const { place } = top;
      if (top.next < top.arrows.length) {
        const { to } = top.arrows[top.next++]!;
        if (!order.has(to)) stack.push(enter(to));
        else if (!groups.has(to)) lower(place, order.get(to)!);
        continue;
      }
      stack.pop();
      const above = stack.at(-1);
      if (above) lower(above.place, lowest.get(place)!);
      if (lowest.get(place) !== order.get(place)) continue;
      for (let done: T | undefined; done !== place; ) groups.set((done = open.pop()!), count);
      count++;
    }
  }
  return groups;
}

/** Says a way back to the first rule; `word` stands between two of them. */
export function toldCircle({ length, begin }: Circle<string>, word: string): string {
  const [first] = begin;
  if (begin.length === length) return [...begin, first].join(word);
  return `${[...begin, '...', first].join(word)} (${length} rules)`;
}
