import { type Action, asking, running, saying, withDeal } from '../model.ts';
import { asText } from './typed-words.ts';

export const note: Action = {
  keys: ['n'],
  shown: 'n',
  summary: 'write a note to the deal',
  press: model =>
    withDeal(model, id => {
      const command = (text: string) => ['deal', 'note', id, ...asText(text)];
      return asking(model, {
        question: `Note to ${id}:`,
        hint: 'what happened',
        command: text => (text === '' ? undefined : command(text)),
        answered: (then, text) =>
          text === '' ? saying(then, 'nothing was done', 'quiet') : running(then, command(text)),
      });
    }),
};
