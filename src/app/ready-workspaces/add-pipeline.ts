/** Adds a pipeline: with stages by name, or with the stages, transitions and fields of a ready-made workspace. */
import { parse } from 'yaml';
import type { AssignBy } from '../../domain/config.ts';
import { conflict, CrmError, usage } from '../../domain/errors.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { Draft } from '../../state/draft.ts';
import { editYaml } from '../../store/yaml/yaml-edit.ts';
import type { Plain, YamlTree } from '../../store/yaml/yaml-tree.ts';
import type { Viewer } from '../core/viewer.ts';
import { filesOf, newId, writeFiles } from '../settings/settings.ts';
import { scalar } from './base.ts';
import { readyWorkspaces } from './index.ts';
import type { WorkspaceOptions } from './ready-workspace.ts';

export interface NewPipeline {
  readonly id: string;
  readonly name: string;
  readonly currency: string | undefined;
  /** The names of its stages in order; a template has its own. */
  readonly stages: readonly string[];
  readonly template: string | undefined;
  /** Users and `team:NAME` with access; undefined for everybody. */
  readonly access: readonly string[] | undefined;
  readonly assign: AssignBy | undefined;
  readonly among: readonly string[] | undefined;
}

/**
 * Writes the pipeline's file, and the custom fields that a template needs and the workspace lacks. Throws CONFLICT if
 * there is such a pipeline, USAGE for an unknown template, and what the settings refuse.
 */
export async function addPipeline(draft: Draft, viewer: Viewer, pipeline: NewPipeline): Promise<void> {
  const files = filesOf(draft);
  const path = `pipelines/${pipeline.id}.yaml`;
  if (files.has(path)) throw conflict(`there is a pipeline ${pipeline.id} already`);
  const texts = new Map<string, string>();
  if (pipeline.template === undefined) texts.set(path, plainText(pipeline));
  else {
    const made = filesOfTemplate(pipeline.template, {
      name: pipeline.name,
      timezone: draft.config.timezone,
      currency: pipeline.currency ?? draft.config.currency,
    });
    texts.set(path, made.pipeline);
    const settings = files.get('crm.yaml')!;
    texts.set('crm.yaml', withFields(settings, made.settings));
  }
  texts.set(
    path,
    editYaml(path, texts.get(path)!, tree => putGiven(tree, pipeline)),
  );
  try {
    await writeFiles(draft, viewer, texts);
  } catch (error) {
    if (!(error instanceof CrmError) || error.kind !== 'INVALID') throw error;
    // The file does not exist yet, so its line numbers would mean nothing to the user.
    const message = error.message.replaceAll(new RegExp(`^${path.replace('.', '\\.')}:\\d+: `, 'gm'), '');
    throw usage(`that would not be valid: ${message}`, error.hint);
  }
}

function plainText({ name, currency, stages }: NewPipeline): string {
  const lines = [
    `name: ${scalar(name)}`,
    ...(currency === undefined ? [] : [`currency: ${currency}`]),
    stages.length === 0 ? 'stages: []' : 'stages:',
    ...stages.map(stage => `  - { id: ${newId(stage, undefined)}, name: ${scalar(stage)} }`),
  ];
  return `${lines.join('\n')}\n`;
}

function filesOfTemplate(name: string, options: WorkspaceOptions): { pipeline: string; settings: string } {
  const withPipelines = Object.keys(readyWorkspaces).filter(each =>
    pipelineIn(readyWorkspaces[each]!(options)),
  );
  const files = withPipelines.includes(name) ? readyWorkspaces[name]!(options) : undefined;
  if (!files)
    throw usage(`there is no template ${JSON.stringify(name)}`, suggestion(name, withPipelines, 'templates'));
  return { pipeline: pipelineIn(files)!, settings: files['crm.yaml']! };
}

const pipelineIn = (files: Readonly<Record<string, string>>): string | undefined =>
  Object.entries(files).find(([path]) => path.startsWith('pipelines/'))?.[1];

/** The settings with the custom fields of deals that the template has and they lack. */
function withFields(settings: string, template: string): string {
  const { fields } = parse(template) as { fields: { deal?: Record<string, Plain> } };
  const wanted = Object.entries(fields.deal ?? {});
  if (wanted.length === 0) return settings;
  return editYaml('crm.yaml', settings, tree => {
    for (const [name, field] of wanted)
      if (tree.get(['fields', 'deal', name]) === undefined) tree.put(['fields', 'deal', name], field);
  });
}

/** Puts the values of options over those of the template. */
function putGiven(tree: YamlTree, { name, template, access, assign, among }: NewPipeline): void {
  if (template !== undefined) tree.put(['name'], name);
  if (access) tree.put(['access'], access);
  if (assign === undefined && among === undefined) return;
  tree.put(['assign'], { by: assign ?? 'round-robin', ...(among && { among }) });
}
