/** The registry of triggers: one file and one line each. */
import { created } from './created.ts';
import { date } from './date.ts';
import { emailReplied } from './email-replied.ts';
import { emailSent } from './email-sent.ts';
import { entersPipeline } from './enters-pipeline.ts';
import { entersStage } from './enters-stage.ts';
import { event } from './event.ts';
import { fieldChanges } from './field-changes.ts';
import { goalReached } from './goal-reached.ts';
import { manual } from './manual.ts';
import { matches } from './matches.ts';
import { ownerChanges } from './owner-changes.ts';
import { schedule } from './schedule.ts';
import { scoreChanges } from './score-changes.ts';
import { stageChanges } from './stage-changes.ts';
import { statusChanges } from './status-changes.ts';
import { tagAdded, tagRemoved } from './tags.ts';
import { taskCompleted } from './task-completed.ts';
import { taskCreated } from './task-created.ts';
import type { ChangeTrigger, NamesRule, Trigger } from './trigger.ts';
import { valueChanges } from './value-changes.ts';

const all: readonly Trigger[] = [
  created,
  entersPipeline,
  entersStage,
  stageChanges,
  statusChanges,
  valueChanges,
  ownerChanges,
  fieldChanges,
  scoreChanges,
  tagAdded,
  tagRemoved,
  taskCreated,
  taskCompleted,
  emailSent,
  emailReplied,
  event,
  date,
  matches,
  schedule,
  goalReached,
  manual,
];

export const triggers: ReadonlyMap<string, Trigger> = new Map(all.map(t => [t.name, t]));

/** The triggers whose records may themselves name a rule to start, each with the kind and the field that does. */
export const namingTriggers: readonly Naming[] = all.flatMap(trigger =>
  trigger.type === 'change' && trigger.naming ? [{ trigger, ...trigger.naming }] : [],
);

interface Naming extends NamesRule {
  readonly trigger: ChangeTrigger;
}
