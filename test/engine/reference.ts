/**
 * A naive engine for a small family of rules, to hold the real one against. It remembers where that recomputes: what
 * the records were at the last sweep, who waits at which step since when, and who ran how often.
 */

export const stages = ['a', 'b', 'c'] as const;

export type Trigger =
  | { readonly on: 'created' }
  | { readonly on: 'enters-stage'; readonly stage: string }
  | { readonly on: 'value'; readonly least: number }
  | { readonly on: 'stage-age'; readonly over: number }
  | { readonly on: 'value-changes' }
  | { readonly on: 'tag-added' }
  /** So many ms after the deal's close. */
  | { readonly on: 'date'; readonly offset: number };

export type Step =
  | { readonly do: 'stage'; readonly to: string }
  | { readonly do: 'value'; readonly to: number }
  | { readonly do: 'task' }
  /** `days` is the index of its rule's wait among those that may be edited: always the rule's own. */
  | { readonly do: 'wait' }
  | { readonly do: 'tag' }
  | { readonly do: 'if'; readonly least: number }
  | { readonly do: 'goal'; readonly least: number };

export interface Rule {
  readonly trigger: Trigger;
  readonly once: boolean;
  /** So often in 24 hours. */
  readonly limit: number;
  readonly steps: readonly Step[];
  /** How long its waits are, in ms; may be edited. */
  wait: number;
}

export interface Deal {
  value: number;
  stage: string;
  stageSince: number;
  tasks: number;
  notes: number;
  tagged: boolean;
  /** The midnight of its close, ms. */
  close: number | undefined;
}

interface Enrolment {
  readonly rule: number;
  readonly deal: number;
  readonly begun: number;
  step: number;
  since: number;
  status: 'waiting' | 'completed';
  /** The places of the goals that it reached. */
  readonly reached: Set<number>;
}

interface Made {
  readonly deal: number;
  readonly entered?: string;
  readonly added?: true;
  readonly valued?: true;
  readonly tagged?: true;
}

export type Edit = { value: number } | { stage: string } | { tagged: boolean } | { close: number };

export class Reference {
  readonly deals = new Map<number, Deal>();
  readonly enrolments: Enrolment[] = [];
  readonly rules: readonly Rule[];
  #before = new Map<number, Deal>();
  #last = 0;
  #seen: Made[] = [];

  constructor(rules: readonly Rule[]) {
    this.rules = rules;
  }

  add(value: number, stage: string, now: number, quiet: boolean): void {
    const deal = this.deals.size + 1;
    const record = { value, stage, stageSince: now, tasks: 0, notes: 0, tagged: false, close: undefined };
    this.deals.set(deal, { ...record });
    if (quiet) this.#before.set(deal, { ...record });
    else this.#seen.push({ deal, added: true, entered: stage });
  }

  set(deal: number, change: Edit, now: number, quiet: boolean): void {
    if (!setDeal(this.deals.get(deal)!, change, now)) return;
    const before = this.#before.get(deal);
    // A quiet move counts as made already, and so does its time.
    if (quiet && before) Object.assign(before, change, 'stage' in change && { stageSince: now });
    if (!quiet) this.#seen.push({ deal, ...madeBy(change) });
  }

  /** Who ran, and how it ended: in the order in which they first did. */
  sweep(now: number): string[] {
    const runs = new Map<Enrolment, string>();
    const held = this.rules.map(({ trigger }) => holding(trigger, this.#before, this.#last));
    for (let seen = this.#seen, first = true; ; first = false) {
      const made: Made[] = [];
      this.rules.forEach((rule, r) => {
        const now_ = holding(rule.trigger, this.deals, now);
        const begins = [
          ...(first ? this.#due(rule.trigger, now) : []),
          ...seen.filter(change => sees(rule.trigger, change)).map(change => change.deal),
          ...[...now_].filter(deal => !held[r]!.has(deal)),
        ];
        held[r] = now_;
        const waiting = this.enrolments.filter(e => e.rule === r && e.status === 'waiting');
        for (const deal of [...this.deals.keys()]) {
          for (const each of waiting) if (each.deal === deal) this.#goOn(each, now, made, runs);
          for (const begun of begins)
            if (begun === deal && this.#may(rule, r, deal, now)) {
              const enrolment: Enrolment = {
                rule: r,
                deal,
                begun: now,
                step: 0,
                since: now,
                status: 'waiting',
                reached: new Set(),
              };
              this.enrolments.push(enrolment);
              runs.set(enrolment, '');
              this.#goOn(enrolment, now, made, runs);
            }
        }
      });
      if (made.length === 0) break;
      seen = made;
    }
    this.#before = new Map([...this.deals].map(([deal, record]) => [deal, { ...record }]));
    this.#last = now;
    this.#seen = [];
    return [...runs].map(([{ rule, deal, status }]) => `rule-${rule} D${deal} ${status}`);
  }

  /** The deals whose moment came since the last sweep. */
  #due(trigger: Trigger, now: number): number[] {
    if (trigger.on !== 'date') return [];
    const moment = ({ close = Number.NaN }: Deal) => close + trigger.offset;
    return [...this.deals].filter(([, d]) => moment(d) > this.#last && moment(d) <= now).map(([id]) => id);
  }

  #may({ once, limit }: Rule, rule: number, deal: number, now: number): boolean {
    const its = this.enrolments.filter(e => e.rule === rule && e.deal === deal);
    if (once) return its.length === 0;
    if (its.some(e => e.status === 'waiting')) return false;
    return its.filter(e => e.begun > now - 86_400_000).length < limit;
  }

  #goOn(enrolment: Enrolment, now: number, made: Made[], runs: Map<Enrolment, string>): void {
    const rule = this.rules[enrolment.rule]!;
    const deal = this.deals.get(enrolment.deal)!;
    for (;;) {
      const goal = rule.steps.findIndex(
        (each, i) =>
          i > enrolment.step && each.do === 'goal' && !enrolment.reached.has(i) && deal.value >= each.least,
      );
      if (goal >= 0) enrolment.step = goal;
      const step = rule.steps[enrolment.step];
      if (step?.do === 'wait' && now - enrolment.since < rule.wait) return;
      runs.set(enrolment, '');
      if (!step) {
        enrolment.status = 'completed';
        return;
      }
      const change =
        step.do === 'stage'
          ? { stage: step.to }
          : step.do === 'value'
            ? { value: step.to }
            : step.do === 'tag'
              ? { tagged: true }
              : undefined;
      if (change && setDeal(deal, change, now)) made.push({ deal: enrolment.deal, ...madeBy(change) });
      if (step.do === 'goal' && deal.value >= step.least) enrolment.reached.add(enrolment.step);
      if (step.do === 'task') deal.tasks++;
      if (step.do === 'if' && deal.value >= step.least) deal.notes++;
      if (step.do === 'task' || (step.do === 'if' && deal.value >= step.least))
        made.push({ deal: enrolment.deal });
      enrolment.step++;
      enrolment.since = now;
    }
  }
}

function setDeal(deal: Deal, change: Edit, now: number): boolean {
  const [[field, value]] = Object.entries(change) as [[keyof Deal, Deal[keyof Deal]]];
  if (deal[field] === value) return false;
  Object.assign(deal, change);
  if ('stage' in change) deal.stageSince = now;
  return true;
}

const madeBy = (change: Edit): Omit<Made, 'deal'> =>
  'stage' in change
    ? { entered: change.stage }
    : 'value' in change
      ? { valued: true }
      : 'tagged' in change && change.tagged
        ? { tagged: true }
        : {};

function holding(trigger: Trigger, deals: ReadonlyMap<number, Deal>, now: number): Set<number> {
  const holds = (deal: Deal) =>
    trigger.on === 'value'
      ? deal.value >= trigger.least
      : trigger.on === 'stage-age' && now - deal.stageSince > trigger.over;
  return new Set([...deals].filter(([, deal]) => holds(deal)).map(([id]) => id));
}

function sees(trigger: Trigger, change: Made): boolean {
  switch (trigger.on) {
    case 'created':
      return change.added === true;
    case 'enters-stage':
      return change.entered === trigger.stage;
    case 'value-changes':
      return change.valued === true;
    case 'tag-added':
      return change.tagged === true;
    default:
      return false;
  }
}
