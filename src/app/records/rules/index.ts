/** What each kind of record demands, beyond the types of its fields. A new kind is one file and one line here. */
import type { Kind } from '../../../domain/kinds.ts';
import type { Rec } from '../../../domain/records.ts';
import type { Fields, Writer } from '../../writer.ts';
import { accountRules } from './account.ts';
import { activityRules } from './activity.ts';
import { contactRules } from './contact.ts';
import { dealRules } from './deal.ts';
import { invoiceRules } from './invoice.ts';
import { taskRules } from './task.ts';

export interface Rules {
  /**
   * Fills in what is missing in `fields`, which will be set on `before` (or make a new record), and throws where
   * they contradict each other or the rest of the workspace.
   */
  complete(fields: Fields, before: Rec | undefined, writer: Writer): void;
}

const none: Rules = { complete: () => {} };

const rules: Readonly<Record<Kind, Rules>> = {
  deal: dealRules,
  contact: contactRules,
  account: accountRules,
  task: taskRules,
  activity: activityRules,
  event: activityRules,
  invoice: invoiceRules,
  message: none,
  enrolment: none,
};

export const rulesOf = (kind: Kind): Rules => rules[kind];
