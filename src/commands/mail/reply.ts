import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { sendingOptions, sendLetter, startIn } from './send-letter.ts';

export const reply: Command = {
  summary: 'answer a received e-mail: its activity, or the event of a reply',
  usage: 'ID [-]',
  options: [{ flags: '--subject <TEXT>', description: 'the subject (default: Re: ...)' }, ...sendingOptions],
  examples: ['mail reply V7', 'mail reply E12 - < text.txt'],
  async run(context, [key, dash, ...more], options) {
    if (key === undefined || key === '-' || more.length > 0 || (dash !== undefined && dash !== '-'))
      throw usage('which e-mail?', 'crm mail reply V7; crm activity list type:email direction:in');
    const start = startIn(options);
    const view = await (await context.workspace()).view();
    const { beginAnswer } = await import('../../app/outbox/letters.ts');
    const id = view.find(['activity', 'event'], key);
    const { letter, around } = await beginAnswer(view, id);
    const subject = options.text('subject') ?? letter.subject;
    return sendLetter(context, { letter: { ...letter, subject }, around: { ...around, start } }, options, {
      isTyped: dash === '-',
      name: `mail-${id}.md`,
      instead: `crm mail reply ${id} - < text.txt`,
    });
  },
};
