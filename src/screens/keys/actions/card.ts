import { type Action, running, selected, withDeal } from '../model.ts';

export const card: Action = {
  keys: ['enter'],
  shown: 'Enter',
  summary: 'show the card in full, with what happened; j k scroll, q goes back',
  press: model => withDeal(model, id => running(model, ['deal', 'show', id], { shows: id })),
};

/** The place in `key` is one of the board: what draws it knows which card is where. */
export const point: Action = {
  keys: ['mouse'],
  shown: 'click',
  summary: 'select a card (M switches the mouse on)',
  press: (model, board, { x: lane = 0, y: index = 0 }) => ({
    model: selected(model, board, { lane, index }),
  }),
};
