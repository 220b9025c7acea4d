import type { Json } from '../../domain/records.ts';
import type { Running } from './step.ts';

/** What is to leave the workspace: a mail, a note to a user, a call of an address or a command. */
export interface Outgoing {
  readonly channel: 'email' | 'notify' | 'webhook' | 'run';
  readonly to: string;
  readonly body?: string;
  readonly [field: string]: Json | undefined;
}

/** Queues a message as a record, and nothing more: it is delivered after the sweep is committed. The id. */
export function queue({ writer, why, enrolment, step, automation }: Running, message: Outgoing): string {
  return writer.add(
    'message',
    {
      ...message,
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
