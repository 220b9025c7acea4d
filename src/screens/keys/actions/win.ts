import { type Action, running, withDeal } from '../model.ts';

export const win: Action = {
  keys: ['w'],
  shown: 'w',
  summary: 'win the deal',
  press: model => withDeal(model, id => running(model, ['deal', 'win', id])),
};
