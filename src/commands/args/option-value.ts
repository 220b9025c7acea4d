/** The value of an option as an argument, so that completion and questions treat both alike. */
import { assignments, customFieldTypes, forecastCategories, roles } from '../../domain/config.ts';
import { periodUnits } from '../../domain/periods.ts';
import { formats } from '../../ui/format.ts';
import { periods } from '../completion/days.ts';
import type { OptionSpec } from '../line/options.ts';
import type { Argument } from './argument.ts';
import {
  automation,
  day,
  fieldPairs,
  file,
  kind,
  oneWord,
  pipeline,
  record,
  requiredQuery,
  stage,
  text,
  user,
} from './declare.ts';

const colors = ['red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'gray'];

/** The currency of the workspace and those it has rates for; any other may be new. */
const currency: Argument = {
  type: 'word',
  label: 'CODE',
  asks: 'which currency',
  among: ({ currency, rates = {} }) => [...new Set([currency, ...Object.keys(rates)])].map(id => ({ id })),
};

const fieldName: Argument = { type: 'fieldName', label: 'FIELD', asks: 'which field' };

/** The meaning of placeholders, for options that declare no `value` of their own. */
const placeholders: Readonly<Record<string, Argument>> = {
  USER: user(),
  USERS: user({ isListed: true }),
  STAGE: stage(),
  'PIPELINE/STAGE': stage(),
  PIPELINE: pipeline(),
  P: pipeline({ isListed: true }),
  AUTOMATION: automation(),
  CONTACT: record('contact'),
  RECORD: record(['deal', 'contact', 'account', 'task']),
  KIND: kind(),
  KINDS: kind({ isListed: true }),
  DAY: day(),
  TIME: day(),
  QUERY: requiredQuery() as Argument,
  FIELD: fieldName,
  LIST: { ...fieldName, isListed: true },
  'FIELD=VALUE': fieldPairs() as Argument,
  'NAME=VALUE': fieldPairs() as Argument,
  GROUP: { type: 'group', label: 'GROUP', asks: 'which group' },
  COLUMN: { type: 'column', label: 'COLUMN', asks: 'which column' },
  FORMAT: oneWord(formats),
  ROLE: oneWord(roles),
  UNIT: oneWord(periodUnits),
  ROW: oneWord(['overdue', 'later', 'undated']),
  TYPE: oneWord(customFieldTypes),
  CATEGORY: oneWord(forecastCategories),
  WAY: oneWord(assignments),
  YES: oneWord(['yes', 'no']),
  DIRECTION: oneWord(['in', 'out']),
  COLOR: { type: 'word', label: 'COLOR', asks: 'which color', words: colors },
  PERIOD: { type: 'word', label: 'PERIOD', asks: 'which period', words: periods },
  CODE: currency,
  FILE: file(),
  DIR: file(),
  'FILE|NAME': file(),
};

/** Returns the argument that the value of an option is. */
export function optionValue({ flags, value }: OptionSpec): Argument {
  if (value) return value;
  const placeholder = /<(.*)>/.exec(flags)?.[1] ?? '';
  if (flags.startsWith('--color ')) return oneWord(['auto', 'always', 'never']);
  return Object.hasOwn(placeholders, placeholder)
    ? placeholders[placeholder]!
    : text(placeholder, 'which value');
}
