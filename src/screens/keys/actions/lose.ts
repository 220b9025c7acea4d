import { type Action, asking, running, withDeal } from '../model.ts';

/** Loses the deal, for a reason that is asked for. */
export const lose: Action = {
  keys: ['x'],
  shown: 'x',
  summary: 'lose the deal, with the reason',
  press: model =>
    withDeal(model, id => {
      const command = (reason: string) => [
        'deal',
        'lose',
        id,
        ...(reason === '' ? [] : [`--reason=${reason}`]),
      ];
      return asking(model, {
        question: `Why was ${id} lost?`,
        hint: 'empty: no reason',
        command,
        answered: (then, reason) => running(then, command(reason)),
      });
    }),
};
