import { automationNamed } from '../app/automation/automation-named.ts';
import { seenTrace } from '../app/automation/seen-trace.ts';
import { sweep } from '../app/automation/sweep.ts';
import { View } from '../app/core/view.ts';
import { type Change, idOf, kindOf } from '../domain/changes.ts';
import { waitingToLeave } from '../app/reading/waiting-to-leave.ts';
import { formatInstant } from '../domain/dates.ts';
import { pipelineOf, stageOf } from '../domain/config.ts';
import { usage } from '../domain/errors.ts';
import { isNamed, type Kind, type Kinds } from '../domain/kinds.ts';
import type { Deal } from '../domain/records.ts';
import type { LeftOut } from '../engine/left-out.ts';
import type { Progress } from '../engine/sweep/input.ts';
import type { AutomationRun, Trace } from '../engine/sweep/report.ts';
import type { TransitionMade } from '../engine/settle.ts';
import type { Held, Skip } from '../engine/skips.ts';
import { printable } from '../ui/escape.ts';
import { progressOn } from '../ui/progress.ts';
import { plural } from '../ui/words.ts';
import { command } from './line/command.ts';
import type { Context } from './line/context.ts';
import { messagesText } from './message-nouns.ts';
import { obstacle, reason } from '../screens/explanation.ts';
import { namingIn } from './printing/naming.ts';
import { printJson } from './printing/output.ts';
import { codeAfter, countsOf, deliveredAfter, isIdle, sayDelivery, sayObstacles } from './deliveries.ts';
import { confirmTime, putLastSweep } from './sweep-time.ts';
import { quietIfNothing } from './line/quiet-option.ts';

/** How many records a line names before it only counts them. */
const NAMED = 8;

export const run = command({
  summary: 'evaluate all pending rules and transitions in one sweep; safe in cron',
  effect: 'delivery',
  args: {},
  options: [
    { flags: '--only <AUTOMATION>', description: 'this rule alone, and no transitions' },
    { flags: '--log', description: 'begin each line with the time, for a log file' },
    { flags: '--explain', description: 'say why, also of what was left out' },
    {
      flags: '--no-deliver',
      description: 'leave queued messages in the outbox (so does CRM_NO_DELIVER); crm deliver sends it',
    },
    {
      flags: '--last-sweep <TIME>',
      description: 'do not sweep: correct the time of the last sweep, after one with a wrong clock',
    },
    quietIfNothing,
  ],
  examples: ['run', 'run --dry-run', '--now 2026-09-14T08:00:00Z run --json'],
  jsonFields: [
    'now',
    'tx',
    'events',
    'transitions',
    'automations',
    'changes',
    'failures',
    'leftOut',
    'deliveries',
  ],
  async run(context, _args, options) {
    const workspace = await context.workspace();
    const only = options.text('only');
    const lastSweep = options.text('lastSweep');
    if (lastSweep !== undefined && (only !== undefined || options.flag('explain')))
      throw usage(
        '--last-sweep sweeps nothing, and cannot be used with --only or --explain',
        'crm run --last-sweep TIME, then crm run',
      );
    await confirmTime(context);
    if (lastSweep !== undefined) return putLastSweep(context, lastSweep);
    if (only !== undefined) automationNamed(workspace.visible, only);
    const progress = progressOn(context.streams.stderr, () => context.deps.now());
    const lines = options.flag('log') ? stamped(context) : context;
    const committed = await sweep(workspace, {
      only,
      isExplained: options.flag('explain'),
      progress: far => progress.show(() => progressText(far)),
    }).finally(() => progress.end());
    // A sweep that only notes its time changes nothing that could be taken back.
    if (committed.changes.length > 0) context.canUndo([committed.tx]);
    const whole = committed.result ?? { ...nothing, now: workspace.clock.now };
    const view = new View(committed.state, workspace.viewer, workspace.clock);
    const trace = seenTrace(view, whole);
    const changed = changedBy(committed.changes, view);
    const isLeft = options.denied('deliver') || (context.deps.env.CRM_NO_DELIVER ?? '') !== '';
    const delivered = await deliveredAfter(context, view, isLeft);
    const isNothing = changed.size === 0 && isIdle(delivered);
    if (isNothing) context.nothing();
    const result = jsonOf(context.deps.kinds, trace, changed, committed.tx, options.flag('explain'));
    const code = codeAfter(delivered, whole.failures.length > 0 ? 1 : 0);
    if (await printJson(context, { ...result, deliveries: countsOf(view, delivered) })) {
      await sayObstacles(lines, view, delivered);
      return code;
    }
    await printTrace(lines, trace, options.flag('explain'), await sayingFor(context, view));
    if (trace.failures.length < whole.failures.length)
      await lines.message(`Failed: something that ${workspace.viewer.user} may not see; an admin may`);
    const done = [...changed].map(([kind, count]) => plural(count, kind)).join(', ');
    const looked = `looked at ${plural(trace.events, 'change')}`;
    // With -q a mail of cron's comes only if something was done.
    if (context.globals.format === 'ids' && isNothing) return code;
    if (context.globals.dryRun) await lines.message(`dry run: ${looked}, would change ${done || 'nothing'}`);
    else if (committed.tx === null) await lines.message('nothing to do');
    else await lines.message(`${looked}, changed ${done || 'nothing'} (transaction ${committed.tx})`);
    await sayDelivery(lines, view, delivered, context.globals.dryRun);
    const waiting = isLeft ? waitingToLeave(view) : new Map<string, number>();
    // A sweep in cron that does nothing repeats nothing.
    if (waiting.size > 0 && (committed.tx !== null || context.globals.dryRun || context.streams.stderr.isTTY))
      await lines.message(`waiting to leave: ${messagesText(waiting)} (crm message list status:queued)`);
    return code;
  },
});

/** How lines name records and stages: by id for scripts, with names for people on a terminal. */
interface Saying {
  record(id: string): string;
  /** Returns the name of a stage, by its id, in a deal's pipeline. */
  stage(id: string, deal: string): string;
}

async function sayingFor(context: Context, view: View): Promise<Saying> {
  if (!context.streams.stdout.isTTY) return { record: id => id, stage: id => id };
  const record = await namingIn(context, view.state);
  return {
    record,
    stage: (id, deal) => {
      const known = view.state.get(deal) as Deal | undefined;
      return printable(stageOf(known && pipelineOf(view.config, known.pipeline), id)?.name ?? id);
    },
  };
}

/** Where the lines of a sweep go. */
type Lines = Pick<Context, 'print' | 'message'>;

/** Begins each line with the time at which it is printed. */
function stamped(context: Context): Lines {
  const stamp = () => `${formatInstant(context.deps.now()).slice(0, 19)}Z `;
  return {
    print: text => context.print(stamp() + text),
    message: text => context.message(stamp() + text),
  };
}

/** Counts the records of each kind that a sweep changed, as far as the viewer may see them. */
function changedBy(changes: readonly Change[], view: View): ReadonlyMap<Kind, number> {
  const changed = new Map<Kind, Set<string>>();
  for (const change of changes) {
    const kind = kindOf(change);
    if (!isNamed(kind) && view.seesId(idOf(change)))
      changed.set(kind, (changed.get(kind) ?? new Set()).add(idOf(change)));
  }
  return new Map([...changed].map(([kind, ids]) => [kind, ids.size]));
}

/** What `--json` prints of a sweep. */
const jsonOf = (
  kinds: Kinds,
  { now, events, transitions, automations, skipped, held, failures, leftOut }: Trace,
  changed: ReadonlyMap<Kind, number>,
  tx: number | null,
  isExplained: boolean,
) => ({
  now: formatInstant(now),
  tx,
  events,
  transitions: transitions.map(({ when: _, ...made }) => made),
  automations: isExplained
    ? [...automations, ...skipped.map(skippedRun)]
    : automations.map(({ cause: _, ...each }) => each),
  ...(isExplained && { held }),
  changes: Object.fromEntries([...changed].map(([kind, count]) => [kinds.pluralOf(kind), count])),
  failures,
  leftOut,
});

/** Prints what a sweep did, and says on stderr what failed and what was left out. */
async function printTrace(context: Lines, trace: Trace, isExplained: boolean, say: Saying): Promise<void> {
  const { transitions, automations, failures } = trace;
  const lines = [
    ...(isExplained ? movesExplained(transitions, say) : moveLines(transitions, say)),
    ...runLines(automations, isExplained, say),
    ...skipLines(trace.skipped, say),
    ...heldLines(trace.held, say),
  ];
  for (const line of lines) await context.print(`${line}\n`);
  for (const { automation, subject, error } of failures)
    await context.message(
      `Failed: ${[automation, subject].filter(Boolean).join(' ')}${automation || subject ? ': ' : ''}${error}`,
    );
  // What failed is said above.
  const isSaid = ({ automation, why }: LeftOut) =>
    why === 'generations' && failures.some(f => f.automation === automation && f.subject === null);
  for (const each of trace.leftOut) if (!isSaid(each)) await context.message(leftOutLine(each));
}

const leftOutReasons: Readonly<Record<LeftOut['why'], string>> = {
  generations: 'which it, or a rule of its chain, added',
  limit: 'as often in it as its limit says',
  disabled: 'for which a task or another rule starts it: it is disabled',
  missing: 'but that rule does not exist or is broken',
  enrolled: 'for which a task names it: they are in it, or were in it and it runs once',
  unseen: 'that the user it would have written to may not see',
};

/** `left out: spawn for D2, D3, which ...`; of many subjects, the first ones and the number of others. */
function leftOutLine({ automation, why, count, subjects }: LeftOut): string {
  const some = subjects.slice(0, NAMED).join(', ') + (count > NAMED ? ` ... (${count})` : '');
  return `left out: ${automation} for ${some}, ${leftOutReasons[why]}`;
}

/** `rule 3 of 20: hot-leads, 1500 subjects`; a later round is what follows from what rules did. */
function progressText({ automation, index, of, round, subjects }: Progress): string {
  const again = round === 0 ? '' : `round ${round + 1}, `;
  return `${again}rule ${index + 1} of ${of}: ${automation}, ${plural(subjects, 'subject')}`;
}

/** A line per move and row, with the deals. */
function moveLines(transitions: readonly TransitionMade[], say: Saying): string[] {
  const moves = new Map<string, string[]>();
  for (const made of transitions)
    addTo(moves, `${moveText(made, say)} (row ${made.rule})`, say.record(made.record));
  return [...moves].map(
    ([move, records]) =>
      `${move}: ${plural(records.length, 'deal')}: ${records.slice(0, NAMED).join(' ')}${records.length > NAMED ? ' ...' : ''}`,
  );
}

/** A line per deal and move, with why. */
const movesExplained = (transitions: readonly TransitionMade[], say: Saying): string[] =>
  transitions.map(
    made =>
      `${say.record(made.record)}: ${moveText(made, say)} (row ${made.rule}${made.when ? `: ${printable(reason(made.when))}` : ''})`,
  );

const moveText = ({ record, from, to }: TransitionMade, say: Saying): string =>
  `${say.stage(from, record)} → ${say.stage(to, record)}`;

/** A line per rule and outcome, with the subjects; with `explain` one per subject, what started it, and each step. */
function runLines(runs: readonly AutomationRun[], explain: boolean, say: Saying): string[] {
  if (explain)
    return runs.flatMap(({ automation, subject, outcome, steps, cause }) => [
      `${automation}: ${say.record(subject)} ${outcome} (${cause})`,
      ...steps.map(({ step, did }) => `  ${step}: ${printable(did)}`),
    ]);
  const groups = new Map<string, string[]>();
  for (const { automation, subject, outcome } of runs) {
    const key = `${automation} ${outcome}`;
    addTo(groups, key, say.record(subject));
  }
  return [...groups].map(
    ([key, subjects]) =>
      `${key}: ${subjects.slice(0, NAMED).join(' ')}${subjects.length > NAMED ? ` ... (${subjects.length})` : ''}`,
  );
}

/** The trace of a request that was carried out before is not known. */
const nothing: Omit<Trace, 'now'> = {
  events: 0,
  transitions: [],
  automations: [],
  failures: [],
  leftOut: [],
  skipped: [],
  held: [],
};

const whyText = ({ why, where }: Skip): string =>
  where === undefined ? why : `${why}: ${printable(obstacle(where))}`;

/** The trace of a run without effect. */
function skippedRun(skip: Skip): AutomationRun & { readonly why: string } {
  const { automation, subject, cause } = skip;
  return { automation, subject, outcome: 'skipped', steps: [], cause, why: whyText(skip) };
}

/** A line per subject that a rule left out; of many some, and how many more there are. */
function skipLines(skips: readonly Skip[], say: Saying): string[] {
  const groups = new Map<string, string[]>();
  for (const skip of skips)
    addTo(
      groups,
      `${skip.automation} ${skip.why}`,
      `${skip.automation}: ${say.record(skip.subject)} skipped (${skip.cause}): ${whyText(skip)}`,
    );
  return [...groups.values()].flatMap(some);
}

const heldLines = (held: readonly Held[], say: Saying): string[] =>
  some(
    held.map(
      ({ record, stage, to, rule }) =>
        `${say.record(record)}: stays in ${say.stage(stage, record)}, where it was moved by hand (row ${rule} would move it to ${say.stage(to, record)})`,
    ),
  );

const some = (lines: readonly string[]): string[] =>
  lines.length <= NAMED
    ? [...lines]
    : [...lines.slice(0, NAMED), `... and ${lines.length - NAMED} more like these; --json has all`];

function addTo(groups: Map<string, string[]>, key: string, item: string): void {
  const group = groups.get(key);
  if (group) group.push(item);
  else groups.set(key, [item]);
}
