import type { OptionSpec } from './options.ts';

/** The option of commands that cron runs; `quietly.ts` does it, and `Context.nothing` says when. */
export const quietIfNothing: OptionSpec = {
  flags: '--quiet-if-nothing',
  description: 'for cron: print nothing if there is nothing to tell: nothing found, or nothing done',
};
