/** Delivers after a sweep, and reports every delivery; the report names only messages that the viewer may see. */
import type { DeliverOptions } from '../app/outbox/deliver.ts';
import type { Delivery } from '../app/outbox/delivery-log.ts';
import type { View } from '../app/core/view.ts';
import { CrmError } from '../domain/errors.ts';
import { plural } from '../ui/words.ts';
import type { Context } from './line/context.ts';
import { messagesText } from './message-nouns.ts';

/** How many messages a line names before it only counts them. */
const NAMED = 8;

/** Takes a sentence for people. */
interface Lines {
  message(text: string): Promise<void>;
}

const nothing: Delivery = { settled: [], queued: [], obstacles: [] };

/** Delivers queued messages after a sweep was committed. A failure here takes nothing of the sweep back. */
export async function deliveredAfter(context: Context, view: View, isLeft: boolean): Promise<Delivery> {
  const messages = view.state.table('message');
  const whole = { state: view.state, clock: view.clock };
  if (messages.rows === 0) return nothing;
  const { messagesIn } = await import('../app/outbox/message.ts');
  const open = messagesIn(whole.state, whole.clock, 'status:queued or status:sending');
  if (open.length === 0) return nothing;
  const queued = open.filter(each => each.status === 'queued').map(({ id }) => id);
  if (isLeft) return { ...nothing, queued };
  try {
    return await deliverNow(context, context.globals.dryRun ? { state: view.state } : {});
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    const { message: reason, hint } = error;
    const obstacle = { reason, ...(hint !== undefined && { hint }), messages: queued, isNew: true };
    return { ...nothing, queued, obstacles: [obstacle] };
  }
}

/** Delivers by the ways that are open on this machine. */
export async function deliverNow(
  context: Context,
  how: Omit<DeliverOptions, 'ways'> = {},
): Promise<Delivery> {
  const workspace = await context.workspace();
  const { deliver } = await import('../app/outbox/deliver.ts');
  const { openWays } = await import('../app/outbox/open-ways.ts');
  const ways = await openWays(workspace);
  const abort = new AbortController();
  const off = context.deps.onStop(() => abort.abort());
  try {
    return await deliver(workspace, { ways, abort: abort.signal, ...how });
  } finally {
    off();
  }
}

/** Whether nothing left, and nothing that stays needs a message. */
export const isIdle = (delivery: Delivery): boolean => delivery.settled.length === 0 && !isAlarm(delivery);

/** The exit code of a delivery that was ended by a signal. */
const INTERRUPTED = 130;

/** Returns the exit code of a command that also delivered, from the code of the rest of its work. */
export const codeAfter = (delivery: Delivery, code = 0): number =>
  delivery.isStopped ? INTERRUPTED : isAlarm(delivery) ? 1 : code;

/** Whether somebody should look: cron mails the messages of a command that ends with 1. */
const isAlarm = ({ settled, obstacles }: Delivery): boolean =>
  settled.some(({ status }) => status === 'failed' || status === 'unknown' || status === 'held') ||
  obstacles.some(({ isNew }) => isNew);

/** Counts messages by their new status, and those that are still queued. */
export function countsOf(view: View, { settled, queued }: Delivery): Record<string, number> {
  const count = (status: string) =>
    settled.filter(each => each.status === status && view.seesId(each.id)).length;
  return {
    sent: count('sent'),
    filed: count('filed'),
    failed: count('failed'),
    unknown: count('unknown'),
    suppressed: count('suppressed'),
    held: count('held'),
    queued: queued.filter(id => view.seesId(id)).length,
  };
}

/** Reports what a delivery did, and what keeps the other messages. */
export async function sayDelivery(
  lines: Lines,
  view: View,
  delivery: Delivery,
  isDryRun: boolean,
): Promise<void> {
  if (delivery.isBusy) return lines.message('another process is delivering the queued messages');
  const would = isDryRun ? 'would have ' : '';
  const seen = delivery.settled.filter(({ id }) => view.seesId(id));
  const filed = seen.filter(({ status, channel }) => status === 'filed' && isMail(channel));
  if (filed.length > 0)
    await lines.message(
      `${would}${would ? 'written' : 'wrote'} ${plural(filed.length, 'e-mail')} to mail/out${toWhom(isDryRun, filed)}; nothing goes over the network until crm mail setup`,
    );
  const sent = seen.filter(({ status }) => status === 'sent');
  if (sent.length > 0)
    await lines.message(`${would}sent ${messagesText(countsBy(sent))}${toWhom(isDryRun, sent)}`);
  const told = seen.filter(({ status, channel }) => status === 'filed' && !isMail(channel));
  if (told.length > 0) await lines.message(`${would}told ${plural(told.length, 'notification')}`);
  for (const status of ['suppressed', 'held', 'unknown', 'failed']) {
    const reasons = new Map<string, string[]>();
    for (const each of seen.filter(one => one.status === status)) {
      const reason =
        [view.redacted(each.reason ?? status), each.hint].filter(Boolean).join(' (') + (each.hint ? ')' : '');
      reasons.set(reason, [...(reasons.get(reason) ?? []), each.id]);
    }
    for (const [reason, ids] of reasons)
      await lines.message(`${would}${status}: ${named(ids)}: ${reason}${nextOf(status, ids)}`);
  }
  await sayObstacles(lines, view, delivery);
}

const isMail = (channel: string): boolean => ['email', 'bcc', 'notify-mail'].includes(channel);

/** Counts messages by channel. */
function countsBy(some: readonly { readonly channel: string }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { channel } of some) counts.set(channel, (counts.get(channel) ?? 0) + 1);
  return counts;
}

/** In a dry run: to whom. */
const toWhom = (isDryRun: boolean, some: readonly { readonly to: string }[]): string =>
  isDryRun
    ? ` (${some
        .slice(0, NAMED)
        .map(({ to }) => to)
        .join(', ')}${some.length > NAMED ? ', ...' : ''})`
    : '';

/** Reports what keeps messages in the outbox, unless that was reported within a day. */
export async function sayObstacles(lines: Lines, view: View, delivery: Delivery): Promise<void> {
  const { obstacles, isStopped } = delivery;
  for (const { reason, hint, messages, isNew } of obstacles) {
    const seen = messages.filter(id => view.seesId(id));
    if (!isNew || seen.length === 0) continue;
    await lines.message(`not delivered: ${named(seen)}: ${reason}${hint === undefined ? '' : ` (${hint})`}`);
  }
  if (isStopped) await lines.message('stopped: messages that did not leave stay queued');
}

const named = (ids: readonly string[]): string =>
  ids.slice(0, NAMED).join(' ') + (ids.length > NAMED ? ` ... (${ids.length})` : '');

/** What a person can do next. */
function nextOf(status: string, ids: readonly string[]): string {
  const [id] = ids;
  if (status === 'held')
    return ids.length > 1
      ? '; crm message release ID... sends them; crm deliver --yes sends all that exceed the limit of one rule'
      : `; crm message release ${id} lets it leave`;
  if (status === 'unknown') return `; crm message mark-sent ${id}, or crm message retry ${id}`;
  return status === 'failed' ? `; crm message retry ${id} tries again` : '';
}
