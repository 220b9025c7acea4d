/**
 * Runs git in a bare repository of crm's own, so that no branch, index or work tree of the user is touched. Addresses come
 * from people, so git may use only the protocol of the address, runs no hook, and takes nothing for an option.
 */
import { join } from 'node:path';
import { failed } from '../../domain/errors.ts';
import { makeDirectory } from '../disk/durable.ts';
import { codeOf, isThere } from '../disk/io.ts';
import type { RemotePlace } from './kind.ts';

export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  /** The messages of git, without the lines that only show progress. */
  readonly words: string;
}

/** Variables that would make git work in another repository than ours: they are set if a hook of git calls crm. */
const OF_A_REPOSITORY = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_COMMON_DIR',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
  'GIT_CONFIG_COUNT',
  'GIT_CONFIG_PARAMETERS',
];

/** No hook runs, and no fetch starts to tidy up. */
const SETTINGS = ['-c', 'core.hooksPath=/dev/null', '-c', 'gc.auto=0', '-c', 'maintenance.auto=false'];

/** Directories of the user's alone. */
const PRIVATE = 0o700;

export class Git {
  readonly #place: RemotePlace;
  readonly #protocol: string;
  readonly #dir: string;

  /** `protocol` is the one that git may use: file, ssh or https. */
  constructor(place: RemotePlace, protocol: string) {
    this.#place = place;
    this.#protocol = protocol;
    this.#dir = join(place.own, 'git');
  }

  /** Runs git with these arguments; a code that is not 0 is for the caller to judge. FAILED if there is no git. */
  async run(args: readonly string[], input?: Buffer): Promise<GitResult> {
    await this.#prepare();
    return this.#execute([`--git-dir=${this.#dir}`, ...SETTINGS, ...args], input);
  }

  /** Runs git, which must succeed; returns what it printed. FAILED in its words. */
  async ask(args: readonly string[], input?: Buffer): Promise<Buffer> {
    const { code, stdout, words } = await this.run(args, input);
    if (code !== 0) throw failed(`git ${args[0]}: ${words}`);
    return stdout;
  }

  /** Makes the repository, where it is not there. */
  async #prepare(): Promise<void> {
    const { io, own } = this.#place;
    if (isThere(io, join(this.#dir, 'HEAD'))) return;
    makeDirectory(io, own, PRIVATE);
    const { code, words } = await this.#execute(['init', '--quiet', '--bare', '--template=', this.#dir]);
    if (code !== 0) throw failed(`git init: ${words}`);
  }

  async #execute(args: readonly string[], input?: Buffer): Promise<GitResult> {
    const { execa } = await import('execa');
    const { exitCode, stdout, stderr, cause, code } = await execa('git', args, {
      env: this.#env(),
      extendEnv: false,
      encoding: 'buffer',
      stripFinalNewline: false,
      reject: false,
      maxBuffer: 2 ** 31 - 1,
      ...(input ? { input } : { stdin: 'ignore' }),
    });
    if (exitCode === undefined && (code === 'ENOENT' || codeOf(cause) === 'ENOENT'))
      throw failed('git is not installed, and this remote is a git repository', 'install git');
    return {
      code: exitCode ?? 1,
      stdout: Buffer.from(stdout),
      words: wordsIn(Buffer.from(stderr).toString()),
    };
  }

  #env(): Record<string, string> {
    const { env, mayAsk } = this.#place;
    const kept = Object.entries(env).filter(
      (pair): pair is [string, string] => pair[1] !== undefined && !OF_A_REPOSITORY.includes(pair[0]),
    );
    return {
      // ssh asks on the terminal by itself.
      ...(!mayAsk && { GIT_SSH_COMMAND: 'ssh -oBatchMode=yes' }),
      ...Object.fromEntries(kept),
      LC_ALL: 'C',
      GIT_ALLOW_PROTOCOL: this.#protocol,
      ...(!mayAsk && { GIT_TERMINAL_PROMPT: '0' }),
    };
  }
}

/** Returns git's error in one line: `remote:` lines are those of the host. */
function wordsIn(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map(line => line.trim())
    .filter(
      line =>
        line !== '' &&
        !/^(To |hint:|warning: |(remote: )?(Enumerating|Counting|Compressing|Writing|Resolving|Total|Delta) )/.test(
          line,
        ),
    );
  return lines.join('; ') || 'it says nothing of why';
}
