/** The value of a field as an argument, so that completion and questions offer the same for it. */
import { noSettings } from '../../domain/config.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import type { Field } from '../../kinds/field.ts';
import type { Argument } from './argument.ts';
import { day, record, text, user } from './declare.ts';

/** Returns the argument that the value of a field is: a record, a user, a day, or a value that the field knows. */
export function fieldValue(kinds: Kinds, kind: Kind, field: Field): Argument {
  const label = 'VALUE';
  if (field.refs) return record(field.refs, { label });
  switch (field.type) {
    case 'user':
      return user({ label, words: [...(field.assigns ? ['auto'] : []), 'none'] });
    case 'day':
    case 'instant':
      return day({ label });
    default: {
      const example = field.type === 'money' ? '1200' : field.options?.(noSettings(kinds))[0];
      return {
        ...text(label, `which ${field.name}`, example === undefined ? {} : { example }),
        type: 'value',
        field: { kind, name: field.name },
      };
    }
  }
}
