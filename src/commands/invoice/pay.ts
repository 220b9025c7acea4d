import { parseField, settableField } from '../../app/writer.ts';
import { isDay } from '../../domain/dates.ts';
import { usage } from '../../domain/errors.ts';
import { parseId } from '../../domain/kinds.ts';
import { isEmpty } from '../../domain/records.ts';
import { reportChanged } from '../changed.ts';
import type { Command } from '../command.ts';

export const pay: Command = {
  summary: 'mark invoices as paid',
  usage: 'ID... [DAY]',
  examples: ['invoice pay I1 2026-05-20'],
  async run(context, args) {
    const last = args.at(-1);
    if (last === undefined) throw usage('which invoice?', 'crm invoice pay I1');
    const hasDay = args.length > 1 && last !== '-' && (isDay(last) || parseId(last) === undefined);
    const keys = await context.ids(hasDay ? args.slice(0, -1) : args);
    let ids: string[] = [];
    const committed = await context.change(writer => {
      const field = settableField(writer.config, 'invoice', 'paid');
      const paid = parseField(field, hasDay ? last : 'today', writer.context(''));
      ids = keys.map(key => writer.view.find(['invoice'], key));
      // Without a day, one that is paid already keeps the day on which it was.
      for (const id of ids) if (hasDay || isEmpty(writer.view.record(id).paid)) writer.set(id, { paid });
    });
    await reportChanged(context, committed, 'invoice', ids, 'paid');
  },
};
