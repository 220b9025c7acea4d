import type { Pipeline } from '../../domain/config.ts';
import { plainColumn, type ThingColumn } from '../../ui/thing-column.ts';

const column = plainColumn<Pipeline>;

/** What is shown of a pipeline. */
export const pipelineColumns: readonly ThingColumn<Pipeline>[] = [
  column('id', p => p.id),
  column('name', p => p.name),
  column('currency', p => p.currency),
  column('entry', p => p.entry),
  column('stages', p => p.stages.map(s => s.id)),
  column('transitions', p => p.transitions.length, { align: 'right' }),
  { ...column('access', p => p.access), jsonOnly: true },
  { ...column('assign', p => p.assign), jsonOnly: true },
  { ...column('requires', p => p.requires), jsonOnly: true },
  { ...column('card', p => p.card), jsonOnly: true },
];
