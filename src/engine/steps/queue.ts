import type { SubjectKind } from '../../domain/automation.ts';
import type { Json } from '../../domain/records.ts';
import type { Reading, Running } from './step.ts';

/** What is to leave the workspace: a mail, a note to a user, a call of an address or a command. */
export interface Outgoing {
  readonly channel: 'email' | 'notify' | 'notify-mail' | 'notify-desktop' | 'webhook' | 'run';
  readonly to: string;
  readonly body?: string;
  readonly [field: string]: Json | undefined;
}

/** The record that a message is about: the one that `on:` names, else the subject. */
export const aboutOf = ({ params, on, enrolment }: Running): string =>
  params.on === undefined ? enrolment.subject : on(params.on);

/** Says why a user is sent nothing, and notes it: they may not see what it is about. Undefined if they may, or if it is not a user. */
export function unseenBy(running: Running, user: string | undefined): string | undefined {
  const about = aboutOf(running);
  if (user === undefined || running.writer.sees(user, about)) return undefined;
  running.leftOut(running.automation.id, 'unseen', about);
  return `queued nothing: ${user} may not see ${about}`;
}

/**
 * Queues a message as a record, and nothing more: it is delivered after the sweep is committed. Returns the id. The
 * message belongs to what it is about and to the records that its text names: it is seen by those who see all of them.
 */
export function queue(running: Running, message: Outgoing, named: Reading['named'] = new Map()): string {
  const { writer, why, enrolment, step, automation } = running;
  const about = aboutOf(running);
  const records: Partial<Record<SubjectKind, string>> = {
    ...Object.fromEntries(named),
    [running.scope.state.kinds.kindOf(about)]: about,
  };
  const said = Object.fromEntries(Object.entries(message).filter(([, value]) => value !== undefined));
  return writer.add(
    'message',
    {
      ...records,
      ...said,
      status: 'queued',
      automation: automation.id,
      enrolment: enrolment.id,
      step,
      // The same for whoever plans the same sweep, and another each time that an enrolment comes by.
      key: `${enrolment.id}/${step}/${writer.draft.state.nextNumber('message')}`,
    },
    why,
  ).id;
}
