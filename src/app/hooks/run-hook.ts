/** Runs one hook: its file is started without a shell and without arguments, in the directory of the workspace. */
import { join } from 'node:path';
import { programEnvironment } from '../core/program-environment.ts';
import type { Workspace } from '../core/workspace.ts';
import { type HookName, hookPath } from './hook-files.ts';
import { hookInput, type Told } from './hook-input.ts';

/** The most time that a hook may take, ms: a person waits for it. */
const HOOK_TIMEOUT = 30_000;

/** The outcome of a hook. */
export interface HookOutcome {
  /**
   * `agreed`: it ended with exit code 0. `refused`: with another exit code. `failed`: it did not start, or did not end by
   * itself. `stopped`: crm was asked to end meanwhile.
   */
  readonly is: 'agreed' | 'refused' | 'failed' | 'stopped';
  /** How it ended, in words that follow the hook's path. */
  readonly how: string;
  /** The beginning of its output. */
  readonly said: string;
}

/** Runs a hook with a transaction on its standard input, for at most `timeout` ms. Failures are outcomes, not errors. */
export async function runHook(
  workspace: Workspace,
  name: HookName,
  told: Told,
  timeout = HOOK_TIMEOUT,
): Promise<HookOutcome> {
  const { runProgram, whyNotStarted } = await import('../../channels/processes.ts');
  const { world, store, config, clock } = workspace;
  const dir = String(world.io.realpathSync(store.dir));
  const abort = new AbortController();
  // Ctrl-C reaches crm alone: a hook leads a process group of its own, which crm ends.
  const off = world.onStop?.(() => abort.abort());
  const ended = await runProgram({
    argv: [join(dir, hookPath(name))],
    cwd: dir,
    env: { ...programEnvironment(world.env, config), CRM_HOOK: name, CRM_DIR: dir, CRM_NO_INPUT: '1' },
    input: hookInput(name, told, clock),
    timeout,
    abort: abort.signal,
  });
  off?.();
  if ('code' in ended) return { is: 'failed', how: `was not started: ${whyNotStarted(ended)}`, said: '' };
  const { exitCode, signal, isCutOff } = ended;
  const said = ended.output.trim();
  if (abort.signal.aborted) return { is: 'stopped', how: 'was stopped', said };
  if (isCutOff)
    return { is: 'failed', how: `did not end within ${timeout / 1000} seconds, and was stopped`, said };
  if (exitCode === undefined) return { is: 'failed', how: `was ended by ${signal}`, said };
  return { is: exitCode === 0 ? 'agreed' : 'refused', how: `ended with exit code ${exitCode}`, said };
}
