/** Lists ready-made rules, and adds one with everything that it needs in one transaction. */
import type { Pipeline } from '../../domain/config.ts';
import { usersAmong } from '../../domain/config.ts';
import type { Draft } from '../../state/draft.ts';
import { conflict, CrmError, failed, notFound, usage } from '../../domain/errors.ts';
import { slug } from '../../domain/fold.ts';
import { suggestion } from '../../domain/nearest.ts';
import { pathOf as pathOfPipeline, pipelineIn } from '../core/pipelines.ts';
import { filesOf, newId, writeFiles } from '../settings/settings.ts';
import { hasAccess, type Viewer, viewerOf } from '../core/viewer.ts';
import { automationNamed } from './automation-named.ts';
import { pathOf } from './automations.ts';

/** A listed rule: the names that `--set` may change, with their defaults. */
export interface ReadyRule {
  readonly id: string;
  readonly name: string;
  readonly sets: { readonly [name: string]: string };
}

/** A rule with its needs, from the comments at the head of its file. */
interface Read extends ReadyRule {
  readonly rule: string;
  readonly test: string;
  readonly stages: readonly string[];
  readonly templates: readonly string[];
  /** Whether the pipeline must name the users among whom it assigns. */
  readonly among: boolean;
}

export interface Added {
  readonly id: string;
  /** Files that were written; the stages are in that of the pipeline. */
  readonly files: readonly string[];
  readonly stages: readonly string[];
  /** The users among whom the pipeline assigns now, if it named none before. */
  readonly among: readonly string[];
  readonly pipeline: string | undefined;
  /** Existing templates that are used. */
  readonly kept: readonly string[];
}

export async function readyRules(): Promise<ReadyRule[]> {
  const { ruleTexts } = await import('./ready-rules/index.ts');
  return Object.entries(ruleTexts).map(([id, texts]) => {
    const { sets, rule } = read(id, texts);
    return { id, name: fill(nameIn(rule), new Map(Object.entries(sets))), sets };
  });
}

/** Adds a ready-made rule and its cases, and what it needs: stages of the pipeline, and e-mail templates. */
export async function addReadyRule(
  draft: Draft,
  viewer: Viewer,
  template: string,
  options: { readonly id: string | undefined; readonly set: readonly (readonly [string, string])[] },
): Promise<Added> {
  const { ruleTexts, mailTexts } = await import('./ready-rules/index.ts');
  const texts = Object.hasOwn(ruleTexts, template) ? ruleTexts[template] : undefined;
  if (!texts)
    throw notFound(
      `there is no ready rule ${JSON.stringify(template)}`,
      suggestion(template, Object.keys(ruleTexts), 'crm automation templates'),
    );
  const ready = read(template, texts);
  const id = newId(template, options.id ?? template);
  const files = filesOf(draft);
  for (const path of [pathOf(id), testPathOf(id)])
    if (files.has(path)) throw conflict(`there is ${path} already`, '--id gives it another name');
  const values = valuesOf(ready, options.set);
  const pipeline = pipelineOf(ready, values, draft, viewer);
  const edits = new Map<string, string>();
  const missing = ready.stages.filter(name => !pipeline?.stages.some(stage => stage.id === slug(name)));
  const among = ready.among && pipeline ? amongWhom(ready, pipeline, draft, values) : [];
  if (pipeline && missing.length + among.length > 0) {
    const path = pathOfPipeline(pipeline);
    edits.set(path, await withNeeds(path, files.get(path)!, missing, among));
  }
  const kept = ready.templates.filter(name => files.has(mailPathOf(name)));
  for (const name of ready.templates) if (!kept.includes(name)) edits.set(mailPathOf(name), mailTexts[name]!);
  edits.set(pathOf(id), fill(ready.rule, values));
  edits.set(testPathOf(id), fill(ready.test, values));
  try {
    await writeFiles(draft, viewer, edits);
    automationNamed(draft.config, id);
  } catch (error) {
    if (!(error instanceof CrmError) || error.kind !== 'INVALID') throw error;
    throw usage(`${template} does not fit this workspace: ${error.message}`, error.hint);
  }
  return {
    id,
    files: [...edits.keys()].sort(),
    stages: missing,
    among,
    pipeline: pipeline?.id,
    kept: kept.map(mailPathOf),
  };
}

const testPathOf = (id: string): string => pathOf(id).replace(/\.yaml$/, '.test.yaml');
const mailPathOf = (name: string): string => `templates/${name}.md`;
const nameIn = (rule: string): string => /^name: (.*)$/m.exec(rule)![1]!;

/** Takes the comments at the head of a rule's file apart: `# set days: 14d`, `# stages: A, B`. */
function read(id: string, { rule, test }: { readonly rule: string; readonly test: string }): Read {
  const head = /^(?:#.*\n)*/.exec(rule)![0];
  const said = new Map(
    [...head.matchAll(/^# ([\w -]+): (.*)$/gm)].map(([, key, value]) => [key!, value!] as const),
  );
  const list = (key: string) => said.get(key)?.split(', ') ?? [];
  return {
    id,
    name: nameIn(rule),
    sets: Object.fromEntries(
      [...said].flatMap(([key, value]) => (key.startsWith('set ') ? [[key.slice(4), value] as const] : [])),
    ),
    rule: rule.slice(head.length),
    test,
    stages: list('stages'),
    templates: list('templates'),
    among: list('needs').includes('among'),
  };
}

/** Returns the value for each name: as it was set, otherwise the rule's default. */
function valuesOf({ id, sets }: Read, given: readonly (readonly [string, string])[]): Map<string, string> {
  const values = new Map(Object.entries(sets));
  for (const [name, value] of given) {
    if (!values.has(name))
      throw usage(
        `${id} has no ${JSON.stringify(name)} to set`,
        suggestion(name, values.keys(), 'it has') ?? 'it has nothing to set',
      );
    // It goes into a text in quotes, or between brackets.
    if (value === '' || !/^[\p{L}\p{N} .:_@%€+-]*$/u.test(value))
      throw usage(
        `--set ${name}: ${JSON.stringify(value)} is not a plain value`,
        'letters, digits and . : _ @ % + -',
      );
    values.set(name, value);
  }
  return values;
}

/** Returns the pipeline of a rule, with its first stages and users among the values; undefined if the rule has none. */
function pipelineOf(
  { id, rule, test, stages }: Read,
  values: Map<string, string>,
  { config }: Draft,
  viewer: Viewer,
): Pipeline | undefined {
  const isAbout =
    values.has('pipeline') ||
    stages.length > 0 ||
    /^for: deal$/m.test(rule) ||
    /\$(first|pipeline)/.test(test);
  if (!isAbout) return undefined;
  if (config.pipelines.length === 0)
    throw failed(
      `${id} is about deals, and this workspace has no pipeline`,
      'crm pipeline add Sales --stages "New,Proposal sent"',
    );
  const named = values.get('pipeline');
  const pipeline = pipelineIn(config, viewer, named === 'the first' ? undefined : named);
  const [first, second = first] = pipeline.stages;
  // Deals do not begin in a stage that the rule adds.
  if (!first || !second)
    throw failed(
      `${id} is about deals, and ${pipeline.id} has no stage for them to begin in`,
      `crm stage add New --pipeline ${pipeline.id}`,
    );
  values.set('pipeline', pipeline.id);
  values.set('first', first.id);
  values.set('second', second.id);
  return pipeline;
}

/**
 * Returns the users to assign among, if the pipeline names no existing user: all active users with access. The first
 * in turn is among the values.
 */
function amongWhom(
  { id }: Read,
  pipeline: Pipeline,
  { config }: Draft,
  values: Map<string, string>,
): string[] {
  const able = (user: string) =>
    config.users[user]?.active === true && (!pipeline.access || hasAccess(pipeline, viewerOf(config, user)));
  const named = usersAmong(config, pipeline.assign.among).filter(able);
  const users = named.length > 0 ? named : Object.keys(config.users).filter(able);
  const [first] = users;
  if (first === undefined)
    throw failed(
      `${id} assigns in turn, and there is nobody to assign to`,
      'crm user add ana --name "Ana Ruiz" --email ana@example.com',
    );
  values.set('user', first);
  return named.length > 0 ? [] : users;
}

const fill = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(/\$([a-z]+)/g, (whole, name: string) => values.get(name) ?? whole);

/** The text of a pipeline's file with more stages, at their end, and the users among whom it assigns. */
async function withNeeds(
  path: string,
  text: string,
  stages: readonly string[],
  among: readonly string[],
): Promise<string> {
  const { editYaml } = await import('../../store/yaml/yaml-edit.ts');
  return editYaml(path, text, tree => {
    for (const name of stages) tree.add(['stages'], { id: slug(name), name });
    if (among.length === 0) return;
    if (tree.get(['assign', 'by']) === undefined) tree.put(['assign'], { by: 'none' });
    tree.put(['assign', 'among'], among);
  });
}
