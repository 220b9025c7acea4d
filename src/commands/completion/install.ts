/** `crm completion install`: writes the script where the user's shell looks for it. It never edits a file of the user. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { failed, usage } from '../../domain/errors.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { Context } from '../line/context.ts';
import { isSetUp, ownPlace, type Shell, shellOf, shells } from './places.ts';
import { scripts } from './scripts.ts';

/** Writes the script for the named shell, or for $SHELL, and prints what is left to do. FAILED without a home directory. */
export async function install(context: Context, words: readonly string[]): Promise<void> {
  const { env } = context.deps;
  const shell = shellNamed(words, context);
  const path = ownPlace(shell, env);
  if (path === undefined)
    throw failed('there is no home directory', `crm completion ${shell} prints the script`);
  if (context.globals.dryRun) return context.message(`would write ${path}`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, scripts[shell]!.text);
  await context.message(`wrote ${path}`);
  await context.message(await nextOf(shell, path, isSetUp(shell, env)));
}

function shellNamed([word, ...more]: readonly string[], { deps: { env } }: Context): Shell {
  if (more.length > 0) throw usage('one shell at a time', 'crm completion install fish');
  const named = word ?? shellOf(env);
  if (named === undefined)
    throw usage(
      env.SHELL ? `crm has no completions for ${env.SHELL}` : 'which shell?',
      `crm completion install ${shells.join('|')}`,
    );
  const known = shells.find(each => each === named);
  if (!known)
    throw usage(
      `${JSON.stringify(named)} is not a shell that crm completes in`,
      suggestion(named, shells, 'shells'),
    );
  return known;
}

/** Returns the next step, after which the shell finds the script. */
async function nextOf(shell: Shell, path: string, isFound: boolean): Promise<string> {
  if (shell === 'bash') return 'a new shell completes crm, if the package bash-completion is there';
  if (shell === 'fish' || isFound) return 'a new shell completes crm';
  return `zsh finds it with this line in ~/.zshrc, before compinit: fpath=(${dirname(path)} $fpath)`;
}
