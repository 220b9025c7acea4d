import { type Action, running, saying } from '../model.ts';

/** Takes back the last change of this sitting, without touching later changes of others. */
export const undo: Action = {
  keys: ['u'],
  shown: 'u',
  summary: 'take back the last change of this sitting, never a change of another user',
  press: model => {
    const tx = model.undo.at(-1);
    return tx === undefined
      ? saying(model, 'this sitting has changed nothing that could be taken back', 'alarm')
      : running(model, ['undo', String(tx)], { takes: 'back' });
  },
};

/** Repeats the change that was taken back. */
export const redo: Action = {
  keys: ['r', 'ctrl-r'],
  shown: 'r',
  summary: 'do again what u took back',
  press: model => {
    const tx = model.redo.at(-1);
    return tx === undefined
      ? saying(model, 'this sitting has taken nothing back', 'alarm')
      : running(model, ['redo', String(tx)], { takes: 'again' });
  },
};
