/**
 * Searches the settings that a viewer may know for the words for which records are searched: every word must be in the
 * texts of a pipeline, a stage, a user, ... or be its id.
 */
import { customFieldsOf, type Config } from '../../domain/config.ts';
import { fold } from '../../domain/fold.ts';
import { excerptOf } from './excerpt.ts';
import { rank } from './search-columns.ts';
import type { FoundPlace } from './search-places.ts';

/** What has a place in the settings, by its plural. */
export const settingKinds = {
  pipelines: 'pipeline',
  stages: 'stage',
  fields: 'field',
  users: 'user',
  teams: 'team',
  'task-types': 'task-type',
  views: 'view',
  automations: 'automation',
  templates: 'template',
} as const;

export type SettingKind = (typeof settingKinds)[keyof typeof settingKinds];

interface Setting {
  readonly kind: SettingKind;
  readonly id: string;
  readonly title: string | null;
  /** The setting that it belongs to: the pipeline of a stage, the kind of a field. */
  readonly about?: string;
  /** Its other texts, by the key that has them. */
  readonly texts: { readonly [field: string]: unknown };
}

/** A setting that has all the words, and where; its rank is one of those of records. */
export interface FoundSetting extends FoundPlace {
  readonly rank: number;
}

/** Returns the settings that have all the words, the best first; of one rank in the order of their kinds. */
export function searchSettings(
  config: Config,
  words: readonly string[],
  kinds?: readonly string[],
): FoundSetting[] {
  const found: FoundSetting[] = [];
  for (const setting of settingsIn(config)) {
    if (kinds && !kinds.includes(setting.kind)) continue;
    const its = foundIn(setting, words);
    if (its) found.push(its);
  }
  return found.sort((a, b) => a.rank - b.rank);
}

function* settingsIn(config: Config): Iterable<Setting> {
  for (const { id, name, stages, transitions } of config.pipelines) {
    yield { kind: 'pipeline', id, title: name, texts: { transitions } };
    for (const { id: stage, name, group } of stages)
      yield { kind: 'stage', id: stage, title: name, about: id, texts: { group } };
  }
  for (const kind of config.kinds.extensible)
    for (const { name, label, options } of customFieldsOf(config, kind))
      yield { kind: 'field', id: name, title: label ?? null, about: kind, texts: { options } };
  for (const { id, name, email, signature } of Object.values(config.users))
    yield { kind: 'user', id, title: name, texts: { email, signature } };
  for (const [id, members] of Object.entries(config.teams))
    yield { kind: 'team', id, title: null, texts: { members } };
  for (const id of Object.keys(config.taskTypes)) yield { kind: 'task-type', id, title: null, texts: {} };
  for (const { id, of, query } of config.views)
    yield { kind: 'view', id, title: null, about: of, texts: { query } };
  for (const { id, name, on, where, steps } of config.automations)
    yield { kind: 'automation', id, title: name, texts: { on, where, steps } };
  for (const { id, subject, body } of Object.values(config.templates))
    yield { kind: 'template', id, title: subject, texts: { body } };
}

/** The texts of a value, however deep. */
const textsIn = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsIn)
      : [];

/** What a pipeline, a user, ... is called in the columns of a search. */
const naming = { template: 'subject', field: 'label' } as const;

function foundIn(
  { kind, id, title, about, texts }: Setting,
  words: readonly string[],
): FoundSetting | undefined {
  const nameField = kind === 'template' || kind === 'field' ? naming[kind] : 'name';
  const places = [
    { field: nameField, text: title ?? '', rankOf: rankInName },
    { field: 'id', text: id, rankOf: rankInName },
    ...Object.entries(texts).flatMap(([field, value]) =>
      textsIn(value).map(text => ({ field, text, rankOf: rankInText })),
    ),
  ].map(place => ({ ...place, folded: fold(place.text).replace(/\s+/g, ' ') }));
  const bestOf = (word: string) => Math.min(...places.map(({ folded, rankOf }) => rankOf(folded, word)));
  const worst = Math.max(...words.map(bestOf));
  if (worst === Number.POSITIVE_INFINITY) return undefined;
  const has = (folded: string) => words.filter(word => folded.includes(word)).length;
  const best = places.reduce((one, other) => (has(other.folded) > has(one.folded) ? other : one));
  return {
    kind,
    id,
    title,
    field: best.field,
    excerpt: excerptOf(best.text, words),
    about: about ?? null,
    rank: Math.min(worst, bestOf(words.join(' '))),
  };
}

function rankInName(name: string, word: string): number {
  if (name === word) return rank.exact;
  const at = name.indexOf(word);
  if (at < 0) return Number.POSITIVE_INFINITY;
  if (at === 0) return rank.nameBegins;
  const words = [...name.matchAll(/[\p{L}\p{N}]+/gu)].map(({ index }) => index);
  return words.some(begin => name.startsWith(word, begin)) ? rank.wordBegins : rank.inName;
}

const rankInText = (text: string, word: string): number =>
  text.includes(word) ? rank.inText : Number.POSITIVE_INFINITY;
