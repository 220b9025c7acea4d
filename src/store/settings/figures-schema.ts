/** The shapes of the settings for reports in crm.yaml: quotas, rates of currencies, reasons, and the start of years. */
import * as z from 'zod/mini';
import type { ByDay, Config } from '../../domain/config.ts';
import { isDay } from '../../domain/dates.ts';
import { plainDecimal } from '../../domain/decimal.ts';
import { isCurrency } from '../../domain/money.ts';
import type { Problem, YamlFile } from '../yaml/yaml.ts';

export const textShape = z.string().check(z.minLength(1, 'must not be empty'));

const DECIMAL = /^\d+(\.\d+)?$/;

const day = z
  .string()
  .check(
    z.refine(isDay, { error: issue => `${JSON.stringify(issue.input)} is not a day such as 2026-07-01` }),
  );
const decimal = z.union([z.number(), z.string()]);

/** Reads a positive number as the decimal in the file; undefined for anything else. */
function positive(value: number | string): string | undefined {
  const text = typeof value === 'number' ? plainDecimal(value) : value.trim();
  return DECIMAL.test(text) && Number(text) > 0 ? text : undefined;
}

/** A number for all days, or a map of days to the numbers that hold from them on. */
const byDay = (what: string) =>
  z.pipe(
    z.union([decimal, z.record(day, decimal)]),
    z.transform((value, { issues }): ByDay => {
      const all = typeof value === 'object' ? Object.entries(value) : [[ALWAYS, value] as const];
      if (all.length === 0) issues.push({ code: 'custom', input: value, message: 'has no day' });
      return all
        .map(([from, typed]) => {
          const amount = positive(typed);
          if (amount === undefined)
            issues.push({
              code: 'custom',
              input: typed,
              message: `${JSON.stringify(typed)} is not ${what} (accepted: a number above 0, such as 1.17)`,
              path: typeof value === 'object' ? [from] : [],
            });
          return { from, amount: amount ?? '1' };
        })
        .sort((x, y) => (x.from < y.from ? -1 : 1));
    }),
  );

/** The first day of the calendar. */
const ALWAYS = '0001-01-01';

export const quotaShape = z.strictObject({
  month: z.optional(byDay('an amount')),
  quarter: z.optional(byDay('an amount')),
  year: z.optional(byDay('an amount')),
});

export const currencyShape = z.string().check(
  z.refine(isCurrency, {
    error: issue => `${JSON.stringify(issue.input)} is not an ISO 4217 currency`,
  }),
);

export const ratesShape = z.record(currencyShape, byDay('a rate'));

export const yearStartShape = z.int('must be a month, 1 to 12').check(z.minimum(1), z.maximum(12));

export const reasonsShape = z.array(textShape);

/** Returns the settings for reports after their shape was checked; contradictions become problems. */
export function figuresOf(
  crm: {
    readonly currency: string;
    readonly rates?: Config['rates'] | null | undefined;
    readonly 'year-start'?: number | undefined;
    readonly 'lost-reasons'?: readonly string[] | undefined;
  },
  file: YamlFile,
  problems: Problem[],
): Pick<Config, 'rates' | 'yearStart' | 'lostReasons'> {
  if (crm.rates && Object.hasOwn(crm.rates, crm.currency))
    problems.push({
      file: file.file,
      line: file.lineOf(['rates', crm.currency]),
      message: `${crm.currency} is the workspace's currency, in which rates are given`,
      hint: 'take it out',
    });
  return {
    ...(crm.rates && { rates: crm.rates }),
    ...(crm['year-start'] !== undefined && { yearStart: crm['year-start'] }),
    ...(crm['lost-reasons'] && { lostReasons: crm['lost-reasons'] }),
  };
}
