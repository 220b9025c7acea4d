/** An enrolment whose turn it is: it begins, or continues from where it waits. */
import type { Automation } from '../../domain/automation.ts';
import type { Chain } from '../chains.ts';
import type { Enrolled } from '../enrolled.ts';

export interface Turn {
  readonly automation: Automation;
  readonly enrolled: Enrolled;
  readonly chain: Chain;
  /** What started or continued it, in words. */
  readonly cause: string;
}
