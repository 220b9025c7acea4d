/** Reads a password or token from where it is kept. It goes to the server that asks for it, and nowhere else. */
import { failed } from '../domain/errors.ts';
import type { SecretSource } from '../domain/mail-settings.ts';
import type { HelperEnded } from './processes.ts';

/** What reading a secret needs. */
export interface SecretAccess {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory in which a command runs. */
  readonly cwd: string;
  /** Reads a file that only its owner can read; throws CrmError otherwise. */
  readPrivate(path: string): Uint8Array;
}

/** The time limit of a command that prints a secret, ms: somebody may have to type a passphrase. */
const LONGEST_COMMAND = 120_000;
/** The most bytes of a secret: tokens have a few thousand. */
const LARGEST = 64 << 10;

/** Returns a secret; FAILED, with nothing of the secret in the message, if it cannot be read. */
export async function readSecret(source: SecretSource, access: SecretAccess): Promise<string> {
  const secret = await textIn(source, access);
  if (secret === '') throw failed(`${nameOf(source)} is empty: there is no ${wordOf(source)}`);
  if (secret.includes('\0') || Buffer.byteLength(secret) > LARGEST)
    throw failed(`what ${nameOf(source)} has is not a ${wordOf(source)}`);
  return secret;
}

/** The noun for a secret of this kind. */
const wordOf = ({ kind }: SecretSource): string => (kind === 'token-command' ? 'token' : 'password');

/** Names the source of a secret. */
function nameOf(source: SecretSource): string {
  if (source.kind === 'env') return `$${source.name}`;
  return source.kind === 'file' ? source.path : JSON.stringify(source.argv[0]);
}

async function textIn(source: SecretSource, access: SecretAccess): Promise<string> {
  if (source.kind === 'env') {
    const value = access.env[source.name];
    if (value === undefined)
      throw failed(
        `$${source.name} is not set: there is no password`,
        'set it where crm runs, in cron too; or keep the password elsewhere: crm mail setup',
      );
    return value;
  }
  if (source.kind === 'file') return firstLine(Buffer.from(access.readPrivate(source.path)).toString());
  return firstLine(await printedBy(source.argv, wordOf(source), access));
}

/** Returns the first line without its end: editors add a line end, and password stores add more lines. */
const firstLine = (text: string): string => /^[^\r\n]*/.exec(text)![0];

/** Returns a program's stdout. Its stderr is ignored: some programs print secrets there. */
async function printedBy(argv: readonly string[], word: string, { env, cwd }: SecretAccess): Promise<string> {
  const { runHelper } = await import('./processes.ts');
  const limits = { timeout: LONGEST_COMMAND, mostOutput: LARGEST };
  const ended = await runHelper({ argv, cwd, env, reads: 'stdout', ...limits });
  if (ended.exitCode === 0) return ended.output;
  throw failed(
    `the program that prints the ${word}, ${JSON.stringify(argv[0])}, did not: ${whyNot(ended)}`,
    'run it by hand',
  );
}

function whyNot({ exitCode, notStarted, isTimedOut, signal = 'unknown' }: HelperEnded): string {
  if (notStarted === 'ENOENT') return 'there is no such program';
  if (isTimedOut) return 'it took too long';
  return exitCode === undefined ? `it was stopped (${notStarted ?? signal})` : `it ended with ${exitCode}`;
}
