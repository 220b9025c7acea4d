/**
 * Runs the hooks of a workspace: programs in `hooks/`, of which `pre-commit` is asked before a change is saved and
 * `post-commit` is told afterwards. A hook runs only on machines whose user trusts its present bytes, and never for
 * commands that only read.
 */
import { CrmError } from '../../domain/errors.ts';
import { type Asked, type Hooks, Refusal } from '../core/commit/hooks.ts';
import { Trusted } from '../core/trusted.ts';
import { isAdmin } from '../core/viewer.ts';
import type { Workspace } from '../core/workspace.ts';
import { commitHookItem, type HookName, hookPath, hooksIn } from './hook-files.ts';
import { type HookOutcome, runHook } from './run-hook.ts';

export interface HookOptions {
  /** Shows the output of a hook to the user. */
  readonly say: (text: string) => void;
  /** How long a hook may take, ms (default: 30,000). */
  readonly timeout?: number;
}

/** Returns the hooks that this machine runs for a workspace; undefined if it runs none. */
export async function hooksOf(workspace: Workspace, options: HookOptions): Promise<Hooks | undefined> {
  const names = hooksIn(workspace.world.io, workspace.store.dir);
  if (names.length === 0) return undefined;
  const caller = callingHook(workspace);
  if (caller === 'pre-commit') return { ask: () => Promise.reject(calledByItself()) };
  const trusted = await trustedAmong(workspace, names);
  const asks = trusted.includes('pre-commit');
  // post-commit is not told of its own changes, because that would never end.
  const tells = trusted.includes('post-commit') && caller !== 'post-commit';
  if (!asks && !tells) return undefined;
  return {
    ...(asks && { ask: transactions => askAll(workspace, transactions, options) }),
    ...(tells && { tell: transactions => tellAll(workspace, transactions, options) }),
  };
}

/** Returns the name of this workspace's hook that started this process; undefined if none did. */
function callingHook({ world: { env, io }, store }: Workspace): string | undefined {
  return env.CRM_HOOK && env.CRM_DIR === String(io.realpathSync(store.dir)) ? env.CRM_HOOK : undefined;
}

const calledByItself = () =>
  new Refusal(
    'hooks/pre-commit is asked about a change, and may only read the workspace meanwhile; nothing was saved',
    'hooks/post-commit may change something afterwards',
    true,
  );

/** Returns the hooks whose present bytes this machine trusts. Warns an admin, once per version of a file, of the others. */
async function trustedAmong(workspace: Workspace, names: readonly HookName[]): Promise<readonly HookName[]> {
  const { world, viewer } = workspace;
  const found: HookName[] = [];
  for (const name of names)
    try {
      const trusted = await Trusted.of(workspace);
      const item = commitHookItem(name);
      if (trusted.since(item) !== undefined) found.push(name);
      else if (isAdmin(viewer) && (await trusted.tellOnce(item)))
        world.warn(
          `${hookPath(name)} does not run on this machine until you trust it as it is now: crm trust (this is said once)`,
        );
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      if (isAdmin(viewer)) world.warn(`${hookPath(name)} does not run: ${error.message}`);
    }
  return found;
}

async function askAll(
  workspace: Workspace,
  transactions: readonly Asked[],
  { say, timeout }: HookOptions,
): Promise<void> {
  for (const asked of transactions) {
    const outcome = await runHook(workspace, 'pre-commit', asked, timeout);
    requireAgreement(outcome, asked);
    if (outcome.said !== '') say(outcome.said);
  }
}

/** Throws INTERRUPTED if the command was asked to end meanwhile, and `Refusal` unless the hook agreed. */
function requireAgreement({ is, how, said }: HookOutcome, { commit: { via } }: Asked): void {
  const path = hookPath('pre-commit');
  if (is === 'agreed') return;
  if (is === 'stopped')
    throw new CrmError('INTERRUPTED', `stopped while ${path} was asked; nothing was saved`);
  if (is === 'failed')
    throw new Refusal(
      `${path} ${how}${said && `: ${said}`}`,
      'nothing was saved; crm hook run pre-commit tries it',
      false,
    );
  // Edits of files are a transaction of their own, and the next command of any kind commits it.
  const what = via === 'files' ? 'what was edited in the files of the workspace' : 'this change';
  throw new Refusal(`${path} refused ${what}: ${said || `it ${how}`}`, 'nothing was saved', true);
}

async function tellAll(
  workspace: Workspace,
  transactions: readonly (Asked & { readonly seq: number })[],
  { say, timeout }: HookOptions,
): Promise<void> {
  for (const told of transactions) {
    const { is, how, said } = await runHook(workspace, 'post-commit', told, timeout);
    if (is !== 'agreed')
      workspace.world.warn(
        `saved as transaction ${told.seq}, but ${hookPath('post-commit')} ${how}${said && `: ${said}`}`,
      );
    else if (said !== '') say(said);
  }
}
