import { definitionOfSubject } from '../subjects.ts';
import { idOf } from '../../domain/changes.ts';
import { compareDecimals } from '../../domain/decimal.ts';
import type { Json } from '../../domain/records.ts';
import { fieldsChanged, isAsked } from '../effect.ts';
import { type ChangeTrigger, isOrNone, kindNamed, of, valueChange } from './trigger.ts';
import { fieldTypes } from '../../kinds/field-types.ts';
import type { Field } from '../../kinds/field.ts';
import { findField } from '../../kinds/fields.ts';

export const fieldChanges: ChangeTrigger = {
  name: 'field-changes',
  summary: 'a field of a record changes, a custom one too',
  type: 'change',
  of: kindNamed,
  short: 'field',
  params: {
    of,
    field: { type: 'field', description: 'the field', required: true },
    from: { type: 'value', description: 'what it was, or none; left out: anything' },
    to: { type: 'value', description: 'what it is now, or none; left out: anything' },
  },
  check({ field: name, from, to }, looks, config) {
    const field = findField(config, looks, String(name))!;
    if (!field.settable)
      return {
        message: `${field.name} follows from other changes`,
        hint: 'name what is set: stage, status, value ...',
      };
    if (field.parts && (from !== undefined || to !== undefined))
      return {
        message: `${field.name} are several, which are not from or to one of them`,
        hint: `field-changes: { field: ${field.name} }`,
      };
    if (field.type !== 'choice' || field.name === 'stage') return undefined;
    const options = field.options?.(config) ?? [];
    const wrong = [from, to].find(
      value => value !== undefined && value !== 'none' && !options.includes(String(value)),
    );
    return wrong === undefined
      ? undefined
      : { message: `${field.name} is never ${JSON.stringify(wrong)}`, hint: options.join(', ') };
  },
  causedBy(effect, params, subject) {
    const kind = kindNamed(params, subject);
    const changed = fieldsChanged(effect, kind);
    const name = String(params.field);
    const given = changed?.[name];
    if (given !== undefined) return isAsked(params.to, given);
    // The primary value and the list of all values change together.
    const both = definitionOfSubject(kind).several?.find(({ one, all }) => one === name || all === name);
    return both !== undefined && (changed?.[both.one] ?? changed?.[both.all]) !== undefined;
  },
  example: 'field-changes: { field: expectedClose }',
  sees(change, params, subject, config) {
    const kind = kindNamed(params, subject);
    const field = findField(config, kind, String(params.field));
    if (field?.parts)
      return field.parts.some(path => valueChange(change, kind, path)) ? idOf(change) : undefined;
    const changed = field && valueChange(change, kind, field.path);
    if (!changed) return undefined;
    const [old, now] = changed as readonly [Json, Json];
    const is = (wanted: unknown, value: Json) =>
      isOrNone(wanted, value) ||
      (value !== null && wanted !== undefined && isWritten(field, value, String(wanted)));
    return is(params.from, old) && is(params.to, now) ? idOf(change) : undefined;
  },
};

/** Whether a stored value equals the value in a rule: amounts and numbers by their worth, lists with commas. */
function isWritten(field: Field, value: Json, wanted: string): boolean {
  if (field.type === 'money' || field.type === 'number')
    return compareDecimals(String(value), wanted.trim()) === 0;
  return (Array.isArray(value) ? value.join(',') : fieldTypes[field.type].print(value)) === wanted;
}
