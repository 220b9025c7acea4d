/** Changes the stages of a pipeline: its file, and the deals that are in them. */
import { moveUses } from './move-uses.ts';
import { pathOf, type Place, stageIn } from '../core/pipelines.ts';
import {
  asDuration,
  asList,
  asOneOf,
  asPercent,
  asText,
  putSettings,
  type SettingKeys,
  type SettingValues,
} from './setting-keys.ts';
import { editSettings, takeOut } from './settings.ts';
import { nameOf, requireReplacement, usesOf } from './uses.ts';
import type { Setting } from '../core/named-settings.ts';
import type { Viewer } from '../core/viewer.ts';
import type { Writer } from '../core/writer.ts';
import { forecastCategories, type Pipeline, type Stage } from '../../domain/config.ts';
import { conflict, failed, usage } from '../../domain/errors.ts';
import type { Draft } from '../../state/draft.ts';
import type { YamlTree } from '../../store/yaml/yaml-tree.ts';

/** What `crm stage set` may change. */
export const stageKeys: SettingKeys = {
  name: { read: asText, required: true },
  group: { read: asText, option: { takes: 'GROUP', help: 'the group of stages it belongs to' } },
  color: {
    read: asText,
    option: {
      flag: 'stage-color',
      takes: 'COLOR',
      help: 'red, green, yellow, blue, magenta, cyan, gray or #rrggbb',
    },
  },
  probability: {
    read: asPercent,
    option: { takes: 'PERCENT', help: 'how likely a deal in it is won' },
  },
  forecast: {
    read: asOneOf(forecastCategories),
    option: { takes: 'CATEGORY', help: `${forecastCategories.join(', ')} (default: pipeline)` },
  },
  rotting: {
    read: asDuration,
    option: { takes: 'DURATION', help: 'after how long in it a deal is rotting: 7d' },
  },
  requires: {
    read: asList,
    option: { takes: 'FIELDS', help: 'the fields that a deal must have to enter it', isList: true },
  },
  card: { read: asList, option: { takes: 'FIELDS', help: 'what its cards show', isList: true } },
};

export interface NewStage {
  readonly id: string;
  readonly name: string;
  readonly values: SettingValues;
  /** The stage before it, by id or name; undefined for the last. */
  readonly after: string | undefined;
}

/** Adds a stage to a pipeline; CONFLICT if the pipeline has a stage of that id. */
export async function addStage(
  { draft, view: { viewer }, config }: Writer,
  pipeline: Pipeline,
  { id, name, values, after }: NewStage,
): Promise<void> {
  if (pipeline.stages.some(stage => stage.id === id))
    throw conflict(`the pipeline ${pipeline.id} has a stage ${id} already`);
  const before = after === undefined ? pipeline.stages.at(-1) : stageIn(pipeline, after, config, viewer);
  const at = before ? pipeline.stages.findIndex(stage => stage.id === before.id) + 1 : 0;
  await editSettings(draft, viewer, pathOf(pipeline), tree =>
    tree.add(['stages'], { id, name, ...Object.fromEntries(values) }, at),
  );
}

export async function setStage(
  draft: Draft,
  viewer: Viewer,
  { pipeline, stage }: Place,
  values: SettingValues,
): Promise<void> {
  await editSettings(draft, viewer, pathOf(pipeline), tree =>
    putSettings(tree, ['stages', indexOf(tree, pipeline, stage)], values),
  );
}

/** Moves a stage after another one of its pipeline, or to the beginning. */
export async function moveStage(
  draft: Draft,
  viewer: Viewer,
  { pipeline, stage }: Place,
  after: Stage | undefined,
): Promise<void> {
  if (after?.id === stage.id) throw usage(`${stage.id} cannot come after itself`);
  const others = pipeline.stages.filter(s => s.id !== stage.id);
  const to = after ? others.indexOf(after) + 1 : 0;
  if (pipeline.stages[to] === stage) return;
  await editSettings(draft, viewer, pathOf(pipeline), tree => {
    const items = tree.list(['stages']);
    const [item] = items.splice(indexOf(tree, pipeline, stage), 1);
    items.splice(to, 0, item!);
  });
}

export interface StageRemoved {
  /** How many deals were moved. */
  readonly moved: number;
  /** The removed rows of the transition table, from 1: they moved deals from this stage only. */
  readonly rows: readonly number[];
}

/**
 * Removes a stage from its pipeline's file and from the `from` of its transitions, and moves its deals. USAGE if it
 * holds deals and `moveTo` is left out, FAILED if something else still names the stage.
 */
export async function removeStage(
  writer: Writer,
  { pipeline, stage }: Place,
  moveTo: string | undefined,
): Promise<StageRemoved> {
  const { draft, view } = writer;
  const setting: Setting = { type: 'stage', id: stage.id, pipeline: pipeline.id };
  const uses = usesOf(draft, setting);
  const target = moveTo === undefined ? undefined : stageIn(pipeline, moveTo, writer.config, view.viewer).id;
  if (target === stage.id) throw usage(`${stage.id} is the stage to remove`, '--move-to another one');
  requireReplacement(writer.config, setting, uses, target, '--move-to STAGE');
  moveUses(writer, uses, () => ({ stage: target }));
  // Only now: an undo takes back the last first, so that the deals return to a stage that is there.
  let rows: number[] = [];
  await takeOut(draft, view.viewer, pathOf(pipeline), nameOf(setting), tree => {
    tree.take(['stages', indexOf(tree, pipeline, stage)]);
    // New deals begin where the others go.
    if (target !== undefined && tree.get(['entry']) === stage.id) tree.put(['entry'], target);
    rows = forgetSource(tree, pipeline, stage);
  });
  return { moved: uses.length, rows };
}

/** The index of a stage in the list of its pipeline's file. */
function indexOf(tree: YamlTree, pipeline: Pipeline, stage: Stage): number {
  const at = tree.list(['stages']).findIndex((_, i) => tree.get(['stages', i, 'id']) === stage.id);
  if (at < 0)
    throw failed(
      `${pathOf(pipeline)}: ${stage.id} is written in a way that crm cannot edit; change it by hand`,
    );
  return at;
}

/**
 * Removes a stage, and its group if it was the last of the group, from the stages from which transitions move. A row
 * without any stage left is removed, because it never applies. Returns the removed rows, from 1.
 */
function forgetSource(tree: YamlTree, pipeline: Pipeline, stage: Stage): number[] {
  const isLast = !pipeline.stages.some(s => s !== stage && s.group === stage.group);
  const gone = [stage.id, ...(isLast && stage.group ? [`group:${stage.group}`] : [])];
  const rows: number[] = [];
  pipeline.transitions.forEach(({ from }, i) => {
    if (!from?.some(name => gone.includes(name))) return;
    const left = from.filter(name => !gone.includes(name));
    if (left.length === 0) rows.push(i);
    else tree.put(['transitions', i, 'from'], left);
  });
  for (const i of rows.toReversed()) tree.take(['transitions', i]);
  return rows.map(i => i + 1);
}
