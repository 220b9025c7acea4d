/** Every place in the settings where a name may stand, so that a renamed thing gets its new name everywhere. */
import { automationIn, subjectKinds, testedIn } from '../../../domain/automation.ts';
import type { Config } from '../../../domain/config.ts';
import { CrmError } from '../../../domain/errors.ts';
import type { Kind } from '../../../domain/kinds.ts';
import type { ParamSpecs } from '../../../engine/rules/params.ts';
import { actsOn, type Step } from '../../../engine/steps/step.ts';
import { steps } from '../../../engine/steps/index.ts';
import { definitionOf } from '../../../kinds/define.ts';
import { hasLiquid } from '../../../engine/texts/texts.ts';
import { triggers } from '../../../engine/triggers/index.ts';
import { kindSeen, type Trigger } from '../../../engine/triggers/trigger.ts';
import { rewriteQuery } from '../../../query/parse.ts';
import type { YamlMap, YamlTree, YamlValue } from '../../../store/yaml/yaml-tree.ts';
import type { Renaming } from './renaming.ts';

/** Returns the files that change with the new name, with their new texts. A broken file stays as it is. */
export async function renamedFiles(
  files: ReadonlyMap<string, string>,
  config: Config,
  renaming: Renaming,
): Promise<Map<string, string>> {
  const { editYaml } = await import('../../../store/yaml/yaml-edit.ts');
  const changed = new Map<string, string>();
  for (const [path, text] of files) {
    const now = path.endsWith('.md')
      ? (renaming.liquid?.(text) ?? text)
      : unlessBroken(text, () => editYaml(path, text, tree => renameIn(path, tree, config, renaming)));
    if (now !== text) changed.set(path, now);
  }
  return changed;
}

function unlessBroken(text: string, edit: () => string): string {
  try {
    return edit();
  } catch (error) {
    if (error instanceof CrmError && error.kind === 'INVALID') return text;
    throw error;
  }
}

function renameIn(path: string, tree: YamlTree, config: Config, renaming: Renaming): void {
  if (path === 'crm.yaml') renameInMain(tree, config, renaming);
  else if (path.startsWith('pipelines/')) renameInPipeline(tree, config, renaming);
  else if (automationIn(path) !== undefined) renameInRule(tree, config, renaming);
  else if (testedIn(path) !== undefined) {
    renameInCases(tree, config, renaming);
    renameInTexts(tree.root, renaming);
  }
}

function renameInMain(tree: YamlTree, config: Config, renaming: Renaming): void {
  const { kinds } = config;
  const kindOf = (word: unknown): Kind | undefined =>
    kinds.names.find(kind => kind === word || kinds.pluralOf(kind) === word);
  for (const view of mapsIn(tree.get(['views'])))
    replace(view, 'query', text => inQuery(text, kindOf(view.get('of')) ?? 'deal', renaming));
  for (const score of mapsIn(tree.get(['scores'])))
    for (const rule of mapsIn(score.get('rules')))
      replace(rule, 'when', text => inQuery(text, kindOf(score.get('for')) ?? 'contact', renaming));
  for (const mapping of mapsIn(tree.get(['imports']))) {
    const kind = kindOf(mapping.get('kind'));
    if (kind) renameInMapping(mapping, kind, renaming);
  }
  for (const what of ['forms', 'hooks'])
    for (const each of mapsIn(tree.get(['serve', what]))) {
      renameTargets(each.get('fields'), renaming);
      replace(each, 'confirm', text => renaming.param?.('template', text, 'contact') ?? text);
    }
  for (const user of mapsIn(tree.get(['users']))) renameInTexts(user, renaming);
}

/** A mapping of an import: columns become fields, `fields.size` among them, and texts become values. */
function renameInMapping(mapping: YamlMap, kind: Kind, renaming: Renaming): void {
  const field = (name: string) => inFieldName(name, kind, renaming);
  replace(mapping, 'key', field);
  const columns = mapping.get('columns');
  if (columns instanceof Map)
    for (const [column, target] of columns)
      if (target instanceof Map) {
        const name = String(target.get('field'));
        replace(target, 'field', field);
        const values = target.get('values');
        if (values instanceof Map)
          for (const text of values.keys())
            replace(values, text, value => inValue(name, value, kind, renaming));
      } else replace(columns, column, field);
  const set = mapping.get('set');
  if (set instanceof Map) renameFields(set, [...set.keys()], kind, renaming);
}

/** What a form or a hook fills in: `contact.size`, `deal.title`. */
function renameTargets(fields: YamlValue | undefined, renaming: Renaming): void {
  if (!(fields instanceof Map)) return;
  for (const input of fields.keys())
    replace(fields, input, target => {
      const [, kind, name] = /^(contact|deal)\.(.+)$/.exec(target) ?? [];
      return kind === undefined ? target : `${kind}.${inFieldName(name!, kind, renaming)}`;
    });
}

function renameInPipeline(tree: YamlTree, { kinds }: Config, renaming: Renaming): void {
  const member = (name: string) => renaming.member?.(name) ?? name;
  for (const path of [['access'], ['assign', 'among']]) replaceItems(tree.get(path), member);
  const kind = kinds.names.find(each => definitionOf(kinds, each).inPipelines)!;
  const field = (name: string) => inFieldName(name, kind, renaming);
  replaceItems(tree.get(['card']), field);
  for (const stage of mapsIn(tree.get(['stages'])))
    for (const key of ['card', 'requires']) replaceItems(stage.get(key), field);
  for (const row of mapsIn(tree.get(['transitions'])))
    replace(row, 'when', text => inQuery(text, kind, renaming));
}

function renameInRule(tree: YamlTree, config: Config, renaming: Renaming): void {
  const subject = subjectKinds.find(kind => kind === tree.get(['for'])) ?? 'deal';
  if (tree.root instanceof Map) replace(tree.root, 'where', text => inQuery(text, subject, renaming));
  const on = tree.get(['on']);
  for (const item of Array.isArray(on) ? on : [on])
    for (const [name, params] of item instanceof Map ? item : []) {
      const trigger: Trigger | undefined = triggers.get(name);
      if (!trigger) continue;
      if (!(params instanceof Map)) {
        const short = trigger.short === undefined ? undefined : trigger.params[trigger.short];
        const seen = kindSeen(trigger, {}, subject, config);
        if (short) replace(item as YamlMap, name, text => inParam(text, short, seen, renaming));
        continue;
      }
      const seen = kindSeen(trigger, Object.fromEntries(params), subject, config);
      replace(params, 'where', text => inQuery(text, seen, renaming));
      renameParams(params, trigger.params, seen, renaming);
    }
  const inSteps = (list: YamlValue | undefined): void => {
    for (const item of mapsIn(list)) {
      for (const [name, given] of item) {
        const step: Step | undefined = steps.get(name);
        if (step) renameStep(item, step, given);
      }
      for (const branch of ['then', 'else']) inSteps(item.get(branch));
    }
  };
  const renameStep = (item: YamlMap, step: Step, given: YamlValue): void => {
    if (!(given instanceof Map)) {
      const short = step.short === undefined ? undefined : step.params[step.short];
      if (short) replace(item, step.name, text => inParam(text, short, subject, renaming));
      return;
    }
    const params = Object.fromEntries(given);
    const acts = actsOn(params, subject);
    renameParams(given, step.params, acts, renaming);
    const open = step.open?.(params, subject);
    if (open)
      renameFields(
        given,
        [...given.keys()].filter(key => !step.params[key]),
        open,
        renaming,
      );
  };
  inSteps(tree.get(['steps']));
  renameInTexts(tree.root, renaming);
}

/** The cases of a rule: fields stand below the kind of a record, or below the name that a record was given. */
function renameInCases(tree: YamlTree, { kinds }: Config, renaming: Renaming): void {
  const named = new Map<string, Kind>();
  const kindOf = (key: string): Kind | undefined => kinds.names.find(each => each === key) ?? named.get(key);
  const visit = (value: YamlValue, at: (key: string, fields: YamlMap) => void): void => {
    if (Array.isArray(value)) for (const each of value) visit(each, at);
    if (!(value instanceof Map)) return;
    for (const [key, below] of value) {
      visit(below, at);
      if (below instanceof Map) at(key, below);
    }
  };
  visit(tree.root, (key, fields) => {
    const name = kinds.has(key) ? fields.get(definitionOf(kinds, key).named ?? '') : undefined;
    if (typeof name === 'string') named.set(name, key);
  });
  visit(tree.root, (key, fields) => {
    const kind = kindOf(key);
    if (kind) renameFields(fields, [...fields.keys()], kind, renaming);
  });
}

function renameParams(params: YamlMap, specs: ParamSpecs, kind: Kind, renaming: Renaming): void {
  for (const [name, spec] of Object.entries(specs)) {
    replace(params, name, text => inParam(text, spec, kind, renaming));
    replaceItems(params.get(name), text => inParam(text, spec, kind, renaming));
  }
}

const inParam = (text: string, { type, asks }: ParamSpecs[string], kind: Kind, renaming: Renaming): string =>
  type === 'query'
    ? inQuery(text, asks ?? kind, renaming)
    : type === 'field'
      ? inFieldName(text, kind, renaming)
      : (renaming.param?.(type, text, kind) ?? text);

/** Fields that are set, by their names, to values. */
function renameFields(map: YamlMap, names: readonly string[], kind: Kind, renaming: Renaming): void {
  const entries = [...map];
  map.clear();
  for (const [name, value] of entries) {
    const isField = names.includes(name);
    const now = isField ? inFieldName(name, kind, renaming) : name;
    map.set(now, value);
    if (isField) replace(map, now, text => inValue(name, text, kind, renaming));
  }
}

/** A field of a kind, also as `fields.size` and as that of what it points to, `contact.size`. */
function inFieldName(name: string, kind: Kind, { field }: Renaming): string {
  const [, through, prefix = '', own] = /^(?:(contact|account)\.)?(fields\.)?(.+)$/.exec(name) ?? [];
  if (!field || own === undefined) return name;
  const head = through === undefined ? '' : `${through}.`;
  return `${head}${prefix}${field(own, through ?? kind)}`;
}

const inValue = (field: string, value: string, kind: Kind, renaming: Renaming): string =>
  renaming.value?.(field, value, kind) ?? value;

/** A text that is not a query stays as it is: it is a problem of its own. */
function inQuery(text: string, kind: Kind, { term }: Renaming): string {
  if (!term) return text;
  try {
    return rewriteQuery(text, each => term(each, kind));
  } catch (error) {
    if (error instanceof CrmError) return text;
    throw error;
  }
}

/** All texts with Liquid, however deep. */
function renameInTexts(value: YamlValue, renaming: Renaming): void {
  const { liquid } = renaming;
  if (!liquid) return;
  const now = (text: string) => (hasLiquid(text) ? liquid(text) : text);
  replaceItems(value, now);
  if (value instanceof Map) for (const key of value.keys()) replace(value, key, now);
  for (const each of value instanceof Map ? value.values() : Array.isArray(value) ? value : [])
    renameInTexts(each, renaming);
}

function replace(map: YamlMap, key: string, by: (text: string) => string): void {
  const value = map.get(key);
  if (typeof value === 'string') map.set(key, by(value));
}

function replaceItems(list: YamlValue | undefined, by: (text: string) => string): void {
  if (!Array.isArray(list)) return;
  list.forEach((item, i) => {
    if (typeof item === 'string') list[i] = by(item);
  });
}

/** The maps that are the items of a list, or the values of a map. */
function mapsIn(value: YamlValue | undefined): YamlMap[] {
  const all = value instanceof Map ? [...value.values()] : Array.isArray(value) ? value : [];
  return all.filter((each): each is YamlMap => each instanceof Map);
}
