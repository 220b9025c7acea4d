/** Adds, switches, changes and removes the files of rules. */
import type { Automation } from '../../domain/automation.ts';
import type { Config } from '../../domain/config.ts';
import type { Draft } from '../../state/draft.ts';
import { conflict, notFound, usage } from '../../domain/errors.ts';
import { requireId } from '../../domain/names.ts';
import { type Kinds, numberOf } from '../../domain/kinds.ts';
import type { Enrolment } from '../../domain/records.ts';
import type { State } from '../../state/state.ts';
import { allAutomations, builtIn } from '../../engine/built-in.ts';
import {
  asOneOf,
  asText,
  asTruth,
  putSettings,
  type SettingKeys,
  type SettingValues,
} from '../settings/setting-keys.ts';
import { editSettings, filesOf, writeSettings } from '../settings/settings.ts';
import type { Viewer } from '../core/viewer.ts';
import { problemsError } from '../core/workspace.ts';
import type { Writer } from '../core/writer.ts';
import { automationNamed } from './automation-named.ts';

export const pathOf = (id: string): string => `automations/${id}.yaml`;

/** Returns the rule that a text would make, with the settings that would contain it; INVALID if it is broken. */
export async function automationOf(
  files: ReadonlyMap<string, string>,
  kinds: Kinds,
  id: string,
  text: string,
): Promise<{ config: Config; rule: Automation }> {
  const { checkFiles } = await import('../core/check-files.ts');
  // The rules are in the order of their files.
  const all = new Map([...files, [pathOf(id), text] as const].sort(([a], [b]) => (a < b ? -1 : 1)));
  const { config, problems } = await checkFiles(all, kinds);
  if (!config || problems.length > 0) throw problemsError(problems);
  return { config, rule: automationNamed(config, id) };
}

/** Adds a rule's file; INVALID if it is not a rule, CONFLICT if a rule has that id. */
export async function addAutomation(draft: Draft, viewer: Viewer, id: string, text: string): Promise<void> {
  requireId(id, 'an id', 'hot-leads');
  if (filesOf(draft).has(pathOf(id))) throw conflict(`there is an automation ${id} already`, `${pathOf(id)}`);
  await writeSettings(draft, viewer, pathOf(id), text);
  automationNamed(draft.config, id);
}

/** Switches a rule on or off, in its file; a broken one cannot be switched on. */
export async function switchAutomation(
  draft: Draft,
  viewer: Viewer,
  id: string,
  enabled: boolean,
): Promise<void> {
  if (enabled || !draft.config.broken.some(a => a.id === id)) automationNamed(draft.config, id);
  if (allAutomations(draft.config).find(a => a.id === id)?.enabled === enabled) return;
  if (!filesOf(draft).has(pathOf(id))) refuseBuiltIn(id);
  await editSettings(draft, viewer, pathOf(id), tree => tree.put(['enabled'], enabled));
}

/** The keys that `crm automation set` may change: those with one value. */
export const automationKeys: SettingKeys = {
  name: { read: asText },
  enabled: { read: asTruth, required: true },
  where: { read: asText },
  runs: { read: asOneOf(['once', 'every-time']) },
  limit: { read: asText },
  overlap: { read: asTruth },
  generations: { read: text => (/^\d+$/.test(text) ? Number(text) : text) },
};

/** Changes a rule in its file; USAGE if the result would not be a rule. */
export async function setAutomation(
  { draft, view }: Writer,
  id: string,
  values: SettingValues,
): Promise<void> {
  if (!filesOf(draft).has(pathOf(id))) refuseBuiltIn(automationNamed(draft.config, id).id);
  await editSettings(draft, view.viewer, pathOf(id), tree => putSettings(tree, [], values));
  const broken = draft.config.broken.find(each => each.id === id)?.problems[0];
  if (broken)
    throw usage(
      `that would not be a valid rule: ${broken.file}:${broken.line}: ${broken.message}`,
      broken.hint,
    );
}

/** Throws USAGE for a built-in rule, which has no file and cannot be changed. */
export function refuseBuiltIn(id: string): void {
  if (builtIn.some(each => each.id === id))
    throw usage(`${id} is built in`, `a rule of your own in ${pathOf(id)} stands in its place`);
}

/** Removes a rule's file. Its waiting enrolments pause; `restore` brings both back. */
export async function removeAutomation(draft: Draft, viewer: Viewer, id: string): Promise<void> {
  if (!filesOf(draft).has(pathOf(id))) automationNamed(draft.config, id);
  await writeSettings(draft, viewer, pathOf(id), null);
}

/** Enrolments of a rule, or of all, newest first. */
export function enrolmentsOf(state: State, id: string | undefined): Enrolment[] {
  const table = state.table('enrolment');
  return table
    .liveRows()
    .map(row => table.record(row) as Enrolment)
    .filter(record => id === undefined || record.automation === id)
    .sort((a, b) => numberOf(b.id) - numberOf(a.id));
}

/** Makes failed enrolments continue at the failed step, in the next sweep; returns their ids. */
export function retryEnrolments({ draft, view }: Writer, what: readonly string[]): string[] {
  const failed = enrolmentsOf(draft.state, undefined).filter(e => e.status === 'failed' && view.seesId(e.id));
  const chosen = failed.filter(
    e => what.length === 0 || what.includes(e.id) || what.includes(e.automation) || what.includes(e.subject),
  );
  for (const word of what)
    if (!chosen.some(e => e.id === word || e.automation === word || e.subject === word))
      throw notFound(
        `there is no failed enrolment ${JSON.stringify(word)}`,
        'crm automation enrolments --failed',
      );
  for (const { id } of chosen) draft.set(id, { status: 'ready', error: null });
  return chosen.map(e => e.id);
}
