import { mark, record } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { sendingOptions, sendLetter, startIn } from './send-letter.ts';

export const reply = command({
  summary: 'answer a received e-mail: its activity, or the event of a reply',
  effect: 'delivery',
  args: { key: record(['activity', 'event'], { asks: 'which e-mail' }), isTyped: mark('-') },
  options: [{ flags: '--subject <TEXT>', description: 'the subject (default: Re: ...)' }, ...sendingOptions],
  examples: ['mail reply V7', 'mail reply E12 - < text.txt'],
  jsonAs: 'message show',
  async run(context, { key, isTyped }, options) {
    const start = startIn(options);
    const view = await (await context.workspace()).view();
    const { beginAnswer } = await import('../../app/outbox/letters.ts');
    const id = view.find(['activity', 'event'], key);
    const { letter, around } = await beginAnswer(view, id);
    const subject = options.text('subject') ?? letter.subject;
    return sendLetter(context, { letter: { ...letter, subject }, around: { ...around, start } }, options, {
      isTyped,
      name: `mail-${id}.md`,
      instead: `crm mail reply ${id} - < text.txt`,
    });
  },
});
