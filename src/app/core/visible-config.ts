/**
 * The settings as a viewer may know them: without the pipelines that are closed to them, and without the views, rules
 * and mappings that name one and the templates that only such rules use. The names are removed from other templates.
 * Messages to a user, and the reading of their input, use these settings; decisions for the workspace (transitions,
 * rules, assignment) use the whole settings.
 */
import { memoBy } from '../../domain/memo.ts';
import { type Automation, automationIn, type Template, testedIn } from '../../domain/automation.ts';
import type { Config } from '../../domain/config.ts';
import { type HiddenNames, hiddenNames } from './hidden-names.ts';
import { hasAccess, type Viewer } from './viewer.ts';

/** Returns the settings themselves if nothing in them is hidden from the viewer. */
export function visibleConfig(config: Config, viewer: Viewer): Config {
  const names = hiddenNames(config, viewer);
  if (!names) return config;
  return configWithout(names, config, viewer);
}

const configWithout = memoBy((names: HiddenNames, config: Config, viewer: Viewer) =>
  without(config, viewer, names),
);

/**
 * Returns the files that a viewer may read; `files` are all. Hidden names are removed from the text of a rule or
 * template.
 */
export function visibleFiles(
  files: ReadonlyMap<string, string>,
  config: Config,
  viewer: Viewer,
): ReadonlyMap<string, string> {
  const names = hiddenNames(config, viewer);
  if (!names) return files;
  const visible = visibleConfig(config, viewer);
  return new Map(
    [...files].flatMap(([path, text]): [string, string][] => {
      if (isHiddenFile(path, config, visible)) return [];
      if (!names.inText(text)) return [[path, text]];
      return automationIn(path) || templateIn(path) ? [[path, names.redacted(text)]] : [];
    }),
  );
}

/** Whether a viewer may read what a file of this path said, now or earlier. */
export function isTextVisible(config: Config, viewer: Viewer, path: string, text: string): boolean {
  if (isHiddenFile(path, config, visibleConfig(config, viewer))) return false;
  return !(hiddenNames(config, viewer)?.inText(text) ?? false);
}

/** Whether a file is of a pipeline that `visible` does not have, or of a rule or template that only `config` has. */
function isHiddenFile(path: string, config: Config, visible: Config): boolean {
  const pipeline = /^pipelines\/(.+)\.yaml$/.exec(path)?.[1];
  // For a pipeline that no longer exists, nobody knows who had access.
  if (pipeline !== undefined) return !visible.pipelines.some(each => each.id === pipeline);
  const rule = automationIn(path) ?? testedIn(path);
  if (rule !== undefined) return isRule(config, rule) && !isRule(visible, rule);
  const template = templateIn(path);
  return template !== undefined && isTemplate(config, template) && !isTemplate(visible, template);
}

const isTemplate = ({ templates, brokenTemplates }: Config, id: string): boolean =>
  Object.hasOwn(templates, id) || brokenTemplates.some(each => each.id === id);

const templateIn = (path: string): string | undefined => /^templates\/(.+)\.md$/.exec(path)?.[1];

/** Whether the settings have a rule of this id that the viewer may not know. */
export function isRuleHidden(config: Config, viewer: Viewer, id: unknown): boolean {
  const visible = visibleConfig(config, viewer);
  return visible !== config && isRule(config, id) && !isRule(visible, id);
}

const isRule = ({ automations, broken }: Config, id: unknown): boolean =>
  automations.some(rule => rule.id === id) || broken.some(rule => rule.id === id);

function without(config: Config, viewer: Viewer, names: HiddenNames): Config {
  const automations = visibleRules(config.automations, names);
  const hidden = config.automations.filter(rule => !automations.includes(rule));
  const templates = templatesOnlyIn(hidden, automations);
  const pipelines = config.pipelines.filter(pipeline => hasAccess(pipeline, viewer));
  return {
    ...config,
    pipelines: pipelines.map(pipeline => ({
      ...pipeline,
      transitions: pipeline.transitions.filter(({ when }) => when === undefined || !names.inQuery(when)),
    })),
    scores: config.scores.map(score => ({
      ...score,
      rules: score.rules.filter(({ when }) => !names.inQuery(when)),
    })),
    views: config.views.filter(({ id, query }) => !names.inQuery(query) && !names.has(id)),
    imports: Object.fromEntries(
      Object.entries(config.imports).filter(
        ([name, mapping]) => !names.has(name) && !names.inSetting(mapping),
      ),
    ),
    automations,
    // The meaning of a broken rule is unknown.
    broken: [],
    warnings: config.warnings.filter(
      ({ id }) => automations.some(rule => rule.id === id) || pipelines.some(each => each.id === id),
    ),
    templates: Object.fromEntries(
      Object.entries(config.templates)
        .filter(([id]) => !templates.has(id))
        .map(([id, template]) => [id, redactedIn(template, names)]),
    ),
    brokenTemplates: config.brokenTemplates.filter(({ id }) => !templates.has(id)),
  };
}

/** Returns a template without hidden names in its texts; e-mails are rendered from the whole settings. */
const redactedIn = (template: Template, names: HiddenNames): Template =>
  Object.fromEntries(
    Object.entries(template).map(([key, value]) => [
      key,
      typeof value === 'string' && key !== 'id' ? names.redacted(value) : value,
    ]),
  ) as unknown as Template;

/** Returns the rules that name neither something hidden nor a rule that does. */
function visibleRules(rules: readonly Automation[], names: HiddenNames): readonly Automation[] {
  const hidden = new Set(rules.filter(rule => names.inSetting(rule)).map(({ id }) => id));
  for (let before = -1; before !== hidden.size; ) {
    before = hidden.size;
    for (const { id, on, steps, where } of rules)
      if (textsIn([on, steps, where]).some(text => text !== id && hidden.has(text))) hidden.add(id);
  }
  return rules.filter(({ id }) => !hidden.has(id));
}

/** Returns the templates that only hidden rules use. */
function templatesOnlyIn(hidden: readonly Automation[], seen: readonly Automation[]): ReadonlySet<string> {
  const used = new Set(seen.flatMap(rule => textsIn(rule.steps)));
  return new Set(hidden.flatMap(rule => textsIn(rule.steps)).filter(text => !used.has(text)));
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
