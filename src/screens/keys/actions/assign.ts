import { type Action, asking, running, saying, withDeal } from '../model.ts';

export const assign: Action = {
  keys: ['A'],
  shown: 'A',
  summary: 'give the deal to another owner',
  press: model =>
    withDeal(model, id => {
      const command = (user: string) => ['deal', 'assign', id, user];
      return asking(model, {
        question: `Owner of ${id}:`,
        hint: 'a user, auto or none',
        command: user => (user === '' ? undefined : command(user)),
        answered: (then, user) =>
          user === '' ? saying(then, 'nothing was done', 'quiet') : running(then, command(user)),
      });
    }),
};
