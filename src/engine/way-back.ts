/** Returns the shortest way from a place back to itself along arrows, or undefined if there is none. */
export function wayBack<T>(from: T, next: (place: T) => readonly T[]): T[] | undefined {
  const ways: T[][] = [[from]];
  const seen = new Set<T>();
  for (let way = ways.shift(); way; way = ways.shift())
    for (const place of next(way.at(-1)!)) {
      if (place === from) return way;
      if (seen.size < seen.add(place).size) ways.push([...way, place]);
    }
  return undefined;
}
