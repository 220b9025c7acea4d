import { reportAdded } from '../printing/changed.ts';
import { typedText } from '../line/typed-text.ts';
import { chosenOne, sentence } from '../args/declare.ts';
import { changeChosen, whereOption } from '../choose.ts';
import { command } from '../line/command.ts';

export const note = command({
  summary: 'write a note to a deal',
  effect: 'changes',
  args: { words: chosenOne('deal'), typed: sentence('what to note', { example: 'prefers oak' }) },
  options: [whereOption],
  examples: ['deal note D12 "prefers oak"', 'deal note --where \'owner:ben is:open\' "Ana takes over"'],
  jsonAs: 'activity show',
  async run(context, { words, typed }, options) {
    const text = await typedText(context, typed, words.includes('-'));
    const choosing = {
      kinds: ['deal'],
      words,
      options,
      asks: 'write a note to',
    } as const;
    const { committed } = await changeChosen(context, choosing, (writer, id) => {
      writer.add('activity', { type: 'note', for: id, text });
    });
    await reportAdded(context, committed, 'activity');
  },
});
