import { parseField, settableField } from '../../app/core/writer.ts';
import { isDay } from '../../domain/dates.ts';
import { usage } from '../../domain/errors.ts';
import { isEmpty } from '../../domain/records.ts';
import { changeAndReport, isByQuery, whereOption } from '../choose.ts';
import type { Command } from '../command.ts';

export const pay: Command = {
  summary: 'mark invoices as paid',
  usage: 'ID... [DAY]',
  options: [whereOption],
  examples: ['invoice pay I1 2026-05-20'],
  async run(context, args, options) {
    const last = args.at(-1);
    const where = isByQuery(options);
    if (last === undefined && !where) throw usage('which invoice?', 'crm invoice pay I1');
    const day =
      last !== undefined &&
      (where || (args.length > 1 && last !== '-' && (isDay(last) || !context.deps.kinds.parseId(last))))
        ? last
        : undefined;
    const words = day === undefined ? args : args.slice(0, -1);
    const choosing = { kinds: ['invoice'], words, options, did: 'paid' } as const;
    await changeAndReport(context, choosing, (writer, id) => {
      const field = settableField(writer.config, 'invoice', 'paid');
      const paid = parseField(field, day ?? 'today', writer.context(''));
      // Without a day, one that is paid already keeps the day on which it was.
      if (day !== undefined || isEmpty(writer.view.record(id).paid)) writer.set(id, { paid });
    });
  },
};
