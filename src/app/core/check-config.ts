/** Checks the meaning of the YAML beyond its shape, such as that of its queries. Loaded only when a file changed. */
import { type Automation, automationIn, type Broken } from '../../domain/automation.ts';
import { notUtf8 } from '../../domain/bad-bytes.ts';
import type { Config, Pipeline } from '../../domain/config.ts';
import { CrmError } from '../../domain/errors.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import { slug } from '../../domain/fold.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { memoBy, recentBy } from '../../domain/memo.ts';
import { whyNotNamed, whyNotUserId } from '../../domain/names.ts';
import { suggestion } from '../../domain/nearest.ts';
import { checkRules } from '../../engine/rules/check-rules.ts';
import { rowsThatLoop } from '../../engine/rules/possible-loops.ts';
import type { Crons } from '../../engine/crons.ts';
import type { RuleProblem } from '../../engine/rules/rule-problem.ts';
import { readAutomation } from '../../engine/rules/read-automation.ts';
import { knownInSignature } from '../../engine/texts/text-data.ts';
import { hasLiquid, type Texts } from '../../engine/texts/texts.ts';
import { compileText } from '../../query/compile.ts';
import type { Asks } from '../../query/scope.ts';
import { readConfig } from '../../store/settings/read-config.ts';
import { parseYaml, type Problem } from '../../store/yaml/yaml.ts';
import { isCardField, unknownField } from './readable-fields.ts';
import { bodiesOf, readTemplates } from './read-templates.ts';

export interface CheckedConfig {
  readonly config: Config | undefined;
  readonly problems: readonly Problem[];
}

/** What checks the texts and the cron expressions in files, before there are settings to make `Languages` from. */
interface LanguageMakers {
  /** Makes the texts of a workspace, with the bodies of its templates by id. */
  makeTexts(timezone: string, bodies: ReadonlyMap<string, string>): Texts;
  readonly crons: Crons;
}

/** The most settings whose check is remembered: a command that writes some checks the same texts several times. */
const MOST_REMEMBERED = 32;

const checkedBy = memoBy((kinds: Kinds) =>
  recentBy(MOST_REMEMBERED, (_: string, files: ReadonlyMap<string, string>, languages: LanguageMakers) =>
    checked(files, kinds, languages),
  ),
);

/**
 * Checks the settings in files, by path; `checkFiles` finds the languages that they use. The result may be shared with
 * other calls, so nobody may change it.
 */
export function checkConfig(
  files: ReadonlyMap<string, string>,
  kinds: Kinds,
  languages: LanguageMakers,
): CheckedConfig {
  return checkedBy(kinds)(JSON.stringify([...files]), files, languages);
}

function checked(
  files: ReadonlyMap<string, string>,
  kinds: Kinds,
  { makeTexts, crons }: LanguageMakers,
): CheckedConfig {
  const { config, problems } = readConfig(files, kinds);
  if (!config) return { config, problems };
  // `refused` says why a query must not ask for something; undefined if it may.
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
    const kind = kinds.names.find(k => kinds.pluralOf(k) === view.of);
    if (kind) checkQuery(view.query, kind, 'crm.yaml', view.line);
    else
      problems.push({
        file: 'crm.yaml',
        line: view.line,
        message: `the view ${view.id} is of ${view.of}, which is not a kind of record`,
        hint: kinds.names.map(kind => kinds.pluralOf(kind)).join(', '),
      });
  }
  const texts = makeTexts(config.timezone, bodiesOf(files));
  const withTemplates = { ...config, ...readTemplates(files, config, texts) };
  problems.push(...unknownTemplates(withTemplates, files));
  const rules = readAutomations(files, withTemplates, { texts, crons });
  const warnings = [...rules.warnings, ...userWarnings(config, files, texts)];
  return { config: { ...withTemplates, ...rules, warnings }, problems };
}

/** The board can show only fields of deals. */
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

/** Warns of users whose old id is a reserved word now, and of signatures. Such users are not refused, since records name them. */
function userWarnings(config: Config, files: ReadonlyMap<string, string>, texts: Texts): Broken[] {
  const signatures = Object.values(config.users).flatMap(({ id, signature = '' }) => {
    const wrong = hasLiquid(signature) ? texts.check(signature, knownInSignature) : undefined;
    if (!wrong) return [];
    const line = parseYaml('crm.yaml', files.get('crm.yaml')!).lineOf(['users', id, 'signature']);
    const message = `the signature of ${id}: ${wrong.message}`;
    const hint = wrong.hint ?? 'texts with this signature fail';
    return [{ id: 'users', problems: [{ file: 'crm.yaml', line, message, hint }] }];
  });
  const ids = Object.keys(config.users).flatMap(id => {
    const message = whyNotUserId(id);
    if (message === undefined) return [];
    const line = parseYaml('crm.yaml', files.get('crm.yaml')!).lineOf(['users', id]);
    const hint = `add the user under another id, then crm user rm ${id} --successor USER`;
    return [{ id: 'users', problems: [{ file: 'crm.yaml', line, message, hint }] }];
  });
  return [...ids, ...signatures];
}

/** Returns the forms whose confirmation names a template that does not exist. */
function unknownTemplates(
  { serve, templates, brokenTemplates }: Config,
  files: ReadonlyMap<string, string>,
): Problem[] {
  const known = [...Object.keys(templates), ...brokenTemplates.map(({ id }) => id)];
  return Object.entries(serve?.forms ?? {}).flatMap(([form, { confirm }]) => {
    if (confirm === undefined || known.includes(confirm)) return [];
    const line = parseYaml('crm.yaml', files.get('crm.yaml')!).lineOf(['serve', 'forms', form, 'confirm']);
    const message = `there is no template ${JSON.stringify(confirm)}`;
    const hint = suggestion(confirm, known, 'templates') ?? `a file templates/${confirm}.md`;
    return [{ file: 'crm.yaml', line, message, hint }];
  });
}

function tableWarnings(pipeline: Pipeline): Broken[] {
  const problems = rowsThatLoop(pipeline).map(({ rule, message }) => ({
    file: `pipelines/${pipeline.id}.yaml`,
    line: pipeline.transitions[rule - 1]!.line,
    message,
    hint: 'for one of them, a when that never holds together with the other',
  }));
  return problems.length > 0 ? [{ id: pipeline.id, problems }] : [];
}

/**
 * Returns the problem of a rule with bytes that are not UTF-8. Such a rule is left out, because its text is not
 * known.
 */
const utf8Problem = (file: string, text: string): Problem[] => {
  const found = notUtf8(text);
  return found ? [{ file, ...found }] : [];
};

/** Returns the problem of a file with a name that nothing can have. */
function unnamed(what: string, id: string, file: string): Problem[] {
  const message = whyNotNamed(what, id);
  return message === undefined ? [] : [{ file, line: 1, message, hint: 'rename the file' }];
}

const notAnId = {
  message: "the file's name is not an id",
  hint: 'lower-case ASCII words with hyphens, such as hot-leads.yaml',
};

/** Returns the rules of a workspace; only broken rules are left out, each with its problems. */
function readAutomations(
  files: ReadonlyMap<string, string>,
  config: Config,
  { texts, crons }: { readonly texts: Texts; readonly crons: Crons },
): Pick<Config, 'automations' | 'broken' | 'warnings'> {
  const automations: Automation[] = [];
  const broken: Broken[] = [];
  const yamls = new Map<string, ReturnType<typeof parseYaml>>();
  const placed = (id: string, problems: readonly RuleProblem[]): Problem[] =>
    problems.map(({ path: at, message, hint }) => ({
      file: `automations/${id}.yaml`,
      line: yamls.get(id)!.lineOf(at),
      message,
      ...(hint !== undefined && { hint }),
    }));
  for (const [path, text] of files) {
    const id = automationIn(path);
    if (id === undefined) continue;
    const yaml = parseYaml(path, text);
    yamls.set(id, yaml);
    const read = yaml.problems.length > 0 ? undefined : readAutomation(id, yaml.value, config, texts, crons);
    const problems: Problem[] = [
      ...(slug(id) === id ? [] : [{ file: path, line: 1, ...notAnId }]),
      ...utf8Problem(path, text),
      ...unnamed('a rule', id, path),
      ...yaml.problems,
      ...placed(id, read?.problems ?? []),
    ];
    if (read?.automation && problems.length === 0) automations.push(read.automation);
    else broken.push({ id, problems });
  }
  const together = checkRules(automations, [...yamls.keys()]);
  const wrong = (id: string) => together.problems.get(id);
  for (const [id, problems] of together.problems) broken.push({ id, problems: placed(id, problems) });
  return {
    automations: automations.filter(({ id }) => !wrong(id)),
    broken: broken.sort((a, b) => byCodeUnits(a.id, b.id)),
    warnings: [
      ...[...together.warnings].map(([id, warnings]) => ({ id, problems: placed(id, warnings) })),
      ...config.pipelines.flatMap(pipeline => tableWarnings(pipeline)),
    ],
  };
}
