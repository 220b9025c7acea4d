import { remoteState } from '../../app/sharing/remote-state.ts';
import { exitCodes } from '../../domain/errors.ts';
import { plainColumn } from '../../ui/thing-column.ts';
import { command } from '../line/command.ts';
import { printJson, printThings } from '../printing/output.ts';

export const show = command({
  summary: 'show where the workspace is shared, with waiting changes and conflicts',
  effect: 'network',
  args: {},
  examples: ['remote show', 'remote show --json'],
  jsonFields: [
    'url',
    'kind',
    'offline',
    'asOf',
    'waiting',
    'cutShort',
    'purge',
    'conflicts',
    'shared',
    'tip',
    'problem',
  ],
  async run(context) {
    const state = await remoteState(await context.world(), context.globals.dir, true);
    const code = state.problem === null ? 0 : exitCodes.FAILED;
    if (await printJson(context, state)) return code;
    const rows: [string, string][] = [
      ['remote', state.url],
      ['kind', state.kind],
      ['changes', state.offline ? 'wait for crm sync' : 'are shared at once'],
      ['last sync', state.asOf ?? 'never'],
      [
        'transactions',
        state.tip === null ? `${state.shared} here` : `${state.shared} here, ${state.tip} there`,
      ],
      ['waiting', String(state.waiting)],
      ...(state.purge === null
        ? []
        : ([['purge', `transaction ${state.purge} is not finished there: crm sync`]] as [string, string][])),
      ['conflicts', state.conflicts.join(', ') || 'none'],
      ...(state.problem === null ? [] : ([['problem', state.problem]] as [string, string][])),
    ];
    await printThings(
      context,
      rows,
      [plainColumn('name', ([name]) => name), plainColumn('value', ([, value]) => value)],
      ([name]) => name,
    );
    return code;
  },
});
