import { type Action, asking } from '../model.ts';

/** Shows only what a query finds; an empty one shows all again. */
export const filter: Action = {
  keys: ['/'],
  shown: '/',
  summary: 'show only what a query finds (crm help query)',
  press: model =>
    asking(model, {
      question: 'Filter:',
      text: model.filter,
      hint: 'owner:me value.over:10k "office chairs" @view; empty: all',
      answered: (then, text) => ({
        model: { ...then, filter: text, said: { text: '' } },
        effect: { type: 'look', before: then },
      }),
    }),
};

/** Shows all again. */
export const unfilter: Action = {
  keys: ['esc'],
  shown: 'Esc',
  summary: 'show all again after a filter',
  press: model =>
    model.filter === ''
      ? { model: { ...model, said: { text: '' } } }
      : { model: { ...model, filter: '', said: { text: '' } }, effect: { type: 'look', before: model } },
};
