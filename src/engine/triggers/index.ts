/** The registry of triggers: one file and one line each. */
import { created } from './created.ts';
import { entersPipeline } from './enters-pipeline.ts';
import { entersStage } from './enters-stage.ts';
import { event } from './event.ts';
import { matches } from './matches.ts';
import { scoreChanges } from './score-changes.ts';
import { stageChanges } from './stage-changes.ts';
import { statusChanges } from './status-changes.ts';
import { taskCompleted } from './task-completed.ts';
import { taskCreated } from './task-created.ts';
import type { Trigger } from './trigger.ts';

const all: readonly Trigger[] = [
  created,
  entersPipeline,
  entersStage,
  stageChanges,
  statusChanges,
  scoreChanges,
  taskCreated,
  taskCompleted,
  event,
  matches,
];

export const triggers: ReadonlyMap<string, Trigger> = new Map(all.map(t => [t.name, t]));
