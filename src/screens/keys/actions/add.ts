import { type Action, asking, type Model, running, saying } from '../model.ts';
import type { Lanes } from '../shown-board.ts';
import { asText } from './typed-words.ts';

/** Adds a deal in the column that is selected: its title and what it is worth are asked for. */
export const add: Action = {
  keys: ['a'],
  shown: 'a',
  summary: 'add a deal to the column',
  press: (model, board) => {
    const command = (title: string, value: string) => [
      ...['deal', 'add', '--pipeline', board.pipeline.id],
      ...placeIn(model, board),
      ...(value === '' ? [] : [`--value=${value}`]),
      ...asText(title),
    ];
    return asking(model, {
      question: 'New deal:',
      hint: 'its title',
      command: title => (title === '' ? undefined : command(title, '')),
      answered: (then, title) =>
        title === ''
          ? saying(then, 'nothing was done', 'quiet')
          : asking(then, {
              question: 'What is it worth?',
              hint: '1200, 12.50, 10k; empty: 0',
              command: value => command(title, value),
              answered: (last, value) => running(last, command(title, value)),
            }),
    });
  },
};

/** The options that put a new deal into the column. */
function placeIn({ spot }: Model, { lanes, by }: Lanes): string[] {
  const lane = lanes[spot.lane];
  if (!lane) return [];
  if (by === 'owner') return ['--owner', lane.id ?? 'none'];
  return lane.id === null ? [] : ['--stage', lane.id];
}
