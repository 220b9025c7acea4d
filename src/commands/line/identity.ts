/** Determines the acting user: --as, otherwise CRM_USER, the user in their own settings, or the login name. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Actor } from '../../app/core/actor.ts';
import { invalid } from '../../domain/errors.ts';
import type { Deps } from './deps.ts';

export async function actorNamed(as: string | undefined, deps: Deps): Promise<Actor> {
  return as === undefined
    ? actorWithoutOption(deps)
    : { name: as, named: '--as', self: () => actorWithoutOption(deps) };
}

async function actorWithoutOption({ env, login }: Deps): Promise<Actor> {
  const self = async (): Promise<Actor> => ({ name: login });
  if (env.CRM_USER) return { name: env.CRM_USER, named: 'CRM_USER', self };
  const user = await userInSettings(env);
  return user ? { name: user.name, named: user.path, self } : self();
}

async function userInSettings(env: Deps['env']): Promise<{ name: string; path: string } | undefined> {
  const home = env.XDG_CONFIG_HOME || (env.HOME && join(env.HOME, '.config'));
  if (!home) return undefined;
  const path = join(home, 'crm', 'config.yaml');
  // Few users have this file, and a read that fails takes longer than this question.
  if (!existsSync(path)) return undefined;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const { parseYaml } = await import('../../store/yaml/yaml.ts');
  const { value, problems } = parseYaml(path, text);
  if (problems[0]) throw invalid(`${path}:${problems[0].line}: ${problems[0].message}`);
  const user = typeof value === 'object' && value !== null && 'user' in value ? value.user : undefined;
  if (user !== undefined && typeof user !== 'string')
    throw invalid(`${path}: user is not a name`, 'user: ana');
  return user === undefined ? undefined : { name: user, path };
}

/** The file that remembers who was told is not read beyond this many bytes; then everybody counts as told. */
const MOST_TOLD = 64 * 1024;

/**
 * Whether a login still has to be told, in a workspace, how to become a user; afterwards it counts as told. False where
 * nothing can be remembered (no home directory): a service or cron must not say the same at every run.
 */
export function mustBeTold({ env, login }: Deps, dir: string): boolean {
  const path = toldFile(env);
  if (path === undefined) return false;
  const line = `${JSON.stringify([login, dir])}\n`;
  try {
    const told = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (told.length > MOST_TOLD || told.includes(line)) return false;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    appendFileSync(path, line, { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}

/** `told` in the user's own state directory (XDG Base Directory Specification); a home that is not there is not made. */
function toldFile({ XDG_STATE_HOME: state, HOME: home }: Deps['env']): string | undefined {
  if (state && isAbsolute(state)) return join(state, 'crm', 'told');
  return home && isAbsolute(home) && existsSync(home)
    ? join(home, '.local', 'state', 'crm', 'told')
    : undefined;
}
