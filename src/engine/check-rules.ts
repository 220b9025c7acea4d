/** What is wrong, or may go wrong, with rules together: what one by itself cannot show. */
import type { Automation, StepSpec } from '../domain/automation.ts';
import type { Pipeline } from '../domain/config.ts';
import { suggestion } from '../domain/nearest.ts';
import type { RuleProblem } from './rule-problem.ts';

export interface CheckedRules {
  /** Per rule that is broken. */
  readonly problems: ReadonlyMap<string, readonly RuleProblem[]>;
  /** Per rule that may loop, but runs. */
  readonly warnings: ReadonlyMap<string, readonly RuleProblem[]>;
}

/** `ids` are those of all rules, broken ones too. */
export function checkRules(automations: readonly Automation[], ids: readonly string[]): CheckedRules {
  const problems = new Map<string, RuleProblem[]>();
  for (const automation of automations) {
    const found = [...unknownNames(automation, automations, ids), ...cycleOfStarts(automation, automations)];
    if (found.length > 0) problems.set(automation.id, found);
  }
  const warnings = new Map<string, RuleProblem[]>();
  for (const automation of automations) {
    if (problems.has(automation.id)) continue;
    const circle = automation.generations === undefined ? circleOf(automation, automations) : undefined;
    const loop = circle ? undefined : loopFrom(automation, automations);
    if (circle)
      warnings.set(automation.id, [
        {
          path: ['on'],
          message: `feeds itself: ${[...circle, automation.id].join(' adds what starts ')}; one generation comes of each beginning, and the rest is left out`,
          hint: 'generations: 3 allows three; a where that does not hold for what is added ends the circle',
        },
      ]);
    else if (loop)
      warnings.set(automation.id, [
        {
          path: ['on'],
          message: `possible loop: ${[...loop, automation.id].join(' starts ')}, every time`,
          hint: 'runs: once, or a where that no longer holds',
        },
      ]);
  }
  return { problems, warnings };
}

interface Placed {
  readonly step: StepSpec;
  readonly path: readonly PropertyKey[];
}

/** All steps of a rule, with where they are in its YAML. */
function* stepsOf(steps: readonly StepSpec[], path: readonly PropertyKey[]): Generator<Placed> {
  for (const [i, step] of steps.entries()) {
    const at = [...path, i];
    yield { step, path: at };
    yield* stepsOf(step.then ?? [], [...at, 'then']);
    yield* stepsOf(step.else ?? [], [...at, 'else']);
  }
}

const allSteps = (automation: Automation): Placed[] => [...stepsOf(automation.steps, ['steps'])];

function* unknownNames(
  automation: Automation,
  automations: readonly Automation[],
  ids: readonly string[],
): Generator<RuleProblem> {
  const unknown = (id: string, path: readonly PropertyKey[]): RuleProblem[] =>
    ids.includes(id)
      ? []
      : [
          {
            path,
            message: `unknown automation ${JSON.stringify(id)}`,
            hint: suggestion(id, ids, 'automations'),
          },
        ];
  for (const { step, path } of allSteps(automation)) {
    if (step.type === 'start' || step.type === 'end')
      yield* unknown(String(step.params.automation), [...path, step.type]);
    for (const name of ['whenCreated', 'whenDone'])
      if (step.type === 'add-task' && typeof step.params[name] === 'string')
        yield* unknown(String(step.params[name]), [...path, step.type, name]);
  }
  for (const [i, { type, params }] of automation.on.entries()) {
    if (type !== 'goal-reached') continue;
    const path = ['on', i, type];
    if (params.automation !== undefined) yield* unknown(String(params.automation), path);
    const others = automations.filter(
      each => params.automation === undefined || each.id === params.automation,
    );
    const goals = others.flatMap(each => allSteps(each).filter(({ step }) => step.type === 'goal'));
    const names = [...new Set(goals.map(({ step }) => String(step.params.name)))];
    const goal = String(params.goal);
    if (others.length > 0 && params.goal !== undefined && !names.includes(goal))
      yield { path, message: `unknown goal ${JSON.stringify(goal)}`, hint: suggestion(goal, names, 'goals') };
  }
}

/** Returns the shortest way from a rule back to itself along an arrow, or undefined. */
function wayBack(from: string, next: (id: string) => readonly string[]): string[] | undefined {
  const ways: string[][] = [[from]];
  const seen = new Set<string>();
  for (let way = ways.shift(); way; way = ways.shift())
    for (const id of next(way.at(-1)!)) {
      if (id === from) return way;
      if (seen.size < seen.add(id).size) ways.push([...way, id]);
    }
  return undefined;
}

function cycleOfStarts(automation: Automation, automations: readonly Automation[]): RuleProblem[] {
  const started = (id: string): Placed[] => {
    const rule = automations.find(each => each.id === id);
    return rule ? allSteps(rule).filter(({ step }) => step.type === 'start') : [];
  };
  const targets = (id: string) => started(id).map(({ step }) => String(step.params.automation));
  const cycle = wayBack(automation.id, targets);
  if (!cycle) return [];
  const then = cycle[1] ?? automation.id;
  const { path } = started(automation.id).find(({ step }) => step.params.automation === then)!;
  return [
    { path: [...path, 'start'], message: `a cycle of starts: ${[...cycle, automation.id].join(' starts ')}` },
  ];
}

/** The rules that a rule may start over and over by what its steps do, back to itself; each runs every time. */
function loopFrom(automation: Automation, automations: readonly Automation[]): string[] | undefined {
  const repeating = automations.filter(each => each.enabled && each.runs === 'every-time');
  if (!repeating.includes(automation)) return undefined;
  const next = (id: string) => {
    const rule = repeating.find(each => each.id === id)!;
    return repeating
      .filter(each => allSteps(rule).some(({ step }) => mayStart(rule, step, each)))
      .map(each => each.id);
  };
  return wayBack(automation.id, next);
}

/**
 * The shortest way from a rule back to itself by way of a record that is added, now or after any wait; undefined where
 * there is none.
 */
function circleOf(automation: Automation, automations: readonly Automation[]): string[] | undefined {
  const enabled = automations.filter(each => each.enabled);
  const ways = [{ rules: [automation], isAdded: false }];
  const seen = new Set<string>();
  for (let way = ways.shift(); way; way = ways.shift()) {
    const rule = way.rules.at(-1)!;
    for (const other of enabled) {
      const feeds = allSteps(rule).some(({ step }) => mayFeed(rule, step, other));
      if (!feeds && !allSteps(rule).some(({ step }) => mayStart(rule, step, other))) continue;
      const isAdded = way.isAdded || feeds;
      if (isAdded && other === automation) return way.rules.map(({ id }) => id);
      if (seen.size < seen.add(`${other.id} ${isAdded}`).size)
        ways.push({ rules: [...way.rules, other], isAdded });
    }
  }
  return undefined;
}

/** What a step adds that rules can begin for. */
const adds: Readonly<Record<string, Automation['for'] | undefined>> = {
  'add-deal': 'deal',
  'add-task': 'task',
};

/** Whether a rule may begin for what a step adds: when it is added, or later, by time or a query. */
function mayFeed(rule: Automation, step: StepSpec, other: Automation): boolean {
  const kind = adds[step.type];
  if (kind === undefined && step.type !== 'add-event' && step.type !== 'log') return false;
  if ([other.where, ...other.on.map(({ where }) => where)].some(asksForClosed)) return false;
  if (mayStart(rule, step, other)) return true;
  if (kind === undefined || kind !== other.for) return false;
  return other.on.some(
    ({ type, params }) =>
      type === 'schedule' ||
      (type === 'date' && (params.of ?? kind) === kind) ||
      (type === 'matches' && !asksForClosed(params.query)),
  );
}

/** Whether a query holds only for what is over, which what is added is not. */
const asksForClosed = (query: unknown): boolean =>
  typeof query === 'string' &&
  /(?:^|\s)(?:is:won|is:lost|status:won|status:lost|status:done)(?:\s|$)/.test(query) &&
  !/(?:^|\s)or(?:\s|$)/i.test(query);

/** Whether what a step does is what a trigger of a rule looks for. */
function mayStart(rule: Automation, { type, params }: StepSpec, other: Automation): boolean {
  const acts = params.on ?? rule.for;
  const same = (wanted: unknown, given: unknown) => wanted === undefined || given === wanted;
  return other.on.some(trigger => {
    const { params: wanted } = trigger;
    const sees = wanted.of ?? other.for;
    switch (trigger.type) {
      case 'created':
        return (type === 'add-deal' && other.for === 'deal') || (type === 'add-task' && other.for === 'task');
      case 'enters-stage':
        return (
          (type === 'update' || type === 'add-deal') &&
          params.stage !== undefined &&
          same(wanted.stage, params.stage)
        );
      case 'stage-changes':
        return type === 'update' && params.stage !== undefined && same(wanted.to, params.stage);
      case 'enters-pipeline':
        return type === 'add-deal'
          ? same(wanted.pipeline, params.pipeline)
          : type === 'update' && params.pipeline !== undefined && same(wanted.pipeline, params.pipeline);
      case 'status-changes':
        return type === 'update' && params.status !== undefined && same(wanted.to, params.status);
      case 'value-changes':
        return type === 'update' && params.value !== undefined;
      case 'owner-changes':
        return (type === 'assign' || (type === 'update' && params.owner !== undefined)) && acts === sees;
      case 'field-changes':
        return (
          type === 'update' &&
          acts === sees &&
          params[String(wanted.field)] !== undefined &&
          same(wanted.to, params[String(wanted.field)])
        );
      case 'tag-added':
        return type === 'add-tag' && acts === sees && same(wanted.tag, params.tag);
      case 'tag-removed':
        return type === 'remove-tag' && acts === sees && same(wanted.tag, params.tag);
      case 'task-created':
        return type === 'add-task' && same(wanted.type, params.type);
      case 'task-completed':
        return type === 'complete-tasks';
      case 'event':
        return type === 'add-event' && same(wanted.name, params.name);
      case 'matches':
        return acts === sees && makesTrue({ type, params }, wanted.query);
      case 'email-sent':
        return type === 'log' && params.type === 'email';
      default:
        return false;
    }
  });
}

/** Whether a step does in so many words what a query asks for: `stage:offered`, `tag:vip`. */
function makesTrue({ type, params }: Pick<StepSpec, 'type' | 'params'>, query: unknown): boolean {
  const terms = typeof query === 'string' ? query.split(/[\s()]+/) : [];
  const asks = (field: string, value: unknown) => terms.includes(`${field}:${String(value)}`);
  if (type === 'add-tag') return asks('tag', params.tag);
  if (type !== 'update') return false;
  return Object.entries(params).some(
    ([field, value]) => asks(field, value) || (field === 'status' && asks('is', value)),
  );
}

/** Rows of a transition table that move a deal back and forth under the same condition: by the second row, from 1. */
export function rowsThatLoop({
  transitions,
}: Pipeline): { readonly rule: number; readonly message: string }[] {
  const found: { rule: number; message: string }[] = [];
  transitions.forEach((row, i) => {
    const back = transitions.findIndex(
      (other, j) =>
        j < i && other.when === row.when && other.from?.includes(row.to) && row.from?.includes(other.to),
    );
    if (back >= 0)
      found.push({
        rule: i + 1,
        message: `possible loop: rows ${back + 1} and ${i + 1} move a deal from ${row.to} to ${transitions[back]!.to} and back`,
      });
  });
  return found;
}
