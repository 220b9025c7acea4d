/** The channel that hands e-mails to a program of this machine: sendmail, msmtp, or what behaves like them. */
import type { Answer, Channel, Mail } from './channel.ts';
import { mailBytes } from './mail-bytes.ts';

export interface SendmailProgram {
  /** The program and its arguments; with `-t` it reads the recipient from the mail. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory in which it runs. */
  readonly cwd: string;
}

/** The time limit of the program, ms: some programs talk to the mail server themselves. */
const LONGEST = 300_000;
/** The most characters that are read of its output: a program that prints more is stopped. */
const MOST_READ = 1 << 20;
/** The most characters that are kept of its output. */
const MOST_SAID = 4096;

/**
 * The meaning of exit codes (sysexits.h). Programs disagree about some: a code that can mean the recipient or the server
 * leads to another attempt, and to failure after the last one.
 */
const byExit: Readonly<Record<number, Answer['outcome']>> = {
  64: 'channel-down', // wrong arguments
  65: 'failed', // the mail is wrong
  67: 'failed', // the user is unknown
  68: 'temporary', // the host is unknown: the recipient's, or the server's
  69: 'temporary', // something is not available
  70: 'channel-down',
  71: 'channel-down',
  72: 'channel-down',
  73: 'channel-down',
  74: 'temporary',
  75: 'temporary',
  76: 'temporary',
  77: 'channel-down', // no permission: a wrong password
  78: 'channel-down', // wrong settings
  126: 'channel-down',
  127: 'channel-down',
};

/** Returns the channel to a program. A mail that it accepts is on its way, and not yet delivered. */
export const sendmailChannel = ({ argv, env, cwd }: SendmailProgram): Channel => ({
  async send(message, abort): Promise<Answer> {
    if (message.channel !== 'email')
      return { outcome: 'failed', reason: 'only e-mails can be sent by sendmail' };
    const [program] = argv;
    let input: Uint8Array;
    try {
      input = await mailBytes(readByProgram(message));
    } catch (error) {
      return { outcome: 'failed', reason: error instanceof Error ? error.message : String(error) };
    }
    if (abort.aborted) return { outcome: 'channel-down', reason: 'the delivery was stopped' };
    const { runHelper } = await import('./processes.ts');
    const ran = await runHelper({
      argv,
      cwd,
      env,
      input,
      reads: 'stderr',
      timeout: LONGEST,
      mostOutput: MOST_READ,
    });
    const said = ran.output.slice(0, MOST_SAID).trim();
    const response = said === '' ? {} : { response: said };
    if (ran.exitCode === 0)
      return { outcome: 'sent', response: said || `accepted by ${program}, not delivered yet` };
    if (ran.notStarted !== undefined)
      return {
        outcome: 'channel-down',
        reason: `${program} cannot be started: ${ran.notStarted === 'ENOENT' ? 'the program does not exist' : ran.notStarted}`,
        hint: 'check mail: sendmail',
      };
    if (ran.exitCode === undefined)
      return {
        outcome: 'unknown',
        reason: `${program} was stopped${ran.isTimedOut ? ' after 5 minutes' : ''}: it may have sent the e-mail`,
        ...response,
      };
    const outcome = byExit[ran.exitCode] ?? 'failed';
    const first = said.split('\n')[0]!.slice(0, 300);
    return { outcome, reason: `${program} ended with ${ran.exitCode}${first && `: ${first}`}`, ...response };
  },
});

/**
 * Makes a mail for `-t`, with which the program sends to the addresses in the mail. A copy must not go to the e-mail's
 * recipient again, so it shows its own address, and names the recipient in a header that no program reads.
 */
function readByProgram(mail: Mail): Mail {
  const { to, envelope, headers } = mail;
  return envelope === undefined
    ? mail
    : { ...mail, to: envelope, headers: { ...headers, 'X-Copy-Of-Mail-To': to } };
}
