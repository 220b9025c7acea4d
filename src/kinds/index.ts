/** The kinds of record. A new kind is one file and one line here. */
import { Kinds } from '../domain/kinds.ts';
import { account } from './account.ts';
import { activity } from './activity.ts';
import { contact } from './contact.ts';
import { deal } from './deal.ts';
import type { KindDefinition } from './define.ts';
import { enrolment } from './enrolment.ts';
import { event } from './event.ts';
import { invoice } from './invoice.ts';
import { message } from './message.ts';
import { relation } from './relation.ts';
import { task } from './task.ts';

/** The kinds of crm. A program can be given other kinds beside or instead of them, as tests do. */
export const recordKinds = new Kinds<KindDefinition>([
  deal,
  contact,
  account,
  task,
  activity,
  event,
  invoice,
  message,
  enrolment,
  relation,
]);
