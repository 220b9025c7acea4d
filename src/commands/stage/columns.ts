import type { Place } from '../../app/core/pipelines.ts';
import { durationText } from '../../domain/dates.ts';
import { plainColumn, type ThingColumn } from '../../ui/thing-column.ts';

/** What is shown of a stage. */
export const stageColumns: readonly ThingColumn<Place>[] = [
  plainColumn('id', p => p.stage.id),
  plainColumn('name', p => p.stage.name),
  plainColumn('pipeline', p => p.pipeline.id),
  plainColumn('group', p => p.stage.group),
  plainColumn('color', p => p.stage.color, { paint: (text, p, paint) => paint.stage(p.stage.color, text) }),
  plainColumn('probability', p => p.stage.probability, { align: 'right' }),
  plainColumn('rotting', p => (p.stage.rotting === undefined ? null : durationText(p.stage.rotting))),
  { ...plainColumn<Place>('requires', p => p.stage.requires), jsonOnly: true },
  { ...plainColumn<Place>('card', p => p.stage.card), jsonOnly: true },
];
