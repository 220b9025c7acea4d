/** Notifications on the user's desktop, by notify-send (libnotify). */
import type { Answer, Channel } from './channel.ts';
import { runProgram } from './processes.ts';

/** Milliseconds that notify-send may take: it only hands the text over. */
const TIMEOUT = 10_000;

/** The most characters that a notification shows: the inbox has the whole text. */
const MOST_TEXT = 500;

export interface DesktopSettings {
  /** The program and its first arguments; the title and the text follow. */
  readonly argv: readonly string[];
  /** What stands above the text: the name of the workspace. */
  readonly title: string;
  /** Whether this is a user's desktop: notifications of other users stay in their inboxes. */
  isTheirs(user: string): boolean;
  /** The environment: DBUS_SESSION_BUS_ADDRESS or XDG_RUNTIME_DIR names the desktop session. */
  readonly env: Readonly<Record<string, string>>;
}

/** Returns the channel to the desktop of the user of this machine. */
export const desktopChannel = ({ argv, title, isTheirs, env }: DesktopSettings): Channel => ({
  async send(message, abort): Promise<Answer> {
    if (message.channel !== 'notify') return { outcome: 'failed', reason: 'only notifications are shown' };
    if (abort.aborted) return { outcome: 'channel-down', reason: 'the delivery was stopped' };
    const { text, to } = message;
    if (!isTheirs(to))
      return { outcome: 'filed', response: `in the inbox: this is not the desktop of ${to}` };
    const short = text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}...` : text;
    const ended = await runProgram({
      argv: [...argv, '--', plain(title), markedUp(plain(short))],
      cwd: '/',
      env,
      timeout: TIMEOUT,
      abort,
    });
    if ('code' in ended) {
      const isMissing = ended.code === 'ENOENT';
      return {
        outcome: 'channel-down',
        reason: `${argv[0]} was not started: ${isMissing ? 'it is not installed' : ended.message}`,
        ...(isMissing && { hint: 'libnotify-bin or libnotify has it' }),
      };
    }
    const { exitCode, output, isCutOff } = ended;
    if (exitCode === 0) return { outcome: 'sent' };
    if (isCutOff)
      return { outcome: 'unknown', reason: `${argv[0]} did not end within ${TIMEOUT / 1000} seconds` };
    return {
      outcome: 'channel-down',
      reason: `${argv[0]} reached no desktop`,
      hint: 'in cron: DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/UID/bus',
      response: output,
    };
  },
});

/** Control characters but line ends become spaces: an argument has no NUL, and a notification none of the others. */
const plain = (text: string): string => text.replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, ' ');

/** Escapes markup, which desktops would interpret in the text of a notification. */
const markedUp = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
