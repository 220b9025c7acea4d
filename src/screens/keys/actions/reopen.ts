import { type Action, running, withDeal } from '../model.ts';

export const reopen: Action = {
  keys: ['o'],
  shown: 'o',
  summary: 'open a deal again that was won or lost (c shows these)',
  press: model => withDeal(model, id => running(model, ['deal', 'reopen', id])),
};
