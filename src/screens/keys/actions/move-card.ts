import { type Action, running, saying, withDeal } from '../model.ts';

/** Moves the card to the next column: a deal to another stage, or, on a board by owner, to another owner. */
export const moveCard: Action = {
  keys: ['H', 'L', 'shift-left', 'shift-right'],
  shown: 'H L',
  summary: 'move the card a stage back, a stage on; on a board by owner, to another owner',
  press: (model, board, { name }) =>
    withDeal(model, id => {
      const isBack = name === 'H' || name === 'shift-left';
      const { lanes, by } = board;
      const next = lanes[model.spot.lane + (isBack ? -1 : 1)];
      if (!next)
        return saying(model, `there is no column ${isBack ? 'before this one' : 'after this one'}`, 'alarm');
      if (by === 'owner') return running(model, ['deal', 'assign', id, next.id ?? 'none']);
      if (next.id === null) return saying(model, 'there is no stage to move it to', 'alarm');
      return running(model, ['deal', 'move', id, next.id]);
    }),
};
