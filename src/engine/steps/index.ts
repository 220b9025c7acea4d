/** The registry of steps: one file and one line each. */
import { addDeal } from './add-deal.ts';
import { addEvent } from './add-event.ts';
import { addNote } from './add-note.ts';
import { addTask } from './add-task.ts';
import { adjustScore } from './adjust-score.ts';
import { assign } from './assign.ts';
import { completeTasks } from './complete-tasks.ts';
import { end } from './end.ts';
import { goTo } from './go-to.ts';
import { goal } from './goal.ts';
import { ifStep } from './if.ts';
import { label } from './label.ts';
import { log } from './log.ts';
import { notify } from './notify.ts';
import { repeatTask } from './repeat-task.ts';
import { run } from './run.ts';
import { sendEmail } from './send-email.ts';
import { start } from './start.ts';
import type { Step } from './step.ts';
import { stop } from './stop.ts';
import { addTag, removeTag } from './tags.ts';
import { update } from './update.ts';
import { wait } from './wait.ts';
import { webhook } from './webhook.ts';

const all: readonly Step[] = [
  addDeal,
  update,
  assign,
  addTask,
  completeTasks,
  repeatTask,
  addNote,
  log,
  addTag,
  removeTag,
  adjustScore,
  addEvent,
  sendEmail,
  notify,
  webhook,
  run,
  wait,
  ifStep,
  goal,
  label,
  goTo,
  start,
  end,
  stop,
];

export const steps: ReadonlyMap<string, Step> = new Map(all.map(s => [s.name, s]));
