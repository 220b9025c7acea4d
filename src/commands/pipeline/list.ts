import { hasAccess } from '../../app/viewer.ts';
import type { Command } from '../command.ts';
import { plainColumn, printThings } from '../output.ts';

export const list: Command = {
  summary: 'list pipelines',
  usage: '',
  async run(context) {
    const { config, viewer } = await context.workspace();
    await printThings(
      context,
      config.pipelines.filter(p => hasAccess(p, viewer)),
      [
        plainColumn('id', p => p.id),
        plainColumn('name', p => p.name),
        plainColumn('currency', p => p.currency),
        plainColumn('entry', p => p.entry),
        plainColumn('stages', p => p.stages.map(s => s.id)),
        plainColumn('transitions', p => p.transitions.length, { align: 'right' }),
        { ...plainColumn('access', p => p.access), jsonOnly: true },
        { ...plainColumn('assign', p => p.assign), jsonOnly: true },
      ],
      p => p.id,
    );
  },
};
