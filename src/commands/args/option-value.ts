/** What the value of an option is, as an argument: completion and questions treat both alike. */
import type { OptionSpec } from '../options.ts';
import type { Argument } from './argument.ts';
import { text } from './declare.ts';

/** Returns what an option takes. */
export const optionValue = ({ flags, value }: OptionSpec): Argument =>
  value ?? text(/<(.*)>/.exec(flags)?.[1] ?? '', 'which value');
