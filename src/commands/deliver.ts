import { command } from './line/command.ts';
import { countsOf, deliverNow, codeAfter, sayDelivery, sayObstacles } from './deliveries.ts';
import { printJson } from './printing/output.ts';
import { quietIfNothing } from './line/quiet-option.ts';

export const deliver = command({
  summary: 'send the messages that rules queued, each at most once; safe in cron',
  effect: 'delivery',
  args: {},
  options: [quietIfNothing],
  examples: ['deliver', 'deliver --dry-run'],
  jsonFields: ['deliveries', 'messages'],
  async run(context) {
    const delivery = await deliverNow(context, context.globals.yes ? { mayExceed: true } : {});
    const view = await (await context.workspace()).view();
    const code = codeAfter(delivery);
    const messages = delivery.settled
      .filter(({ id }) => view.seesId(id))
      .map(({ reason, hint: _, ...each }) => ({ ...each, ...(reason && { reason: view.redacted(reason) }) }));
    const isIdle = messages.length === 0 && delivery.obstacles.length === 0 && !delivery.isBusy;
    if (isIdle) context.nothing();
    if (await printJson(context, { deliveries: countsOf(view, delivery), messages })) {
      await sayObstacles(context, view, delivery);
      return code;
    }
    await sayDelivery(context, view, delivery, context.globals.dryRun);
    if (isIdle) await context.message('nothing to deliver');
    return code;
  },
});
