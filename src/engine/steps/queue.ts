import type { SubjectKind } from '../../domain/automation.ts';
import type { Json } from '../../domain/records.ts';
import type { Reading, Running } from './step.ts';

/** A message to leave the workspace: a mail, a note to a user, a webhook call or a command. */
export interface Outgoing {
  readonly channel: 'email' | 'notify' | 'notify-mail' | 'notify-desktop' | 'webhook' | 'run';
  readonly to: string;
  readonly body?: string;
  readonly [field: string]: Json | undefined;
}

/** The record that a message is about: the one that `on:` names, else the subject. */
export const aboutOf = ({ params, on, enrolment }: Running): string =>
  params.on === undefined ? enrolment.subject : on(params.on);

/**
 * Says and notes why a user is sent nothing: they may not see what the message is about. Undefined if they may, or if
 * the recipient is not a user.
 */
export function unseenBy(running: Running, user: string | undefined): string | undefined {
  const about = aboutOf(running);
  if (user === undefined || running.writer.sees(user, about)) return undefined;
  running.leftOut(running.automation.id, 'unseen', about);
  return `queued nothing: ${user} may not see ${about}`;
}

/**
 * Queues a message as a record, and nothing more: it is delivered after the sweep is committed. Returns the id. The
 * message belongs to the record that it is about and to the records that its text names: users who see all of these
 * see the message.
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
      // The same key whenever the same sweep is planned, and another one each time that an enrolment comes to this
      // step.
      key: `${enrolment.id}/${step}/${writer.draft.state.nextNumber('message')}`,
    },
    why,
  ).id;
}
