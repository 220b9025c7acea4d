/** The options with which a remote is named, beside its address. */
import type { Options, OptionSpec } from '../line/options.ts';

export const remoteOptionSpecs: readonly OptionSpec[] = [
  { flags: '--ref <REF>', description: 'git: the ref that has the journal (refs/crm/journal)' },
];

/** Returns those that were given, by name. */
export function remoteOptions(options: Options): Record<string, string> {
  const ref = options.text('ref');
  return ref === undefined ? {} : { ref };
}
