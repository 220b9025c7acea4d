/** Converts amounts of one currency into another, by the rates of the settings. */
import type { ByDay, Config } from './config.ts';
import { dayFromNumber, dayNumber } from './dates.ts';
import { usage } from './errors.ts';
import { decimals } from './money.ts';
import { suggestion } from './nearest.ts';
import { type Factor, factorOf, type Fraction, fractionOf, ONE, over, times } from './rounding.ts';

/** A rate that was used: one unit of `currency` in the workspace's currency, from a day on. */
export interface UsedRate {
  readonly currency: string;
  readonly rate: string;
  /** Undefined if the rate holds on all days. */
  readonly from: string | undefined;
}

export class Rates {
  readonly target: string;
  readonly #config: Config;
  readonly #factors = new Map<string, Map<number, Factor>>();
  readonly #used = new Map<string, UsedRate>();

  /** USAGE if the settings have no rate for the target. */
  constructor(config: Config, target: string) {
    this.#config = config;
    this.target = target;
    if (target !== config.currency && !config.rates?.[target])
      throw usage(
        `there is no rate for ${target}`,
        suggestion(target, [config.currency, ...Object.keys(config.rates ?? {})], 'currencies with a rate') ??
          `crm config set rates.${target}=...`,
      );
  }

  /**
   * Returns the factor that turns minor units of a currency into minor units of the target, by the rates of a day
   * number. USAGE, naming the currency, if it has no rate on that day.
   */
  factor(currency: string, day: number): Factor {
    let ofCurrency = this.#factors.get(currency);
    if (!ofCurrency) this.#factors.set(currency, (ofCurrency = new Map()));
    let factor = ofCurrency.get(day);
    if (!factor) {
      const worth =
        currency === this.target
          ? ONE
          : over(this.#inWorkspace(currency, day), this.#inWorkspace(this.target, day));
      const shift = decimals(this.target) - decimals(currency);
      const power = 10n ** BigInt(Math.abs(shift));
      factor = factorOf(times(worth, shift < 0 ? { n: 1n, d: power } : { n: power, d: 1n }));
      ofCurrency.set(day, factor);
    }
    return factor;
  }

  /** The rates that were used, in order of the currencies and days. */
  get used(): readonly UsedRate[] {
    return [...this.#used.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rate]) => rate);
  }

  #inWorkspace(currency: string, day: number): Fraction {
    const { rates = {}, currency: own } = this.#config;
    if (currency === own) return ONE;
    const list = rates[currency];
    if (!list) throw usage(`there is no rate for ${currency}`, `crm config set rates.${currency}=1.17`);
    const at = onDay(list, dayFromNumber(day));
    if (!at)
      throw usage(
        `there is no rate for ${currency} on ${dayFromNumber(day)}: its rates begin on ${list[0]!.from}`,
        `crm.yaml, rates: ${currency}`,
      );
    const isAlways = dayNumber(at.from) === dayNumber('0001-01-01');
    this.#used.set(`${currency} ${at.from}`, {
      currency,
      rate: at.amount,
      from: isAlways ? undefined : at.from,
    });
    return fractionOf(at.amount);
  }
}

/** Returns the entry of a list that holds on a day; undefined before the first entry. */
const onDay = (list: ByDay, day: string): ByDay[number] | undefined =>
  list.findLast(({ from }) => from <= day);
