/** Computes the quotas of users and teams for the days of a report, and what they won towards them. */
import { byCodeOf, Tallies } from '../reading/tally.ts';
import { quotaIn, usersWithQuota } from '../reading/quotas.ts';
import type { CodeColumn } from '../../state/columns/column.ts';
import type { Block } from '../../state/table.ts';
import type { View } from '../core/view.ts';
import type { Asked } from './asked.ts';
import { closedDay } from './closed-day.ts';
import type { Group, Grouping } from './grouping.ts';

/** A quota, and what users who have one won towards it. Both in minor units. */
export interface Target {
  readonly quota: bigint;
  readonly won: bigint;
}

export class Quotas {
  /** The currency of the quotas. */
  readonly currency: string;
  /** The users who have a quota. */
  readonly users: readonly string[];
  readonly notes: readonly string[];
  readonly #of: (group: Group) => readonly string[];
  readonly #known = new Map<string, Target>();

  /** `won` returns the deals that were won in the days of the report. */
  constructor(view: View, asked: Asked, { none }: Grouping, won: () => Iterable<Block>) {
    const { config, viewer } = view;
    const { span, rates } = asked;
    this.currency = config.currency;
    const all = usersWithQuota(config, viewer);
    const isTold = rates === undefined || rates.target === config.currency;
    const known = (isTold ? all : []).flatMap(user => {
      const quota = quotaIn(config, user, span);
      return quota === undefined ? [] : [{ user, quota }];
    });
    const { of, others } = known.length === 0 ? nothingWon : wonBy(view, asked, won(), this.currency);
    for (const { user, quota } of known) this.#known.set(user, { quota, won: of(user) });
    this.users = [...this.#known.keys()];
    const isByOthers = others(this.users) > 0n;
    this.notes = [
      ...(isTold && all.length > this.users.length
        ? [`quotas are for whole months: there are none for ${span.from} to ${span.to}`]
        : []),
      ...(isByOthers ? ['attainment counts what users with a quota won'] : []),
    ];
    this.#of = Object.hasOwn(none, 'owner')
      ? ({ cells }) => [cells.owner ?? '']
      : Object.hasOwn(none, 'team')
        ? ({ cells }) => config.teams[cells.team ?? ''] ?? []
        : () => [];
  }

  of(group: Group): Target | undefined {
    return this.#sum(this.#of(group));
  }

  get total(): Target | undefined {
    return this.#sum(this.users);
  }

  #sum(users: readonly string[]): Target | undefined {
    const own = users.flatMap(user => this.#known.get(user) ?? []);
    if (own.length === 0) return undefined;
    return own.reduce((sum, { quota, won }) => ({ quota: sum.quota + quota, won: sum.won + won }));
  }
}

interface Won {
  of(user: string): bigint;
  /** Returns what all but the given users won. */
  others(users: readonly string[]): bigint;
}

const nothingWon: Won = { of: () => 0n, others: () => 0n };

/** Returns what each user won, in the currency of the quotas. */
function wonBy(view: View, asked: Asked, deals: Iterable<Block>, currency: string): Won {
  const owner = view.state.table('deal').column('owner') as CodeColumn;
  const tallies = new Tallies(deals, byCodeOf(owner), asked.values(closedDay(view)));
  const code = tallies.currencies.indexOf(currency);
  const of = (user: string) => {
    const key = owner.words.indexOf(user) + 1;
    return key === 0 || code < 0 ? 0n : tallies.of(key, code).value;
  };
  return {
    of,
    others: users =>
      (code < 0 ? 0n : tallies.all(code).value) - users.reduce((sum, user) => sum + of(user), 0n),
  };
}
