/** The places where shells look for completions, and whether crm's are there. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

type Env = Readonly<Record<string, string | undefined>>;

/** Returns the shell that the user logs in with; undefined if crm has no completions for it. */
export function shellOf({ SHELL = '' }: Env): Shell | undefined {
  return shells.find(shell => shell === basename(SHELL));
}

/** Returns the absolute directory that a variable names, otherwise one below HOME; undefined without either. */
function base({ HOME, ...env }: Env, name: string, below: string): string | undefined {
  const named = env[name];
  if (named !== undefined && isAbsolute(named)) return named;
  return HOME !== undefined && isAbsolute(HOME) ? join(HOME, below) : undefined;
}

const dataHome = (env: Env) => base(env, 'XDG_DATA_HOME', '.local/share');

/** Returns the data directories of the whole machine, by the XDG specification; Homebrew and npm write there too. */
const dataDirs = ({ XDG_DATA_DIRS }: Env): readonly string[] =>
  (XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(':').filter(isAbsolute);

/** Returns the file that `crm completion install` writes for a shell; undefined if the user has no home directory. */
export function ownPlace(shell: Shell, env: Env): string | undefined {
  const home = {
    // bash-completion looks here when crm is completed for the first time.
    bash: () =>
      base({ ...env, HOME: undefined }, 'BASH_COMPLETION_USER_DIR', '') ??
      under(dataHome(env), 'bash-completion'),
    zsh: () => under(dataHome(env), 'zsh/site-functions'),
    fish: () => under(base(env, 'XDG_CONFIG_HOME', '.config'), 'fish/completions'),
  }[shell]();
  const file = { bash: 'completions/crm', zsh: '_crm', fish: 'crm.fish' }[shell];
  return under(home, file);
}

const under = (dir: string | undefined, path: string): string | undefined =>
  dir === undefined ? undefined : join(dir, path);

/** The files below a data directory that a shell reads for every user. */
const sharedPlaces: Readonly<Record<Shell, readonly string[]>> = {
  bash: ['bash-completion/completions/crm', 'bash-completion/completions/crm.bash'],
  zsh: ['zsh/site-functions/_crm', 'zsh/vendor-completions/_crm'],
  fish: ['fish/vendor_completions.d/crm.fish', 'fish/completions/crm.fish'],
};

/** The start-up files in which people write lines such as `eval "$(crm completion bash)"`. */
const rcFiles: Readonly<Record<Shell, readonly string[]>> = {
  bash: ['.bashrc', '.bash_profile'],
  zsh: ['.zshrc'],
  fish: ['.config/fish/config.fish'],
};

/** Returns whether a shell finds completions of crm, as far as the files show. */
export function isSetUp(shell: Shell, env: Env): boolean {
  const own = ownPlace(shell, env);
  // zsh reads a directory of the user only if ~/.zshrc says so.
  if (own !== undefined && existsSync(own) && (shell !== 'zsh' || mentions(shell, env, 'zsh/site-functions')))
    return true;
  if (dataDirs(env).some(dir => sharedPlaces[shell].some(path => existsSync(join(dir, path))))) return true;
  return mentions(shell, env, 'crm completion') || mentions(shell, env, `completions/${scriptOf[shell]}`);
}

/** The names of the scripts in the package: people may source them from where npm puts it. */
const scriptOf: Readonly<Record<Shell, string>> = { bash: 'crm.bash', zsh: '_crm', fish: 'crm.fish' };

function mentions(shell: Shell, env: Env, text: string): boolean {
  const home = env.ZDOTDIR !== undefined && shell === 'zsh' ? env.ZDOTDIR : env.HOME;
  if (home === undefined) return false;
  return rcFiles[shell].some(name => {
    try {
      return readFileSync(join(home, name), 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}
