/** The environment of programs that a workspace names: commands of rules, and hooks. */
import type { Config } from '../../domain/config.ts';

/** Names of variables that may hold secrets. */
const SECRET = /PASSWORD|SECRET|TOKEN|KEY/;
/** The request id of one command. It is not passed on, because a program that calls crm makes requests of its own. */
const OF_ONE_COMMAND = 'CRM_REQUEST_ID';

/**
 * Returns the environment of a program that a workspace names: PATH without relative directories, HOME, LANG, and CRM_*
 * except variables that may hold a secret, by their names or because the settings read a secret from them.
 */
export function programEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  { mail, serve }: Config,
): Record<string, string> {
  const named = JSON.stringify([mail ?? null, serve ?? null]);
  const isPassed = (name: string) =>
    ['HOME', 'LANG'].includes(name) ||
    (name.startsWith('CRM_') &&
      name !== OF_ONE_COMMAND &&
      !SECRET.test(name) &&
      !named.includes(JSON.stringify(name)));
  const passed = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && isPassed(entry[0]),
  );
  const path = (env.PATH ?? '').split(':').filter(dir => dir.startsWith('/'));
  return { ...Object.fromEntries(passed), PATH: path.join(':') || '/usr/local/bin:/usr/bin:/bin' };
}
