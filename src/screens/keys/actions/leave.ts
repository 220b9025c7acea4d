import type { Action, Effect } from '../model.ts';

const action = (
  keys: readonly string[],
  shown: string,
  summary: string,
  type: Effect['type'] & string,
): Action => ({
  keys,
  shown,
  summary,
  press: model => ({ model, effect: { type } as Effect }),
});

export const help = action(['?', 'f1'], '?', 'show these keys', 'keys');
export const redraw = action(['ctrl-l'], 'Ctrl-L', 'draw all again', 'redraw');
export const suspend = action(
  ['ctrl-z'],
  'Ctrl-Z',
  'go back to the shell for a while; fg comes back',
  'suspend',
);
export const quit = action(['q'], 'q', 'quit', 'quit');
export const interrupt = action(['ctrl-c'], 'Ctrl-C', 'quit, exit code 130', 'interrupt');
