/**
 * Reads the YAML of a rule into an Automation, and collects everything that is wrong in it: lint reports these
 * problems.
 */
import {
  type Automation,
  type Params,
  type StepSpec,
  type SubjectKind,
  subjectKinds,
  type TriggerSpec,
} from '../../domain/automation.ts';
import type { Config } from '../../domain/config.ts';
import { isDuration, parseDuration } from '../../domain/dates.ts';
import type { Kind } from '../../domain/kinds.ts';
import { definitionOf } from '../../kinds/define.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { Crons } from '../crons.ts';
import { checkQuery } from './check-query.ts';
import type { CheckContext } from './param-types.ts';
import { checkParams } from './params.ts';
import type { RuleProblem } from './rule-problem.ts';
import { type Instruction, programOf, reachedIn } from '../program.ts';
import { steps as stepTypes } from '../steps/index.ts';
import { label as labelStep } from '../steps/label.ts';
import { actsOn, type Step } from '../steps/step.ts';
import { knownVariables } from '../texts/text-data.ts';
import type { Texts } from '../texts/texts.ts';
import { triggers as triggerTypes } from '../triggers/index.ts';
import { kindSeen, type Trigger } from '../triggers/trigger.ts';

/**
 * The most steps of a rule, branches included. Each way through them is checked for its end, which takes the square of
 * their number; a rule may come from somebody else.
 */
const MOST_STEPS_OF_RULE = 1000;

const keys = ['name', 'enabled', 'for', 'on', 'runs', 'limit', 'overlap', 'generations', 'where', 'steps'];
const DEFAULT_LIMIT = { count: 10, per: 24 * 3_600_000 };

const isWait = ({ step, spec }: Instruction): boolean => step.waits?.(spec.params) === true;

export interface ReadAutomation {
  /** Undefined if the rule is broken. */
  readonly automation: Automation | undefined;
  readonly problems: readonly RuleProblem[];
}

export function readAutomation(
  id: string,
  value: unknown,
  config: Config,
  texts: Texts,
  crons: Crons,
): ReadAutomation {
  const reader = new Reader(config, texts, crons);
  const automation = reader.rule(id, value);
  return { automation: reader.problems.length === 0 ? automation : undefined, problems: reader.problems };
}

type YamlMap = { readonly [key: string]: unknown };
const isMap = (value: unknown): value is YamlMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An item of a list of steps. */
interface StepItem {
  readonly step: Step;
  readonly params: Params;
  readonly label: unknown;
  readonly then: unknown;
  readonly otherwise: unknown;
}

class Reader {
  readonly problems: RuleProblem[] = [];
  readonly #config: Config;
  readonly #texts: Texts;
  readonly #crons: Crons;
  #subject: SubjectKind = 'deal';
  readonly #labels = new Set<string>();
  /** The number of steps read, branches included. */
  #count = 0;
  readonly #goTos: { readonly path: PropertyKey[]; readonly label: string }[] = [];
  /** The path of each step in the YAML. */
  readonly #places = new Map<StepSpec, readonly PropertyKey[]>();

  constructor(config: Config, texts: Texts, crons: Crons) {
    this.#config = config;
    this.#texts = texts;
    this.#crons = crons;
  }

  #say(path: readonly PropertyKey[], message: string, hint?: string): void {
    this.problems.push({ path, message, hint });
  }

  rule(id: string, value: unknown): Automation | undefined {
    if (!isMap(value)) {
      this.#say([], 'is not a rule: a map with for, on and steps is expected', 'crm help automations');
      return undefined;
    }
    for (const key of Object.keys(value))
      if (!keys.includes(key))
        this.#say([key], `unknown key ${JSON.stringify(key)}`, suggestion(key, keys, 'known'));
    const subject = subjectKinds.find(kind => kind === value.for);
    if (subject) this.#subject = subject;
    else
      this.#say(
        ['for'],
        value.for === undefined ? 'for is missing' : `for: unknown kind ${JSON.stringify(value.for)}`,
        subjectKinds.join(', '),
      );
    const where = this.#query(['where'], value.where, this.#subject);
    const automation: Automation = {
      id,
      name: this.#text(['name'], value.name) ?? id,
      enabled: this.#flag(['enabled'], value.enabled, true),
      for: this.#subject,
      on: this.#triggers(value.on),
      runs: this.#runs(value.runs),
      limit: this.#limit(value.limit),
      overlap: this.#flag(['overlap'], value.overlap, false),
      ...(value.generations !== undefined && { generations: this.#generations(value.generations) }),
      ...(where !== undefined && { where }),
      steps: this.#steps(['steps'], value.steps, ''),
    };
    for (const { path, label } of this.#goTos)
      if (!this.#labels.has(label))
        this.#say(path, `unknown label ${JSON.stringify(label)}`, suggestion(label, this.#labels, 'labels'));
    if (this.problems.length === 0) this.#checkReached(automation);
    if (this.problems.length === 0) this.#checkRounds(automation);
    return automation;
  }

  /** Reports steps that are never reached; of consecutive ones, the first. */
  #checkReached(automation: Automation): void {
    const program = programOf(automation);
    const reached = reachedIn(program);
    program.forEach(({ spec }, i) => {
      if (!reached.has(i) && (i === 0 || reached.has(i - 1)))
        this.#say(
          this.#places.get(spec)!,
          'this step is never reached: the one before it ends the enrolment',
        );
    });
  }

  /** Reports steps that repeat without a wait: once begun, they would not end. */
  #checkRounds(automation: Automation): void {
    const program = programOf(automation);
    program.forEach(({ spec, step }, i) => {
      const label = step.goesTo?.(spec.params);
      if (label === undefined) return;
      const target = program.findIndex(each => each.id === label);
      if (reachedIn(program, target, isWait).has(i))
        this.#say(
          [...this.#places.get(spec)!, spec.type],
          `goes round from ${label} without a wait`,
          'wait: 1d, on the way',
        );
    });
  }

  #text(path: string[], value: unknown): string | undefined {
    if (value === undefined || typeof value === 'string') return value;
    this.#say(path, `${path.join('.')} is not text`);
    return undefined;
  }

  #flag(path: string[], value: unknown, otherwise: boolean): boolean {
    if (value === undefined || typeof value === 'boolean') return value ?? otherwise;
    this.#say(path, `${path.join('.')}: ${JSON.stringify(value)} is neither true nor false`);
    return otherwise;
  }

  #query(path: PropertyKey[], value: unknown, kind: Kind): string | undefined {
    if (value === undefined || value === null) return undefined;
    this.problems.push(...checkQuery(path, value, kind, this.#config));
    return typeof value === 'string' ? value : undefined;
  }

  #runs(value: unknown): Automation['runs'] {
    if (value === undefined || value === 'once' || value === 'every-time') return value ?? 'once';
    this.#say(['runs'], `runs: unknown value ${JSON.stringify(value)}`, 'once or every-time');
    return 'once';
  }

  #limit(value: unknown): Automation['limit'] {
    if (value === undefined) return DEFAULT_LIMIT;
    const match = typeof value === 'string' ? /^(\d+) per (\S+)$/.exec(value) : null;
    if (match && Number(match[1]) > 0 && isDuration(match[2]!))
      return { count: Number(match[1]), per: parseDuration(match[2]!) };
    this.#say(['limit'], `limit: ${JSON.stringify(value)} is not a limit`, 'for example 10 per 24h');
    return DEFAULT_LIMIT;
  }

  #generations(value: unknown): number {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
    this.#say(
      ['generations'],
      `generations: ${JSON.stringify(value)} is not a whole number from 1 on`,
      'generations: 3 lets it begin for what it added, until three generations came of it',
    );
    return 1;
  }

  #context(queried: Kind): CheckContext {
    const config = this.#config;
    return {
      config,
      subject: this.#subject,
      queried,
      checkText: text => this.#texts.check(text, knownVariables(config)),
      checkCron: text => this.#crons.check(text),
    };
  }

  #triggers(value: unknown): TriggerSpec[] {
    if (value === undefined || value === null) {
      this.#say([], 'on is missing: what starts the rule', [...triggerTypes.keys()].join(', '));
      return [];
    }
    const list = Array.isArray(value) ? (value as unknown[]) : [value];
    return list.flatMap((item, i): TriggerSpec[] => {
      const path = Array.isArray(value) ? ['on', i] : ['on'];
      const named = typeof item === 'string' ? { [item]: null } : item;
      if (!isMap(named) || Object.keys(named).length !== 1) {
        this.#say(
          path,
          'a trigger is its name, or a map of its name and its parameters',
          'enters-stage: { stage: proposal }',
        );
        return [];
      }
      const [type, given] = Object.entries(named)[0]!;
      const trigger = triggerTypes.get(type);
      if (!trigger) {
        this.#say(
          [...path, type],
          `unknown trigger ${JSON.stringify(type)}`,
          suggestion(type, triggerTypes.keys(), 'triggers'),
        );
        return [];
      }
      const whole = typeof given === 'string' && trigger.short ? { [trigger.short]: given } : given;
      if (whole !== null && !isMap(whole)) {
        this.#say([...path, type], `${type}: its parameters are a map`, trigger.example);
        return [];
      }
      const { where, ...params } = (whole ?? {}) as Params & { where?: unknown };
      const seen = kindSeen(trigger, params, this.#subject, this.#config);
      this.#params([...path, type], trigger, params, seen);
      if (seen !== this.#subject && !definitionOf(this.#config.kinds, this.#subject).hasTasks)
        this.#say(
          [...path, type],
          `${type} is about ${this.#config.kinds.pluralOf(seen)}: no task begins with it`,
          'for: deal',
        );
      const checked = this.#query([...path, type, 'where'], where, seen);
      return [{ type, params, ...(checked !== undefined && { where: checked }) }];
    });
  }

  /** Checks the parameters of a trigger or step, each by itself and all together. */
  #params(
    path: PropertyKey[],
    type: Pick<Step, 'params' | 'check'> | Pick<Trigger, 'params' | 'check'>,
    params: Params,
    seen: Kind,
    open?: Kind,
  ): void {
    const problems = checkParams(params, type.params, this.#context(seen), open);
    const whole = problems.length === 0 ? type.check?.(params, seen, this.#config) : undefined;
    for (const problem of whole ? [{ ...whole, path: [] }] : problems)
      this.problems.push({ ...problem, path: [...path, ...problem.path] });
  }

  #steps(path: PropertyKey[], value: unknown, place: string): StepSpec[] {
    if (!Array.isArray(value) || value.length === 0) {
      this.#say(
        value === undefined ? path.slice(0, -1) : path,
        `${String(path.at(-1))} must be a list of at least one step`,
        [...stepTypes.keys()].join(', '),
      );
      return [];
    }
    return (value as unknown[]).flatMap((item, i): StepSpec[] => {
      const at = [...path, i];
      if (++this.#count > MOST_STEPS_OF_RULE) {
        if (this.#count === MOST_STEPS_OF_RULE + 1)
          this.#say(
            at,
            `a rule has at most ${MOST_STEPS_OF_RULE} steps`,
            'start: { automation: ID } goes on in another rule',
          );
        return [];
      }
      const step = this.#step(at, item, `${place}${i + 1}.`);
      if (step) this.#places.set(step, at);
      return step ? [step] : [];
    });
  }

  #step(path: PropertyKey[], item: unknown, place: string): StepSpec | undefined {
    const read = this.#stepItem(path, item);
    if (!read) return undefined;
    const { step, params, label, then, otherwise } = read;
    const type = step.name;
    const of = step.open?.(params, this.#subject);
    this.#params([...path, type], step, params, actsOn(params, this.#subject), of);
    if ((then !== undefined || otherwise !== undefined) && !step.branches)
      this.#say(path, `${type} has no then or else`);
    if (step.branches && then === undefined && otherwise === undefined)
      this.#say(path, `${type} needs then, else or both`);
    if (label !== undefined) this.#label([...path, labelStep.name], label);
    if (step.goesTo && typeof params.label === 'string')
      this.#goTos.push({ path: [...path, type], label: step.goesTo(params) });
    return {
      id: typeof label === 'string' ? label : `${place}${type}`,
      type,
      params,
      // biome-ignore lint/suspicious/noThenProperty: a rule's own word, and nobody awaits a step
      ...(then !== undefined && { then: this.#steps([...path, 'then'], then, `${place}then.`) }),
      ...(otherwise !== undefined && { else: this.#steps([...path, 'else'], otherwise, `${place}else.`) }),
    };
  }

  /** Reads an item as a step: its type, its parameters, and its label and branches. */
  #stepItem(path: PropertyKey[], item: unknown): StepItem | undefined {
    const map = typeof item === 'string' ? { [item]: null } : item;
    if (!isMap(map)) {
      this.#say(
        path,
        'a step is its name, or a map of its name and its parameters',
        'add-task: { title: Call back }',
      );
      return undefined;
    }
    const { label, then, else: otherwise, ...named } = map;
    const names = Object.keys(named);
    // A label by itself is a step that does nothing.
    const isBare = names.length === 0 && label !== undefined;
    const type = isBare ? labelStep.name : names.find(name => stepTypes.has(name));
    const wrong = names.find(name => name !== type);
    if (type === undefined || wrong !== undefined) {
      this.#sayNoStep(path, type, wrong);
      return undefined;
    }
    const step = stepTypes.get(type)!;
    const given = type === labelStep.name ? label : named[type];
    const params: Params = isMap(given)
      ? given
      : given === null || given === undefined
        ? {}
        : { [step.short ?? 'value']: given };
    return { step, params, label, then, otherwise };
  }

  #sayNoStep(path: PropertyKey[], type: string | undefined, wrong: string | undefined): void {
    if (wrong === undefined) this.#say(path, 'a step has a name', [...stepTypes.keys()].join(', '));
    else if (type === undefined)
      this.#say(
        [...path, wrong],
        `unknown step ${JSON.stringify(wrong)}`,
        suggestion(wrong, stepTypes.keys(), 'steps'),
      );
    else
      this.#say(
        [...path, wrong],
        `unknown key ${JSON.stringify(wrong)} next to ${type}`,
        'each step is an item of its own',
      );
  }

  #label(path: PropertyKey[], label: unknown): void {
    if (typeof label !== 'string' || /^\d/.test(label))
      this.#say(path, 'a label is a text that does not begin with a digit');
    else if (this.#labels.has(label)) this.#say(path, `there are two steps with the label ${label}`);
    else this.#labels.add(label);
  }
}
