import type { Action } from '../model.ts';

/** The terminal's own selection of texts works while it is off. */
export const mouse: Action = {
  keys: ['M'],
  shown: 'M',
  summary: 'switch the mouse on or off (off: the terminal selects texts as always)',
  press: model => ({
    model: {
      ...model,
      mouse: !model.mouse,
      said: { text: `the mouse is ${model.mouse ? 'off' : 'on'}`, tone: 'quiet' },
    },
  }),
};
