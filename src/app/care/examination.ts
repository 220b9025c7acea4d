import type { Config } from '../../domain/config.ts';
import type { Finding } from '../../store/site/finding.ts';
import type { Verified } from '../../store/verify/verify.ts';

/** The findings of doctor in a workspace. */
export interface Examination {
  readonly dir: string;
  /** In order of importance: errors, warnings, notes. */
  readonly findings: readonly Finding[];
  /** Whether there are only notes. */
  readonly sound: boolean;
  readonly verified: Verified;
  /** Undefined if the settings are broken. */
  readonly config: Config | undefined;
}
