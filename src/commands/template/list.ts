import type { Command } from '../command.ts';
import { printThings } from '../output.ts';
import { plainColumn } from '../../ui/thing-column.ts';

export const list: Command = {
  summary: 'list e-mail templates',
  usage: '[FILTER...]',
  async run(context, args) {
    const { templates, brokenTemplates } = (await context.workspace()).visible;
    const rows = [
      ...Object.values(templates).map(({ id, subject }) => ({ id, subject, state: 'ready' })),
      ...brokenTemplates.map(({ id }) => ({ id, subject: null, state: 'broken' })),
    ].sort((a, b) => (a.id < b.id ? -1 : 1));
    const columns = [
      plainColumn<(typeof rows)[number]>('id', t => t.id),
      plainColumn<(typeof rows)[number]>('subject', t => t.subject),
      plainColumn<(typeof rows)[number]>('state', t => t.state),
    ];
    await printThings(context, rows, columns, t => t.id, args);
  },
};
