import { type Action, saying } from '../model.ts';

export const log: Action = {
  keys: ['m'],
  shown: 'm',
  summary: 'show the commands of this sitting, and what they said',
  press: model =>
    model.log.length === 0
      ? saying(model, 'this sitting has run no command yet', 'quiet')
      : {
          model: {
            ...model,
            mode: {
              type: 'pane',
              title: 'Commands of this sitting, the newest first',
              lines: [...model.log].reverse().flat(),
              top: 0,
            },
          },
        },
};
