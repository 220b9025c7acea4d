/**
 * `crm status --prompt`: a shell runs it before every prompt, so the line is kept with the caches, by the tip of the
 * journal, the day and the settings, and a workspace is only opened to make it anew.
 */
import { join } from 'node:path';
import { Workspace, type World } from '../app/core/workspace.ts';
import { addDays } from '../domain/dates.ts';
import { CrmError } from '../domain/errors.ts';
import { Store } from '../store/store.ts';
import { type Found, findWorkspace } from '../store/site/workspace.ts';
import type { Context } from './line/context.ts';

/** Under this name the line is kept. */
const NAME = 'prompt';

interface Kept {
  readonly line: string;
  /** The day that the line is about, in ms: from its beginning until before the next one. */
  readonly from: number;
  readonly until: number;
}

/** Prints the line; nothing outside of a workspace, in one that the user does not trust, or if there is nothing to say. */
export async function printPrompt(context: Context): Promise<void> {
  const world = await context.world();
  const found = workspaceHere(context, world);
  if (found === undefined) return;
  const store = new Store({ ...world, dir: found.dir });
  const line = await lineOf(context, world, found, store);
  if (line !== '') await context.print(`${line}\n`);
}

/** Returns the workspace, if there is one. A directory without a workspace is an error only if it was named. */
function workspaceHere({ globals, deps }: Context, world: World): Found | undefined {
  try {
    const found = findWorkspace(world.io, globals.dir, world);
    return found.foreign !== undefined && !found.isNamed ? undefined : found;
  } catch (error) {
    const isNamed = globals.dir !== undefined || (deps.env.CRM_DIR ?? '') !== '';
    if (!isNamed && error instanceof CrmError && error.kind === 'NOT_FOUND') return undefined;
    throw error;
  }
}

async function lineOf(context: Context, world: World, { dir }: Found, store: Store): Promise<string> {
  try {
    const { seq, hash } = await store.journal.tip();
    const key = JSON.stringify([
      world.version,
      world.user.name,
      world.user.named,
      seq,
      hash,
      ...settingsOf(world, dir),
    ]);
    const now = instantOf(context);
    const kept = store.kept<Kept>(NAME, key);
    if (kept && now >= kept.from && now < kept.until) return kept.line;
    const made = await makeLine(context, world);
    store.keep(NAME, key, made);
    return made.line;
  } catch (error) {
    // At every prompt the whole error would be too much.
    if (error instanceof CrmError && error.kind === 'INVALID') return 'broken: crm doctor';
    throw error;
  }
}

async function makeLine({ globals }: Context, world: World): Promise<Kept> {
  const { promptLine } = await import('../app/reading/prompt-line.ts');
  const workspace = await Workspace.open(world, globals.dir);
  const { zone, now } = workspace.clock;
  const day = zone.day(now);
  return {
    line: await promptLine(await workspace.view(), workspace.store.journal),
    from: zone.midnight(day),
    until: zone.midnight(addDays(day, 1)),
  };
}

/**
 * Identifies the settings that decide what a user sees, by the dates of their files: reading them would take longer.
 */
function settingsOf({ io }: World, dir: string): string[] {
  const folder = join(dir, 'pipelines');
  const names = io.existsSync(folder) ? io.readdirSync(folder).sort() : [];
  return ['crm.yaml', ...names.map(name => join('pipelines', name))].map(name => {
    const { ino, size, mtimeMs, ctimeMs } = io.statSync(join(dir, name));
    return [name, ino, size, mtimeMs, ctimeMs].join(' ');
  });
}

/** The time of the command, ms; NaN where it takes a workspace's zone to know it. */
function instantOf({ globals, deps }: Context): number {
  const given = globals.now ?? (deps.env.CRM_NOW || undefined);
  if (given === undefined) return deps.now();
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(given) ? Date.parse(given) : Number.NaN;
}
