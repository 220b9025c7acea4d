import type { Action } from '../model.ts';

export const closed: Action = {
  keys: ['c'],
  shown: 'c',
  summary: 'show also the deals that were won or lost, or leave them out again',
  press: model => {
    const text = model.closed ? 'open deals only' : 'with the deals that were won or lost';
    return {
      model: { ...model, closed: !model.closed, said: { text, tone: 'quiet' } },
      effect: { type: 'look', before: model },
    };
  },
};
