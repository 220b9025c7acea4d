import { parseField, settableField } from '../../app/core/writer.ts';
import { isEmpty } from '../../domain/records.ts';
import { changeAndReport, whereOption } from '../choose.ts';
import { chosen, day, optional } from '../args/declare.ts';
import { command } from '../line/command.ts';

export const pay = command({
  summary: 'mark invoices as paid',
  effect: 'changes',
  args: { words: chosen('invoice'), day: optional(day()) },
  options: [whereOption],
  examples: ['invoice pay I1', 'invoice pay I1 I2 2026-05-20'],
  async run(context, { words, day }, options) {
    const choosing = { kinds: ['invoice'], words, options, did: 'paid' } as const;
    await changeAndReport(context, choosing, (writer, id) => {
      const field = settableField(writer.config, 'invoice', 'paid');
      const paid = parseField(field, day ?? 'today', writer.context(''));
      // Without a day, an invoice that is paid already keeps its day.
      if (day !== undefined || isEmpty(writer.view.record(id).paid)) writer.set(id, { paid });
    });
  },
});
