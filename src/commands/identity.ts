/** Who acts: --as, else CRM_USER, else the user named in the user's own settings, else the login name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invalid } from '../domain/errors.ts';
import type { Deps } from './context.ts';

export async function userNamed(
  as: string | undefined,
  deps: Deps,
): Promise<{ name: string; named: boolean }> {
  const named = as ?? (deps.env.CRM_USER || undefined) ?? (await userInSettings(deps.env));
  return named === undefined ? { name: deps.login, named: false } : { name: named, named: true };
}

async function userInSettings(env: Deps['env']): Promise<string | undefined> {
  const home = env.XDG_CONFIG_HOME || (env.HOME && join(env.HOME, '.config'));
  if (!home) return undefined;
  const path = join(home, 'crm', 'config.yaml');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const { parseYaml } = await import('../store/yaml.ts');
  const { value, problems } = parseYaml(path, text);
  if (problems[0]) throw invalid(`${path}:${problems[0].line}: ${problems[0].message}`);
  const user = typeof value === 'object' && value !== null && 'user' in value ? value.user : undefined;
  if (user !== undefined && typeof user !== 'string')
    throw invalid(`${path}: user is not a name`, 'user: ana');
  return user;
}
