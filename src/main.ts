/**
 * The only place that touches the process, the clock and randomness: everything below gets them from here, so that
 * a test can run a whole command in memory with `run(argv, deps)`.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { Deps } from './commands/context.ts';
import { ClosedPipe, processStreams } from './ui/streams.ts';

/** Runs a command line and returns its exit code; nothing is thrown. */
export async function run(argv: readonly string[], deps: Deps): Promise<number> {
  const { streams, env, version } = deps;
  try {
    if (argv[0] === '--version' || argv[0] === '-V') {
      await streams.stdout.write(`${version}\n`);
      return 0;
    }
    const { runProgram } = await import('./commands/program.ts');
    return await runProgram(argv, deps);
  } catch (error) {
    // A reader that has enough is the end of the command, and no error.
    if (error instanceof ClosedPipe) return 0;
    const { errorJson, errorText, failureOf } = await import('./ui/errors.ts');
    const failure = failureOf(error, { version, debug: (env.CRM_DEBUG ?? '') !== '' });
    await streams.stderr.write(
      wantsJson(argv) ? errorJson(failure) : errorText(failure, await errorPaint(argv, deps)),
    );
    return failure.exitCode;
  }
}

/** Errors are said in JSON also where the command line could not be understood. */
const wantsJson = (argv: readonly string[]): boolean => argv.includes('--json');

async function errorPaint(argv: readonly string[], { streams, env }: Deps) {
  const { colorPaint, plainPaint, wantsColor } = await import('./ui/paint.ts');
  const given = argv.flatMap((word, i) =>
    word === '--color' ? (argv[i + 1] ?? '') : word.startsWith('--color=') ? word.slice(8) : [],
  )[0];
  const flag = given === 'always' || given === 'never' ? given : 'auto';
  return wantsColor({ flag, isTTY: streams.stderr.isTTY, env }) ? colorPaint() : plainPaint;
}

function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

async function onTerminal([program, ...args]: readonly string[]): Promise<number> {
  const { spawn } = await import('node:child_process');
  // Ctrl-C in an editor is the editor's.
  const ignore = () => {};
  process.on('SIGINT', ignore);
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(program!, args, { stdio: 'inherit' });
      child.on('error', reject);
      child.on('close', code => resolve(code ?? 130));
    });
  } finally {
    process.off('SIGINT', ignore);
  }
}

/** Runs the command line of this process. */
export async function main(): Promise<void> {
  process.exitCode = await run(process.argv.slice(2), {
    streams: processStreams(process),
    // The build puts the version in its place.
    version: process.env.CRM_VERSION ?? 'dev',
    runtime: process.version,
    env: process.env,
    cwd: process.cwd(),
    uid: process.getuid?.(),
    pid: process.pid,
    host: hostname(),
    login: loginName(),
    now: Date.now,
    random: Math.random,
    salt: () => randomBytes(16).toString('base64url'),
    uuid: randomUUID,
    onTerminal,
  });
}
