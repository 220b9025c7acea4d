/** What people do to messages: each verb is a row of states in `app/outbox/change-message.ts`. */
import {
  cancelling,
  changeMessage,
  markingSent,
  type MessageChange,
  releasing,
  retrying,
} from '../../app/outbox/change-message.ts';
import { chosen } from '../args/declare.ts';
import { changeAndReport, whereOption } from '../choose.ts';
import { command } from '../line/command.ts';
import type { Effect } from '../line/effect.ts';

const verb = (
  summary: string,
  effect: Effect,
  did: string,
  what: MessageChange,
  examples: readonly string[],
) =>
  command({
    summary,
    effect,
    args: { words: chosen('message') },
    options: [whereOption],
    examples,
    jsonAs: 'message show',
    async run(context, { words }, options) {
      const choosing = { kinds: ['message'], words, options, did } as const;
      await changeAndReport(context, choosing, (writer, id) => changeMessage(writer, id, what));
    },
  });

export const retry = verb(
  'send again what failed, or what may not have been sent (it may arrive twice)',
  'delivery',
  'will be sent by the next crm deliver:',
  retrying,
  ['message retry M12', 'message retry --where status:failed'],
);

export const release = verb(
  'let messages leave that are held',
  'delivery',
  'will be sent by the next crm deliver:',
  releasing,
  ['message release M12', "message release --where 'status:held automation:welcome'"],
);

export const cancel = verb('see to it that messages do not leave', 'changes', 'cancelled', cancelling, [
  'message cancel M12',
  "message cancel --where 'status:held'",
]);

export const markSent = verb('say that messages arrived', 'delivery', 'marked as sent:', markingSent, [
  'message mark-sent M12',
  'message mark-sent M12 M13',
]);
