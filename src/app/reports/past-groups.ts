/**
 * The groupings of `--per` in reports of the past: owners, teams, pipelines and stages as they were then; accounts
 * and all other fields as they are now, because the kept past does not have them.
 */
import type { View } from '../core/view.ts';
import type { DealHistory } from '../../state/deal-history.ts';
import type { Asked } from './asked.ts';
import { groupingBy } from './asked-grouping.ts';
import type { Group, Grouping } from './grouping.ts';
import type { PastDeals } from './past-deals.ts';
import { term } from './query-text.ts';

/** A grouping of rows of the history. */
export type PastGrouping = Pick<Grouping, 'none' | 'size' | 'of' | 'several' | 'group' | 'order'>;

const ofThen = ['owner', 'pipeline', 'stage'] as const;
type OfThen = (typeof ofThen)[number];

/** Returns the grouping of rows of the history; undefined if none is asked for. USAGE for what deals cannot be grouped by. */
export function pastGrouping(view: View, asked: Asked, history: DealHistory): PastGrouping | undefined {
  const { per } = asked;
  if (per === undefined) return undefined;
  const then = ofThen.find(name => name === per);
  if (then) return groupedAsThen(view, then, history);
  return per === 'team' ? byTeamThen(view, history) : groupedAsNow(view, per, asked, history);
}

/** Returns the grouping by what rows say themselves; its queries are true of the last row of each deal. */
export function groupedAsThen({ config }: View, key: OfThen, history: DealHistory): PastGrouping {
  const { [key]: column, words } = history;
  const ids = words[key];
  const inOrder = key === 'pipeline' ? config.pipelines.map(({ id }) => id) : [];
  const rank = (id: string) => (inOrder.includes(id) ? inOrder.indexOf(id) : inOrder.length);
  const compare = (a: string, b: string) => rank(a) - rank(b) || (a < b ? -1 : 1);
  const nameOf = (id: string) => {
    if (key === 'owner') return Object.hasOwn(config.users, id) ? config.users[id]!.name : id;
    return (key === 'pipeline' && config.pipelines.find(each => each.id === id)?.name) || id;
  };
  return {
    none: { [key]: null },
    size: ids.length + 1,
    of: row => column[row]! + 1,
    group: (number): Group => {
      const id = ids[number - 1];
      const label = id === undefined ? (key === 'owner' ? 'nobody' : '') : nameOf(id);
      const query = id === undefined ? `no:${key}` : term(key, id);
      return { cells: { [key]: id ?? null }, labels: { [key]: label }, query };
    },
    order: [...[...ids.keys()].sort((a, b) => compare(ids[a]!, ids[b]!)).map(code => code + 1), 0],
  };
}

function byTeamThen(view: View, { owner, words }: DealHistory): PastGrouping {
  const teams = Object.values(view.config.teams);
  const none = [0];
  const teamsOf = words.owner.map(user => {
    const own = teams.flatMap((users, i) => (users.includes(user) ? [i + 1] : []));
    return own.length > 0 ? own : none;
  });
  const { none: total, size, of, group, order } = groupingBy(view, 'team', []);
  return { none: total, size, of, group, order, several: row => teamsOf[owner[row]!] ?? none };
}

/** A deal that is in the trash is in no group. */
function groupedAsNow(view: View, per: string, asked: Asked, { deal }: DealHistory): PastGrouping {
  const now = groupingBy(view, per, asked.anywhere() ?? asked.everywhere());
  const table = view.state.table('deal');
  const { size, group, order, several } = now;
  const inNone = [0];
  return {
    none: now.none,
    size,
    group,
    order,
    of: row => {
      const found = table.row(deal[row]!);
      return found < 0 ? 0 : now.of(found);
    },
    ...(several && {
      several: (row: number) => {
        const found = table.row(deal[row]!);
        return found < 0 ? inNone : several(found);
      },
    }),
  };
}

/** All deals as one group. */
export const all: PastGrouping = {
  none: {},
  size: 1,
  of: () => 0,
  group: () => ({ cells: {}, labels: {}, query: '' }),
  order: [0],
};

/** What counts by group: positions of currencies are those of a group and a currency at once. */
export interface PastParts {
  /** One, or where a deal may be in several groups one for each of these. */
  readonly parts: readonly PastDeals[];
  groupAt(position: number): Group;
  /** Sorts positions by the order of their groups. */
  compareGroups(a: number, b: number): number;
  /** The same, then by currency. */
  compare(a: number, b: number): number;
}

/** Divides what counts of the past by a grouping of its rows. */
export function dividedBy(counted: PastDeals, grouping: PastGrouping): PastParts {
  const width = Math.max(1, counted.currencies.length);
  const currencies = Array.from(
    { length: grouping.size * counted.currencies.length },
    (_, position) => counted.currencies[position % width]!,
  );
  const part = (groupOf: (row: number) => number, includes: PastDeals['includes']): PastDeals => ({
    ...counted,
    includes,
    currencies,
    currency: row => groupOf(row) * width + counted.currency(row),
  });
  const { several, order } = grouping;
  // Without a grouping the only part is `counted` itself, so that a report need not count it again for its total.
  const inOne = () => (grouping === all ? counted : part(row => grouping.of(row), counted.includes));
  const places = new Map(order.map((number, place) => [number, place]));
  const groupIn = (position: number) => Math.floor(position / width);
  const compareGroups = (a: number, b: number) => places.get(groupIn(a))! - places.get(groupIn(b))!;
  return {
    parts: several
      ? order.map(number =>
          part(
            () => number,
            row => counted.includes(row) && Array.prototype.includes.call(several(row), number),
          ),
        )
      : [inOne()],
    groupAt: position => grouping.group(groupIn(position)),
    compareGroups,
    compare: (a, b) => compareGroups(a, b) || (currencies[a]! < currencies[b]! ? -1 : 1),
  };
}
