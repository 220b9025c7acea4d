import { Writable } from 'node:stream';
import { CrmError } from '../domain/errors.ts';
import { printable } from './escape.ts';
import type { Paint } from './paint.ts';
import type { Sink, Streams } from './streams.ts';

/** Whether there is somebody to ask: a terminal on both sides, and nothing that forbids it. */
export function canPrompt(given: {
  stdinTTY: boolean;
  stderrTTY: boolean;
  noInput: boolean;
  env: Readonly<Record<string, string | undefined>>;
}): boolean {
  const { stdinTTY, stderrTTY, noInput, env } = given;
  return stdinTTY && stderrTTY && !noInput && !env.CRM_NO_INPUT && !env.CI;
}

/**
 * Asks yes or no on stderr; an empty answer is no. Ctrl-C and the end of input are INTERRUPTED.
 * The caller has made sure that there is somebody to ask (`canPrompt`).
 */
export async function confirm(
  question: string,
  streams: Pick<Streams, 'stdin' | 'stderr'>,
  paint: Paint,
): Promise<boolean> {
  const prompts = await import('@inquirer/prompts');
  const ended = new AbortController();
  const end = () => ended.abort();
  // Inquirer would wait for ever: at the end of input, as at Ctrl-D, readline only closes, which pauses stdin.
  streams.stdin.once('pause', end);
  try {
    return await prompts.confirm(
      {
        message: printable(question),
        default: false,
        theme: {
          prefix: { idle: paint.blue('?'), done: paint.green('✔') },
          style: { message: paint.bold, answer: paint.cyan, defaultAnswer: paint.dim },
        },
      },
      { input: streams.stdin, output: writable(streams.stderr), signal: ended.signal },
    );
  } catch (error) {
    if (error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError'))
      throw new CrmError('INTERRUPTED', 'interrupted', undefined, error);
    throw error;
  } finally {
    streams.stdin.removeListener('pause', end);
  }
}

/** The sink as Node's kind of stream, with the width that Inquirer breaks lines at. */
function writable(sink: Sink): Writable {
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _, done) {
      Promise.resolve(sink.write(text)).then(() => done(), done);
    },
  });
  return Object.assign(stream, { columns: sink.columns });
}
