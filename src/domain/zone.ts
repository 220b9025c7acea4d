import { DAY, dayFromNumber, dayNumber, HOUR, MINUTE, SECOND } from './dates.ts';
import { invalid, usage } from './errors.ts';

/** A time zone: how instants (ms since the epoch) and its calendar days (`YYYY-MM-DD`) correspond. */
export interface Zone {
  /** The IANA name. */
  readonly name: string;
  /** Returns the day in this zone at an instant. */
  day(instant: number): string;
  /** Returns the instant at which a day begins in this zone: 00:00, or the end of the skip if clocks skip it. */
  midnight(day: string): number;
  /**
   * Returns the instant of a local time, `HH:MM`: the first one of a time that comes twice, the end of the skip for a
   * time that clocks skip.
   */
  at(day: string, time: string): number;
  /** Returns the local time at an instant, in ms as if it were UTC. */
  wall(instant: number): number;
  /** The instant at which clocks show `wall`; the first of two, and the end of a skip for one that is skipped. */
  instant(wall: number): number;
  /** All instants at which clocks show `wall`, in order: two where clocks go back, none where they skip it. */
  instants(wall: number): readonly number[];
}

const zones = new Map<string, Zone>();

/**
 * Returns the zone of an IANA name. Its data is loaded at first use, because loading takes half as long as starting
 * Node; an unknown name is an error (INVALID) only then. `isZone` tells at once.
 */
export function zone(name: string): Zone {
  let known = zones.get(name);
  if (known === undefined) {
    known = zoneWith(name, name === 'UTC' || name === 'Etc/UTC' ? () => 0 : offsets(name));
    zones.set(name, known);
  }
  return known;
}

/** The offsets of a zone from 1970 to 2100: each holds from its instant (ms) on, and is in ms. */
export interface OffsetTable {
  readonly from: readonly number[];
  readonly offset: readonly number[];
}

const FIRST = 0;
const LAST = Date.UTC(2100, 0, 1);

const tables = new Map<string, OffsetTable>();

/** The table of a zone's offsets: some hundred changes, found by halving. */
export function offsetTable(name: string): OffsetTable {
  let table = tables.get(name);
  if (table === undefined) tables.set(name, (table = computedTable(name)));
  return table;
}

function computedTable(name: string): OffsetTable {
  const offset = offsets(name);
  const from = [FIRST];
  const values = [offset(FIRST)];
  // No zone has changed twice within a week, and few of them do so twice within a month.
  for (let start = FIRST; start < LAST; start += 7 * DAY) {
    const before = values.at(-1)!;
    const after = offset(start + 7 * DAY);
    if (after === before) continue;
    let unchanged = start;
    let changed = start + 7 * DAY;
    while (changed - unchanged > SECOND) {
      const middle = Math.floor((unchanged + changed) / 2 / SECOND) * SECOND;
      if (offset(middle) === before) unchanged = middle;
      else changed = middle;
    }
    from.push(changed);
    values.push(after);
  }
  return { from, offset: values };
}

/** Makes a zone known by a table that was computed before, so that its data need not be loaded. */
export function useOffsetTable(name: string, { from, offset }: OffsetTable): void {
  known.add(name);
  if (!tables.has(name)) tables.set(name, { from, offset });
  if (zones.has(name)) return;
  const slow = offsets(name);
  const fast = (instant: number): number => {
    if (instant < FIRST || instant >= LAST) return slow(instant);
    let low = 0;
    let high = from.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (from[middle]! <= instant) low = middle;
      else high = middle - 1;
    }
    return offset[low]!;
  };
  zones.set(name, zoneWith(name, fast));
}

/** The names that `isZone` found to be zones, or that have a table: asking the system takes half as long as starting Node. */
const known = new Set<string>();

/** Whether there is a zone of that name. */
export function isZone(name: string): boolean {
  if (known.has(name)) return true;
  if (offsetFormat(name) === undefined) return false;
  known.add(name);
  return true;
}

function zoneWith(name: string, offset: (instant: number) => number): Zone {
  const midnights = new Map<number, number>();

  /** The instant at which clocks show `wall`, a local time as if it were UTC. */
  function instantOf(wall: number): number {
    // No offset is a day long, so these two are those on either side of a change on this day.
    const before = offset(wall - DAY);
    const after = offset(wall + DAY);
    const early = wall - Math.max(before, after);
    const late = wall - Math.min(before, after);
    if (early + offset(early) === wall) return early;
    if (late + offset(late) === wall) return late;
    // Skipped: the change lies after `early` and not after `late`.
    let unchanged = early;
    let changed = late;
    while (changed - unchanged > 1) {
      const middle = Math.floor((unchanged + changed) / 2);
      if (offset(middle) === before) unchanged = middle;
      else changed = middle;
    }
    return changed;
  }

  function instantsOf(wall: number): number[] {
    const before = offset(wall - DAY);
    const after = offset(wall + DAY);
    const found = [wall - Math.max(before, after)];
    if (before !== after) found.push(wall - Math.min(before, after));
    return found.filter(instant => instant + offset(instant) === wall);
  }

  function midnightOf(number: number): number {
    let instant = midnights.get(number);
    if (instant === undefined) midnights.set(number, (instant = instantOf(number * DAY)));
    return instant;
  }

  return {
    name,
    day(instant) {
      // Found by the midnights, which are remembered, and not by the offset, which is slow.
      let number = Math.floor(instant / DAY) + 1;
      while (midnightOf(number) > instant) number--;
      return dayFromNumber(number);
    },
    midnight: day => midnightOf(dayNumber(day)),
    wall: instant => instant + offset(instant),
    instant: instantOf,
    instants: instantsOf,
    at(day, time) {
      const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time);
      if (match === null)
        throw usage(`${JSON.stringify(time)} is not a time of day`, 'accepted: 00:00 to 23:59');
      return instantOf(dayNumber(day) * DAY + Number(match[1]) * HOUR + Number(match[2]) * MINUTE);
    },
  };
}

/** Returns how far local time is ahead of UTC at an instant, in ms. */
function offsets(name: string): (instant: number) => number {
  let format: Intl.DateTimeFormat | undefined;
  return instant => {
    format ??= offsetFormat(name);
    if (format === undefined)
      throw invalid(
        `${JSON.stringify(name)} is not a time zone`,
        'accepted: IANA names like Europe/Amsterdam, or UTC',
      );
    const [, sign, hours = 0, minutes = 0, seconds = 0] = OFFSET.exec(format.format(instant))!;
    const size = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * SECOND;
    return sign === '-' ? -size : size;
  };
}

/** In "3/29/2026, GMT+02:00"; local mean times of long ago have seconds too. */
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

function offsetFormat(name: string): Intl.DateTimeFormat | undefined {
  // Newer versions of Node take a bare offset for a zone, older ones do not.
  if (/^[+-]/.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
}
