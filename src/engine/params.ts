/** The parameters of triggers and steps as data: their types feed checking, help and completion alike. */

import { type SubjectKind, subjectKinds } from '../domain/automation.ts';
import { type Config, pipelineOf, stageOf, waysToAssign } from '../domain/config.ts';
import { type Clock, isDuration } from '../domain/dates.ts';
import { CrmError } from '../domain/errors.ts';
import { fieldTypes, parseUser, type ValueContext } from '../domain/field-types.ts';
import { type Field, fieldsOf, findField } from '../domain/fields.ts';
import { type Kind, pluralOf } from '../domain/kinds.ts';
import { parseMoney } from '../domain/money.ts';
import { suggestion } from '../domain/nearest.ts';
import { parseDue } from '../domain/typed-dates.ts';
import { zone } from '../domain/zone.ts';
import { compileText } from '../query/compile.ts';
import { contradictionIn } from '../query/contradiction.ts';
import { scoreNames } from '../query/score.ts';
import { dayWords, parseOffset } from './moments.ts';
import type { TextProblem } from './texts.ts';

export type ParamType =
  | 'text'
  | 'query'
  | 'view'
  | 'pipeline'
  | 'stage'
  | 'status'
  | 'user'
  | 'task-type'
  | 'template'
  | 'score'
  | 'tag'
  | 'field'
  | 'duration'
  | 'offset'
  | 'time'
  | 'cron'
  | 'day'
  | 'money'
  | 'number'
  | 'boolean'
  | 'choice'
  | 'tags'
  | 'props'
  | 'argv'
  | 'url'
  | 'days'
  | 'assignee'
  | 'automation'
  | 'label'
  | 'on'
  | 'recipient'
  | 'value';

export interface Param {
  readonly type: ParamType;
  readonly description: string;
  readonly required?: boolean;
  /** The values of a choice. */
  readonly options?: readonly string[];
  /** The kind that a query is asked of, where that is not the record's. */
  readonly asks?: Kind;
}

export interface ParamSpecs {
  readonly [name: string]: Param;
}

/** What is wrong, and what would be right. */
export interface Complaint {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** A problem of a value in a rule: where, by its path in the YAML. */
export interface RuleProblem extends Complaint {
  readonly path: readonly PropertyKey[];
}

export interface CheckContext {
  readonly config: Config;
  /** The kind of the rule's subjects. */
  readonly subject: SubjectKind;
  /** The kind that a query in these parameters is asked of. */
  readonly queried: Kind;
  /** Says what is wrong with a Liquid text. */
  checkText(text: string): TextProblem | undefined;
  /** Says what is wrong with a cron expression. */
  checkCron(text: string): string | undefined;
}

const plural = (noun: string): string => (noun.endsWith('s') ? `${noun}es` : `${noun}s`);
const scoredKinds = ['contact', 'deal'] as const;
/** Whether a text is a day does not depend on the time. */
const anyTime = (config: Config): Clock => ({ now: 0, zone: zone('UTC'), order: config.dateOrder });
const mentionsLiquid = (text: string): boolean => text.includes('{{') || text.includes('{%');
/** Whether a value is a text with Liquid in it. */
export const hasLiquid = (value: unknown): value is string =>
  typeof value === 'string' && mentionsLiquid(value);

/** Checks the parameters of one trigger or step; `open` names parameters that are not listed, as fields of a kind. */
export function checkParams(
  given: { readonly [name: string]: unknown },
  specs: ParamSpecs,
  context: CheckContext,
  open: Kind | undefined,
): RuleProblem[] {
  // Which fields there are depends on the record.
  if (specs.on && given.on !== undefined) {
    const elsewhere = checkValue('on', given.on, specs.on, given, context);
    if (elsewhere.length > 0) return elsewhere;
  }
  const problems: RuleProblem[] = [];
  for (const [name, value] of Object.entries(given)) {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec) problems.push(...checkValue(name, value, spec, given, context));
    else if (open) problems.push(...checkField(name, value, open, given, context));
    else
      problems.push({
        path: [name],
        message: `unknown key ${JSON.stringify(name)}`,
        hint: suggestion(name, Object.keys(specs), 'known'),
      });
  }
  for (const [name, spec] of Object.entries(specs))
    if (spec.required && (given[name] === undefined || given[name] === null))
      problems.push({ path: [], message: `${name} is missing`, hint: spec.description });
  return problems;
}

function notText(path: PropertyKey[], value: unknown): RuleProblem {
  const what = Array.isArray(value) ? 'a list' : typeof value === 'object' && value ? 'a map' : String(value);
  return { path, message: `${path.map(String).join('.')}: is ${what}, not a text`, hint: 'a text in quotes' };
}

function checkValue(
  name: string,
  value: unknown,
  { type, required, options = [], asks }: Omit<Param, 'description'>,
  given: { readonly [name: string]: unknown },
  context: CheckContext,
): RuleProblem[] {
  const { config } = context;
  const path = [name];
  const problem = (message: string, hint?: string): RuleProblem[] => [
    { path, message: `${name}: ${message}`, hint },
  ];
  if (type === 'number')
    return typeof value === 'number' ? [] : problem(`${JSON.stringify(value)} is not a number`);
  if (type === 'boolean')
    return typeof value === 'boolean' ? [] : problem(`${JSON.stringify(value)} is neither true nor false`);
  if (type === 'props') return checkProps(path, value, context);
  if (Array.isArray(value) && (type === 'argv' || type === 'tags') && value.length > 0)
    return value.flatMap((item, i) => checkText([name, i], item, context));
  if (type === 'argv') return problem('a program and its arguments are a list', 'run: [./notify.sh, won]');
  if (type === 'value') return typeof value === 'object' && value !== null ? [notText(path, value)] : [];
  if (typeof value === 'number' && (type === 'money' || type === 'text')) return [];
  if (typeof value !== 'string') return [notText(path, value)];
  if (required && value.trim() === '') return problem('is empty');
  if (mentionsLiquid(value)) {
    const wrong = context.checkText(value);
    return wrong ? problem(wrong.message, wrong.hint) : [];
  }
  const among = (known: readonly string[], what: string): RuleProblem[] =>
    known.includes(value)
      ? []
      : problem(`unknown ${what} ${JSON.stringify(value)}`, suggestion(value, known, plural(what)));
  switch (type) {
    case 'query':
      return checkQuery(path, value, asks ?? context.queried, config);
    case 'view': {
      const views = config.views.filter(view => view.of === pluralOf(context.queried)).map(view => view.id);
      return among(views, 'view');
    }
    case 'pipeline':
      return among(
        config.pipelines.map(p => p.id),
        'pipeline',
      );
    case 'stage': {
      const pipeline = typeof given.pipeline === 'string' ? pipelineOf(config, given.pipeline) : undefined;
      const pipelines = pipeline ? [pipeline] : config.pipelines;
      return pipelines.some(p => stageOf(p, value))
        ? []
        : among(
            pipelines.flatMap(p => p.stages.map(s => s.id)),
            'stage',
          );
    }
    case 'choice':
      return among(options, name);
    case 'days':
      return among([...dayWords, ...subjectKinds], 'day');
    case 'assignee':
      return waysToAssign.includes(value)
        ? []
        : caught(path, name, () => parseUser(value, name, { config, me: '' }));
    case 'url':
      return /^https?:\/\/[^\s/]/.test(value)
        ? []
        : problem(`${JSON.stringify(value)} is no address`, 'https://example.com/hooks/won');
    case 'status':
      return among(['open', 'won', 'lost'], 'status');
    case 'user':
      return value === 'none' && required
        ? problem('none is nobody')
        : caught(path, name, () => parseUser(value, name, { config, me: '' }));
    case 'task-type':
      return among(Object.keys(config.taskTypes), 'task type');
    case 'template': {
      const [first] = config.brokenTemplates.find(t => t.id === value)?.problems ?? [];
      return first
        ? problem(`the template is broken: ${first.file}:${first.line}: ${first.message}`, first.hint)
        : among(Object.keys(config.templates), 'template');
    }
    case 'score':
      return among([...new Set(scoredKinds.flatMap(kind => scoreNames(config, kind)))], 'score');
    case 'field':
      return findField(config, context.queried, value)
        ? []
        : among(
            fieldsOf(config, context.queried).map(f => f.name),
            'field',
          );
    case 'duration':
      return isDuration(value)
        ? []
        : problem(`${JSON.stringify(value)} is not a duration`, 'for example 3d, 2w or 6h');
    case 'offset':
      return caught(path, name, () => parseOffset(value));
    case 'time':
      return caught(path, name, () => anyTime(config).zone.at('2000-01-01', value));
    case 'cron': {
      const wrong = context.checkCron(value);
      return wrong === undefined
        ? []
        : problem(
            `${JSON.stringify(value)} is no cron expression: ${wrong}`,
            "minute hour day month weekday: '0 9 * * mon-fri' is at nine on workdays",
          );
    }
    case 'day':
      return caught(path, name, () => parseDue(value, anyTime(config)));
    case 'money':
      return caught(path, name, () => parseMoney(value, config.currency));
    case 'on':
      return among(['deal', 'contact', 'account', 'task'], 'record');
    case 'recipient': {
      const known = ['contact', 'contacts', 'owner', 'user'];
      return value.includes('@') || known.includes(value) || Object.hasOwn(config.users, value)
        ? []
        : among([...known, ...Object.keys(config.users)], 'recipient');
    }
    default:
      return [];
  }
}

/** One text of a list. */
function checkText(path: PropertyKey[], value: unknown, context: CheckContext): RuleProblem[] {
  if (typeof value === 'number') return [];
  if (typeof value !== 'string') return [notText(path, value)];
  const wrong = mentionsLiquid(value) ? context.checkText(value) : undefined;
  return wrong ? [{ path, message: `${String(path[0])}: ${wrong.message}`, hint: wrong.hint }] : [];
}

/** Properties of an event: texts, numbers and truths. */
function checkProps(path: PropertyKey[], value: unknown, context: CheckContext): RuleProblem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [{ path, message: `${String(path[0])}: is no map`, hint: 'props: { plan: gold }' }];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
    typeof item === 'boolean' ? [] : checkText([...path, key], item, context),
  );
}

/** A field that an `update` sets. */
function checkField(
  name: string,
  value: unknown,
  kind: Kind,
  given: { readonly [name: string]: unknown },
  context: CheckContext,
): RuleProblem[] {
  const { config } = context;
  const field = findField(config, kind, name);
  if (!field?.settable) {
    const known = fieldsOf(config, kind)
      .filter(f => f.settable)
      .map(f => f.name);
    return [
      {
        path: [name],
        message: `unknown field ${JSON.stringify(name)} of a ${kind}`,
        hint: suggestion(name, known, 'fields'),
      },
    ];
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return [notText([name], value)];
  if (hasLiquid(value)) {
    const wrong = context.checkText(value);
    return wrong ? [{ path: [name], message: `${name}: ${wrong.message}`, hint: wrong.hint }] : [];
  }
  const text = Array.isArray(value) ? value.join(',') : String(value ?? '');
  if (text === '' && field.required) return [{ path: [name], message: `${name}: is empty` }];
  if (text === '' || (Array.isArray(value) && value.some(hasLiquid))) return [];
  if (field.name === 'stage') return checkValue(name, text, { type: 'stage' }, given, context);
  if (field.type === 'user' && kind === 'deal' && text === 'auto') return [];
  if (field.type === 'user') return checkValue(name, text, { type: 'user' }, given, context);
  return checkLiteral(name, text, field, given, config);
}

/** A value as it will be written: what `set` would refuse, lint does. Who it points to is found only then. */
function checkLiteral(
  name: string,
  text: string,
  field: Field,
  given: { readonly [name: string]: unknown },
  config: Config,
): RuleProblem[] {
  if (field.type === 'ref' || field.type === 'refs') return [];
  const context: Omit<ValueContext, 'currency'> = { config, clock: anyTime(config), me: '', find: () => '' };
  const own = typeof given.currency === 'string' ? [given.currency] : [];
  const currencies = own.length > 0 ? own : [config.currency, ...config.pipelines.map(p => p.currency)];
  const parse = (currency: string) => () =>
    fieldTypes[field.type].parse(text, field, { ...context, currency });
  const problems = currencies.map(currency => caught([name], name, parse(currency)));
  // In which currency it will be is not known: wrong is what is wrong in all of them.
  return problems.some(p => p.length === 0) ? [] : problems[0]!;
}

export function checkQuery(
  path: readonly PropertyKey[],
  text: unknown,
  kind: Kind,
  config: Config,
): RuleProblem[] {
  if (typeof text !== 'string') return [notText([...path], text)];
  try {
    const { asks } = compileText(text, kind, config);
    if (asks.has('me')) return [{ path, message: `${text}: nobody asks a rule, so me is nobody` }];
    const never = contradictionIn(text, kind, config);
    return never === undefined
      ? []
      : [{ path, message: `${text}: can never hold`, hint: `not together: ${never}` }];
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    const { message, hint } = error;
    // A rule for contacts cannot ask for a deal's fields: it would be silently false.
    const ofDeal = kind !== 'deal' && isQueryOf('deal', text, config);
    return [
      {
        path,
        message,
        hint: ofDeal
          ? `that is of deals, and this is asked of a ${kind}; use on: deal, or a rule for: deal`
          : hint,
      },
    ];
  }
}

function isQueryOf(kind: Kind, text: string, config: Config): boolean {
  try {
    compileText(text, kind, config);
    return true;
  } catch {
    return false;
  }
}

function caught(path: PropertyKey[], name: string, work: () => unknown): RuleProblem[] {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    // Some of these errors say themselves which field it is.
    const message = error.message.startsWith(`${name}: `) ? error.message : `${name}: ${error.message}`;
    return [{ path, message, hint: error.hint }];
  }
}
