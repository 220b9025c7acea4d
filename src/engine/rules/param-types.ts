/**
 * The types of parameters of triggers and steps, as a table of checks. A new type is one entry here. Help and
 * completion only name them.
 */
import { subjectKinds } from '../../domain/automation.ts';
import { type Config, pipelineOf, stageOf, waysToAssign } from '../../domain/config.ts';
import type { Clock } from '../../domain/clock.ts';
import { isDuration } from '../../domain/dates.ts';
import { parseDue } from '../../domain/typed-dates.ts';
import { parseUser } from '../../kinds/field-types.ts';
import { fieldsOf, findField } from '../../kinds/fields.ts';
import type { Kind } from '../../domain/kinds.ts';
import { parseMoney } from '../../domain/money.ts';
import { suggestion } from '../../domain/nearest.ts';
import { formConfirmedBy } from '../../domain/serve-settings.ts';
import { zone } from '../../domain/zone.ts';
import { scoredKinds, scoreNames } from '../../query/score.ts';
import { partsOf, whyNotAddress } from './addresses.ts';
import { checkQuery } from './check-query.ts';
import { whyNotProgram } from './command-lines.ts';
import { dayWords, parseOffset } from '../moments.ts';
import { caught, notText, type RuleProblem } from './rule-problem.ts';
import { hasLiquid, type TextProblem } from '../texts/texts.ts';

/** The facts about the rule and the workspace that a check needs. */
export interface CheckContext {
  readonly config: Config;
  /** The kind of the rule's subjects. */
  readonly subject: Kind;
  /** The kind that a query in these parameters is asked of. */
  readonly queried: Kind;
  /** Says what is wrong with a Liquid text. */
  checkText(text: string): TextProblem | undefined;
  /** Says what is wrong with a cron expression. */
  checkCron(text: string): string | undefined;
}

/** A value of one parameter, and the parameters beside it. */
interface Checked<Value> {
  readonly name: string;
  readonly value: Value;
  readonly required: boolean;
  /** The values of a choice. */
  readonly options: readonly string[];
  /** The kind that a query is asked of, if it is not the one of the record. */
  readonly asks: Kind | undefined;
  /** The other parameters of the same trigger or step. */
  readonly given: { readonly [name: string]: unknown };
  readonly context: CheckContext;
}

type Check<Value> = (checked: Checked<Value>) => RuleProblem[];

interface ParamCheck {
  /** Checks a value of any shape; returns undefined to have it checked as a text. */
  readonly raw?: (checked: Checked<unknown>) => RuleProblem[] | undefined;
  /** Checks a text without Liquid. Left out: any text is accepted. */
  readonly text?: Check<string>;
}

/** Returns a clock for checking days and times: whether a text is a day does not depend on the time. */
export const anyTime = (config: Config): Clock => ({
  now: 0,
  zone: zone('UTC'),
  order: config.dateOrder,
});
const plural = (noun: string): string => (noun.endsWith('s') ? `${noun}es` : `${noun}s`);

const problem = ({ name }: Pick<Checked<unknown>, 'name'>, message: string, hint?: string): RuleProblem[] => [
  { path: [name], message: `${name}: ${message}`, hint },
];

/** Checks that a text is one of the known words. */
function among(checked: Checked<string>, known: readonly string[], what: string): RuleProblem[] {
  const { value } = checked;
  if (known.includes(value)) return [];
  return problem(checked, `unknown ${what} ${JSON.stringify(value)}`, suggestion(value, known, plural(what)));
}

/** A type whose texts are one of the words that the workspace knows. */
const oneOf = (what: string, known: (checked: Checked<string>) => readonly string[]): ParamCheck => ({
  text: checked => among(checked, known(checked), what),
});

/** A type whose texts a parser accepts. */
const parsed = (parse: (value: string, checked: Checked<string>) => unknown): ParamCheck => ({
  text: checked => caught([checked.name], checked.name, () => parse(checked.value, checked)),
});

const anyText: ParamCheck = {};
/** Numbers need no quotes. */
const allowsNumber: ParamCheck['raw'] = ({ value }) => (typeof value === 'number' ? [] : undefined);
const userOf = (value: string, { name, context }: Checked<string>) =>
  parseUser(value, name, { config: context.config, me: '' });

const paramTypes = {
  text: { raw: allowsNumber },
  tag: anyText,
  label: anyText,
  automation: anyText,
  'goal-name': anyText,
  number: {
    raw: checked =>
      typeof checked.value === 'number'
        ? []
        : problem(checked, `${JSON.stringify(checked.value)} is not a number`),
  },
  money: { raw: allowsNumber, ...parsed((value, { context }) => parseMoney(value, context.config.currency)) },
  value: {
    raw: ({ name, value }) => (typeof value === 'object' && value !== null ? [notText([name], value)] : []),
  },
  props: { raw: checkProps },
  tags: { raw: checkTexts },
  argv: {
    raw: checked =>
      checkProgram(checked) ??
      checkTexts(checked) ??
      problem(checked, 'a program and its arguments are a list', 'run: [./notify.sh, won]'),
  },
  query: {
    text: ({ name, value, asks, context }) =>
      checkQuery([name], value, asks ?? context.queried, context.config),
  },
  view: oneOf('view', ({ context: { config, queried } }) =>
    config.views.filter(view => view.of === config.kinds.pluralOf(queried)).map(view => view.id),
  ),
  pipeline: oneOf('pipeline', ({ context }) => context.config.pipelines.map(p => p.id)),
  stage: { text: checkStage },
  status: oneOf('status', () => ['open', 'won', 'lost']),
  choice: { text: checked => among(checked, checked.options, checked.name) },
  days: oneOf('day', () => [...dayWords, ...subjectKinds]),
  on: oneOf('record', () => ['deal', 'contact', 'account', 'task']),
  'task-type': oneOf('task type', ({ context }) => Object.keys(context.config.taskTypes)),
  score: oneOf('score', ({ context: { config } }) => [
    ...new Set(scoredKinds.flatMap(kind => scoreNames(config, kind))),
  ]),
  template: { text: checkTemplate },
  field: {
    text: checked => {
      const { config, queried } = checked.context;
      if (findField(config, queried, checked.value)) return [];
      return among(
        checked,
        fieldsOf(config, queried).map(f => f.name),
        'field',
      );
    },
  },
  user: {
    text: checked =>
      checked.value === 'none' && checked.required
        ? problem(checked, 'none means nobody')
        : caught([checked.name], checked.name, () => userOf(checked.value, checked)),
  },
  assignee: parsed((value, checked) => waysToAssign.includes(value) || userOf(value, checked)),
  recipient: { text: checkRecipient },
  url: { raw: checkAddress },
  duration: {
    text: checked =>
      isDuration(checked.value)
        ? []
        : problem(checked, `${JSON.stringify(checked.value)} is not a duration`, 'for example 3d, 2w or 6h'),
  },
  offset: parsed(parseOffset),
  time: parsed((value, { context }) => anyTime(context.config).zone.at('2000-01-01', value)),
  day: parsed((value, { context }) => parseDue(value, anyTime(context.config))),
  cron: { text: checkCron },
} satisfies { readonly [type: string]: ParamCheck };

export type ParamType = keyof typeof paramTypes;

/** Checks a value of a parameter of a type. */
export function checkValue(type: ParamType, checked: Checked<unknown>): RuleProblem[] {
  const { raw, text }: ParamCheck = paramTypes[type];
  const { name, value, required, context } = checked;
  const found = raw?.(checked);
  if (found) return found;
  if (typeof value !== 'string') return [notText([name], value)];
  if (required && value.trim() === '') return problem(checked, 'is empty');
  if (!hasLiquid(value)) return text?.({ ...checked, value }) ?? [];
  const wrong = context.checkText(value);
  return wrong ? problem(checked, wrong.message, wrong.hint) : [];
}

function checkStage(checked: Checked<string>): RuleProblem[] {
  const { value, given, context } = checked;
  const pipeline =
    typeof given.pipeline === 'string' ? pipelineOf(context.config, given.pipeline) : undefined;
  const pipelines = pipeline ? [pipeline] : context.config.pipelines;
  if (pipelines.some(p => stageOf(p, value))) return [];
  return among(
    checked,
    pipelines.flatMap(p => p.stages.map(s => s.id)),
    'stage',
  );
}

function checkTemplate(checked: Checked<string>): RuleProblem[] {
  const { config } = checked.context;
  const [first] = config.brokenTemplates.find(t => t.id === checked.value)?.problems ?? [];
  if (first)
    return problem(
      checked,
      `the template is broken: ${first.file}:${first.line}: ${first.message}`,
      first.hint,
    );
  const form = formConfirmedBy(config.serve, checked.value);
  return form !== undefined
    ? problem(
        checked,
        `the form ${form} sends this template, with a link that no rule has`,
        'another template',
      )
    : among(checked, Object.keys(config.templates), 'template');
}

function checkRecipient(checked: Checked<string>): RuleProblem[] {
  const users = Object.keys(checked.context.config.users);
  const known = ['contact', 'contacts', 'owner', 'user', ...users];
  return checked.value.includes('@') ? [] : among(checked, known, 'recipient');
}

function checkCron(checked: Checked<string>): RuleProblem[] {
  const wrong = checked.context.checkCron(checked.value);
  if (wrong === undefined) return [];
  return problem(
    checked,
    `${JSON.stringify(checked.value)} is not a cron expression: ${wrong}`,
    "minute hour day month weekday: '0 9 * * mon-fri' is at nine on workdays",
  );
}

/** Checks an address, whose origin is literal, and each of its values separately, as they are rendered. */
function checkAddress(checked: Checked<unknown>): RuleProblem[] | undefined {
  const { value, context } = checked;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const wrong =
    whyNotAddress(value) ??
    partsOf(value)
      .filter(hasLiquid)
      .map(part => context.checkText(part))
      .find(Boolean);
  return wrong ? problem(checked, wrong.message, wrong.hint) : [];
}

/** Checks that a rule names the program that it runs; returns undefined if it does. */
function checkProgram(checked: Checked<unknown>): RuleProblem[] | undefined {
  const { value } = checked;
  const program: unknown = Array.isArray(value) ? value[0] : undefined;
  const why = typeof program === 'string' ? whyNotProgram(program) : undefined;
  return why === undefined ? undefined : problem(checked, why, 'run: [./notify.sh, won]');
}

/** Checks a list of texts; returns undefined if the value is not a list with items. */
function checkTexts({ name, value, context }: Checked<unknown>): RuleProblem[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.flatMap((item, i) => checkItem([name, i], item, context));
}

/** Checks the properties of an event: texts, numbers and booleans. */
function checkProps({ name, value, context }: Checked<unknown>): RuleProblem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [{ path: [name], message: `${name}: is not a map`, hint: 'props: { plan: gold }' }];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
    typeof item === 'boolean' ? [] : checkItem([name, key], item, context),
  );
}

/** Checks one text within a value. */
function checkItem(path: PropertyKey[], value: unknown, context: CheckContext): RuleProblem[] {
  if (typeof value === 'number') return [];
  if (typeof value !== 'string') return [notText(path, value)];
  const wrong = hasLiquid(value) ? context.checkText(value) : undefined;
  return wrong ? [{ path, message: `${String(path[0])}: ${wrong.message}`, hint: wrong.hint }] : [];
}
