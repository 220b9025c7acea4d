/** Reads a pipeline from its file. Stages, fields and users that the file names must exist. */
import type * as z from 'zod/mini';
import {
  type Config,
  defaultCard,
  type Pipeline,
  type Stage,
  type Transition,
  usersAmong,
} from '../../domain/config.ts';
import { whyNotNamed } from '../../domain/names.ts';
import { suggestion } from '../../domain/nearest.ts';
import { fieldsOf, findField } from '../../kinds/fields.ts';
import { checkUsers, defined, type Say, sayIn } from './config-problems.ts';
import { pipelineYaml, slugPattern } from './config-schema.ts';
import { parseYaml, type Problem, type YamlFile } from '../yaml/yaml.ts';
import { check } from '../yaml/yaml-shape.ts';

type PipelineYaml = z.infer<typeof pipelineYaml>;

const colors = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white', 'gray'];

/** Reads the file of a pipeline; undefined if its shape is wrong. `config` has the settings of crm.yaml. */
export function readPipeline(
  path: string,
  text: string,
  config: Config,
  problems: Problem[],
): Pipeline | undefined {
  const file = parseYaml(path, text);
  const say = sayIn(file, problems);
  const id = path.slice('pipelines/'.length, -'.yaml'.length);
  if (!slugPattern.test(id))
    say([], `the pipeline's file name is not an id: ${id}`, 'lower-case ASCII words with hyphens');
  const unnamed = whyNotNamed('a pipeline', id);
  if (unnamed !== undefined) say([], unnamed, 'rename the file');
  const value = check(pipelineYaml, file, problems);
  if (!value) return undefined;
  const stages = (value.stages ?? []).map(s => defined(s) as Stage);
  const ids = stages.map(s => s.id);
  checkStages(stages, config, say);
  if (value.entry) checkStage(['entry'], value.entry, ids, say);
  checkUsers(config, ['assign', 'among'], value.assign?.among ?? [], say);
  checkUsers(config, ['access'], value.access ?? [], say);
  return {
    id,
    name: value.name,
    currency: value.currency ?? config.currency,
    assign: value.assign ?? { by: 'none', among: [] },
    ...(value.access && { access: usersAmong(config, value.access) }),
    card: value.card ?? defaultCard,
    entry: value.entry ?? ids[0] ?? '',
    requires: value.requires ?? [],
    ...(value['lost-reasons'] && { lostReasons: value['lost-reasons'] }),
    ...(value['requires-reason'] && { requiresReason: true }),
    stages,
    transitions: transitionsOf(value, stages, file, say),
  };
}

function checkStages(stages: readonly Stage[], config: Config, say: Say): void {
  const ids = stages.map(s => s.id);
  ids.forEach((id, i) => {
    if (ids.indexOf(id) < i) say(['stages', i, 'id'], `there are two stages ${id}`);
  });
  stages.forEach(({ color }, i) => {
    if (color && !colors.includes(color) && !/^#[0-9a-f]{6}$/i.test(color))
      say(
        ['stages', i, 'color'],
        `unknown colour ${JSON.stringify(color)}`,
        suggestion(color, colors, 'colours') ?? '#rrggbb',
      );
  });
  stages.forEach(({ requires = [] }, i) => {
    for (const [k, name] of requires.entries()) {
      if (findField(config, 'deal', name)?.settable) continue;
      const known = fieldsOf(config, 'deal').filter(f => f.settable);
      say(
        ['stages', i, 'requires', k],
        `unknown field ${JSON.stringify(name)} of deals`,
        suggestion(
          name,
          known.map(f => f.name),
          'fields',
        ),
      );
    }
  });
}

function checkStage(path: readonly PropertyKey[], name: string, ids: readonly string[], say: Say): void {
  if (!ids.includes(name))
    say(path, `unknown stage ${JSON.stringify(name)}`, suggestion(name, ids, 'stages'));
}

/** Returns the rows of the transition table, each with its line. */
function transitionsOf(
  { transitions }: PipelineYaml,
  stages: readonly Stage[],
  file: YamlFile,
  say: Say,
): Transition[] {
  const ids = stages.map(s => s.id);
  const groups = [...new Set(stages.flatMap(s => s.group ?? []))];
  return (transitions ?? []).map((row, i) => {
    checkStage(['transitions', i, 'to'], row.to, ids, say);
    for (const [k, name] of (row.from ?? []).entries()) {
      const path = ['transitions', i, 'from', k];
      const group = name.startsWith('group:') ? name.slice('group:'.length) : undefined;
      if (group === undefined) checkStage(path, name, ids, say);
      else if (!groups.includes(group))
        say(path, `unknown group ${JSON.stringify(group)}`, suggestion(group, groups, 'groups'));
    }
    return { ...defined(row), line: file.lineOf(['transitions', i]) } as Transition;
  });
}
