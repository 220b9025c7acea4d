/** Checks what the YAML says beyond its shape: that the queries in it mean something. Loaded only when a file changed. */
import { type Automation, automationIn, type BrokenAutomation, type Template } from '../domain/automation.ts';
import type { Config, Pipeline } from '../domain/config.ts';
import { CrmError } from '../domain/errors.ts';
import { type Kind, kindNames, pluralOf } from '../domain/kinds.ts';
import { makeTexts } from '../engine/liquid.ts';
import { readAutomation } from '../engine/read-automation.ts';
import { compileText } from '../query/compile.ts';
import type { Asks } from '../query/scope.ts';
import { readConfig } from '../store/config-schema.ts';
import { type Problem, parseYaml } from '../store/yaml.ts';
import { isCardField } from './board.ts';
import { unknownField } from './shape.ts';

export interface CheckedConfig {
  readonly config: Config | undefined;
  readonly problems: readonly Problem[];
}

export function checkConfig(files: ReadonlyMap<string, string>): CheckedConfig {
  const { config, problems } = readConfig(files);
  if (!config) return { config, problems };
  // `refused` says why a query must not ask for something, where it must not.
  const checkQuery = (
    text: string,
    kind: Kind,
    file: string,
    line: number,
    refused: { readonly [asked in Asks]?: string } = {},
  ) => {
    try {
      for (const asked of compileText(text, kind, config).asks)
        if (refused[asked]) problems.push({ file, line, message: refused[asked] });
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      problems.push({
        file,
        line,
        message: error.message,
        ...(error.hint !== undefined && { hint: error.hint }),
      });
    }
  };
  for (const pipeline of config.pipelines)
    for (const { when, line } of pipeline.transitions)
      if (when !== undefined)
        checkQuery(when, 'deal', `pipelines/${pipeline.id}.yaml`, line, {
          me: `${when}: nobody asks a transition, so me is nobody`,
        });
  for (const pipeline of config.pipelines) problems.push(...checkCards(pipeline, config, files));
  for (const score of config.scores)
    for (const { when, line } of score.rules)
      checkQuery(when, score.for, 'crm.yaml', line, {
        me: `${when}: a score is the same for everybody, so me is nobody`,
        score: `${when}: the score ${score.id} would depend on a score, which may depend on it`,
      });
  for (const view of config.views) {
    const kind = kindNames.find(k => pluralOf(k) === view.of);
    if (kind) checkQuery(view.query, kind, 'crm.yaml', view.line);
    else
      problems.push({
        file: 'crm.yaml',
        line: view.line,
        message: `the view ${view.id} is of ${view.of}, which is no kind of record`,
        hint: kindNames.map(pluralOf).join(', '),
      });
  }
  const templates = readTemplates(files);
  const { automations, broken } = readAutomations(files, { ...config, templates });
  return { config: { ...config, templates, automations, broken }, problems };
}

/** What the board is to show of a deal must be fields of deals. */
function checkCards(pipeline: Pipeline, config: Config, files: ReadonlyMap<string, string>): Problem[] {
  const file = `pipelines/${pipeline.id}.yaml`;
  const cards = [
    { path: ['card'], names: pipeline.card },
    ...pipeline.stages.map(({ card = [] }, i) => ({ path: ['stages', i, 'card'], names: card })),
  ];
  return cards.flatMap(({ path, names }) =>
    names.flatMap((name, i) => {
      if (isCardField(config, name)) return [];
      const { message, hint } = unknownField(config, 'deal', name);
      const line = parseYaml(file, files.get(file)!).lineOf([...path, i]);
      return [{ file, line, message, ...(hint !== undefined && { hint }) }];
    }),
  );
}

/** The rules of a workspace; each that is broken is left out alone, with what is wrong in it. */
function readAutomations(
  files: ReadonlyMap<string, string>,
  config: Config,
): Pick<Config, 'automations' | 'broken'> {
  const automations: Automation[] = [];
  const broken: BrokenAutomation[] = [];
  const texts = makeTexts(config.timezone);
  for (const [path, text] of files) {
    const id = automationIn(path);
    if (id === undefined) continue;
    const yaml = parseYaml(path, text);
    const read = yaml.problems.length > 0 ? undefined : readAutomation(id, yaml.value, config, texts);
    const problems: Problem[] = [
      ...yaml.problems,
      ...(read?.problems ?? []).map(({ path: at, message, hint }) => ({
        file: path,
        line: yaml.lineOf(at),
        message,
        ...(hint !== undefined && { hint }),
      })),
    ];
    if (read?.automation) automations.push(read.automation);
    else broken.push({ id, problems });
  }
  return { automations, broken };
}

/** E-mail templates: front matter with a subject, then the body. */
function readTemplates(files: ReadonlyMap<string, string>): Config['templates'] {
  const templates: Record<string, Template> = {};
  for (const [path, text] of files) {
    const id = /^templates\/([^/]+)\.md$/.exec(path)?.[1];
    if (id === undefined) continue;
    const match = /^---\r?\n([\s\S]*?)\r?\n---\r?\n?([\s\S]*)$/.exec(text);
    const front = match && parseYaml(path, match[1]!);
    const subject =
      front && typeof front.value === 'object' && front.value !== null && 'subject' in front.value
        ? front.value.subject
        : undefined;
    // A broken template breaks the rules that use it, and nothing else.
    if (typeof subject === 'string') templates[id] = { id, subject, body: match![2]! };
  }
  return templates;
}
