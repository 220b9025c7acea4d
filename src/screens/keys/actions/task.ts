import { type Action, asking, running, saying, withDeal } from '../model.ts';
import { asText } from './typed-words.ts';

/** Adds a task for the deal: its title and its day are asked for. */
export const task: Action = {
  keys: ['t'],
  shown: 't',
  summary: 'add a task for the deal, with its day',
  press: model =>
    withDeal(model, id => {
      const command = (title: string, due: string) => [
        ...['task', 'add', '--for', id],
        ...(due === '' ? [] : [`--due=${due}`]),
        ...asText(title),
      ];
      return asking(model, {
        question: `Task for ${id}:`,
        hint: 'what is to be done',
        command: title => (title === '' ? undefined : command(title, '')),
        answered: (then, title) =>
          title === ''
            ? saying(then, 'nothing was done', 'quiet')
            : asking(then, {
                question: 'When is it due?',
                hint: 'tomorrow, +2d, fri, 2026-12-01; empty: no day',
                command: due => command(title, due),
                answered: (last, due) => running(last, command(title, due)),
              }),
      });
    }),
};
