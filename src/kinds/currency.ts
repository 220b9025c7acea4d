/** A record that changes its currency takes all its amounts along: the same number, if the new currency has it. */
import { CrmError, usage } from '../domain/errors.ts';
import { convertMoney } from '../domain/money.ts';
import { type Rec, valueAt } from '../domain/records.ts';
import type { Field } from './field.ts';
import type { Fields } from './writing.ts';

/**
 * Puts every amount that the record has, or is about to have, in its new currency; USAGE with the field's name for one
 * that has more decimals. Does nothing for a new record, or if the currency stays.
 */
export function takeAmountsAlong(known: readonly Field[], fields: Fields, before: Rec | undefined): void {
  const { currency } = fields;
  if (!before || typeof currency !== 'string' || currency === before.currency) return;
  for (const { name, path, type } of known) {
    if (type !== 'money') continue;
    const value = path in fields ? fields[path] : valueAt(before, path);
    if (typeof value !== 'string') continue;
    try {
      fields[path] = convertMoney(value, currency);
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      throw usage(
        `${name}: ${value} ${before.currency} cannot be ${currency}: ${error.message}`,
        `set ${name} with it: ${name}=...`,
      );
    }
  }
}
