/** The registry of steps: one file and one line each. */
import { addDeal } from './add-deal.ts';
import { addNote } from './add-note.ts';
import { addTask } from './add-task.ts';
import { adjustScore } from './adjust-score.ts';
import { ifStep } from './if.ts';
import { notify } from './notify.ts';
import { sendEmail } from './send-email.ts';
import type { Step } from './step.ts';
import { stop } from './stop.ts';
import { update } from './update.ts';
import { wait } from './wait.ts';

const all: readonly Step[] = [
  addDeal,
  update,
  addTask,
  addNote,
  notify,
  adjustScore,
  sendEmail,
  wait,
  ifStep,
  stop,
];

export const steps: ReadonlyMap<string, Step> = new Map(all.map(s => [s.name, s]));
