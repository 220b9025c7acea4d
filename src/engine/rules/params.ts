/** The parameters of triggers and steps as data: lint checks a rule against them, and help and completion show them. */
import type { Config } from '../../domain/config.ts';
import { fieldTypes, type ValueContext } from '../../kinds/field-types.ts';
import type { Field } from '../../kinds/field.ts';
import { fieldsOf, findField } from '../../kinds/fields.ts';
import type { Kind } from '../../domain/kinds.ts';
import { suggestion } from '../../domain/nearest.ts';
import { anyTime, type CheckContext, checkValue, type ParamType } from './param-types.ts';
import { caught, notText, type RuleProblem } from './rule-problem.ts';
import { hasLiquid } from '../texts/texts.ts';

export interface Param {
  readonly type: ParamType;
  readonly description: string;
  readonly required?: boolean;
  /** The values of a choice. */
  readonly options?: readonly string[];
  /** The kind that a query is asked of, if it is not the one of the record. */
  readonly asks?: Kind;
}

export interface ParamSpecs {
  readonly [name: string]: Param;
}

type Given = { readonly [name: string]: unknown };

/** Checks the parameters of one trigger or step; `open` names the kind whose fields may stand beside those listed. */
export function checkParams(
  given: Given,
  specs: ParamSpecs,
  context: CheckContext,
  open: Kind | undefined,
): RuleProblem[] {
  // The record decides which fields exist, so a wrong `on` is the only problem reported.
  if (specs.on && given.on !== undefined) {
    const elsewhere = checkParam('on', given.on, specs.on, given, context);
    if (elsewhere.length > 0) return elsewhere;
  }
  const problems: RuleProblem[] = [];
  for (const [name, value] of Object.entries(given)) {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec) problems.push(...checkParam(name, value, spec, given, context));
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

function checkParam(
  name: string,
  value: unknown,
  { type, required = false, options = [], asks }: Omit<Param, 'description'>,
  given: Given,
  context: CheckContext,
): RuleProblem[] {
  return checkValue(type, { name, value, required, options, asks, given, context });
}

/** Checks a field that an `update` or `add` sets. */
function checkField(
  name: string,
  value: unknown,
  kind: Kind,
  given: Given,
  context: CheckContext,
): RuleProblem[] {
  const { config } = context;
  const path = [name];
  const field = findField(config, kind, name);
  if (!field?.settable) {
    const known = fieldsOf(config, kind)
      .filter(f => f.settable)
      .map(f => f.name);
    const message = `unknown field ${JSON.stringify(name)} of a ${kind}`;
    return [{ path, message, hint: suggestion(name, known, 'fields') }];
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return [notText(path, value)];
  if (hasLiquid(value)) {
    const wrong = context.checkText(value);
    return wrong ? [{ path, message: `${name}: ${wrong.message}`, hint: wrong.hint }] : [];
  }
  const text = Array.isArray(value) ? value.join(',') : String(value ?? '');
  if (text === '' && field.required) return [{ path, message: `${name}: is empty` }];
  if (text === '' || (Array.isArray(value) && value.some(hasLiquid))) return [];
  if (field.name === 'stage') return checkParam(name, text, { type: 'stage' }, given, context);
  if (field.assigns && text === 'auto') return [];
  if (field.type === 'user') return checkParam(name, text, { type: 'user' }, given, context);
  return checkLiteral(name, text, field, given, config);
}

/**
 * Checks a value as it will be written: lint refuses what `set` would refuse. The record of a reference is looked up
 * only when the step runs.
 */
function checkLiteral(name: string, text: string, field: Field, given: Given, config: Config): RuleProblem[] {
  if (field.type === 'ref' || field.type === 'refs') return [];
  const context: Omit<ValueContext, 'currency'> = { config, clock: anyTime(config), me: '', find: () => '' };
  const own = typeof given.currency === 'string' ? [given.currency] : [];
  const currencies = own.length > 0 ? own : [config.currency, ...config.pipelines.map(p => p.currency)];
  const problems = currencies.map(currency =>
    caught([name], name, () => fieldTypes[field.type].parse(text, field, { ...context, currency })),
  );
  // The currency of the record is not known yet, so a value is wrong if it is wrong in all of them.
  return problems.some(p => p.length === 0) ? [] : problems[0]!;
}
