/**
 * The channel of commands: a program gets the record as JSON on standard input. It runs at most once: of a program that was
 * cut off, nobody knows how much of its work is done.
 */
import type { Answer, Channel } from './channel.ts';
import { type Ended, runProgram, whyNotStarted } from './processes.ts';

/** Milliseconds that a command may take. */
const TIMEOUT = 60_000;

/** The exit code that says "later" (sysexits.h, EX_TEMPFAIL). */
const LATER = 75;

export interface RunSettings {
  /** The directory in which commands run. */
  readonly cwd: string;
  /** The environment of commands; CRM_MESSAGE, CRM_KEY and CRM_ATTEMPT are added. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds; left out: a minute. */
  readonly timeout?: number;
}

/** Returns the channel of commands. */
export const runChannel = ({ cwd, env, timeout = TIMEOUT }: RunSettings): Channel => ({
  async send(message, abort): Promise<Answer> {
    if (message.channel !== 'run') return { outcome: 'failed', reason: 'only commands are run' };
    const { argv, input, id, key, attempt } = message;
    const program = argv[0] ?? '';
    if (program === '' || argv.some(each => each.includes('\0')))
      return { outcome: 'failed', reason: 'it is not a program with its arguments' };
    if (abort.aborted) return { outcome: 'channel-down', reason: 'the delivery was stopped' };
    const ended = await runProgram({
      argv,
      cwd,
      env: { ...env, CRM_MESSAGE: id, CRM_KEY: key, CRM_ATTEMPT: String(attempt) },
      input: `${JSON.stringify(input)}\n`,
      timeout,
      abort,
    });
    return answerOf(ended, program, abort.aborted ? 'with the delivery' : `after ${timeout / 1000} seconds`);
  },
});

/** Describes how a program ended; `when` says when it was stopped, if it was. */
function answerOf(ended: Ended, program: string, when: string): Answer {
  if ('code' in ended) {
    const reason = `${program} was not started: ${whyNotStarted(ended)}`;
    // A command line that is too long is a fault of this message; any other error is one of this machine.
    return { outcome: ended.code === 'E2BIG' ? 'failed' : 'channel-down', reason };
  }
  const { exitCode, signal, isCutOff, output } = ended;
  const response = [exitCode === undefined ? signal : `exit ${exitCode}`, output].filter(Boolean).join('\n');
  if (isCutOff)
    return {
      outcome: 'unknown',
      reason: `${program} was ended ${when}: it may have done its work`,
      response,
    };
  if (exitCode === 0) return { outcome: 'sent', response };
  if (exitCode === undefined)
    return {
      outcome: 'unknown',
      reason: `${program} was ended by ${signal}: it may have done its work`,
      response,
    };
  return {
    outcome: exitCode === LATER ? 'temporary' : 'failed',
    reason: `${program} ended with exit code ${exitCode}`,
    response,
  };
}
