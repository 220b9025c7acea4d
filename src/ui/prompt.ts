import type { Interface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';
import { CrmError } from '../domain/errors.ts';
import { printable } from './escape.ts';
import { ESCAPE_WAITS } from './escape-waits.ts';
import type { Paint } from './paint.ts';
import type { Screen, Screens } from './screen.ts';

type Asking = Pick<Screens, 'stdin' | 'stderr'>;

/**
 * Asks yes or no on stderr; an empty answer is no. Ctrl-C and the end of input are INTERRUPTED.
 * The caller has made sure that there is somebody to ask (`canPrompt`).
 */
export async function confirm(question: string, streams: Asking, paint: Paint): Promise<boolean> {
  const { confirm } = await import('@inquirer/prompts');
  return ask(streams, context =>
    confirm({ message: printable(question), default: false, theme: themeOf(paint) }, context),
  );
}

export interface Choice {
  readonly value: string;
  /** Left out: the value. */
  readonly name?: string;
  /** The text that is shown once it was chosen; left out: the name. */
  readonly short?: string;
  readonly description?: string;
}

/** The number of choices that are shown together: a terminal of 24 lines then has room for the text above. */
const PAGE = 12;

/** Asks for one of several, on stderr; `preset` is the one that Enter takes. */
export async function choose(
  question: string,
  choices: readonly Choice[],
  preset: string | undefined,
  streams: Asking,
  paint: Paint,
): Promise<string> {
  const { select } = await import('@inquirer/prompts');
  return ask(streams, context =>
    select(
      {
        message: printable(question),
        choices: choices.map(({ value, name = value, short = name, description }) => ({
          value,
          name: printable(name),
          short: printable(short),
          ...(description !== undefined && { description: printable(description) }),
        })),
        ...(preset !== undefined && { default: preset }),
        pageSize: PAGE,
        instructions: {
          navigation: '(arrows, or the first letters, then Enter)',
          pager: `(${choices.length} choices: arrows show more)`,
        },
        loop: false,
        theme: { ...themeOf(paint), icon: { cursor: paint.blue('>') } },
      },
      context,
    ),
  );
}

/**
 * Asks for one of those that `found` returns for what was typed so far, the best first, on stderr. `found` must answer at
 * once, so that Enter takes what is shown.
 */
export async function searchFor(
  question: string,
  found: (typed: string) => readonly Choice[],
  streams: Asking,
  paint: Paint,
): Promise<string> {
  const { search } = await import('@inquirer/prompts');
  return ask(streams, context =>
    search(
      {
        message: printable(question),
        source: (typed = '') =>
          found(typed).map(({ value, name = value, short = name }) => ({
            value,
            name: printable(name),
            short: printable(short),
          })),
        pageSize: PAGE,
        instructions: {
          navigation: '(type to search, arrows, then Enter; Esc leaves)',
          pager: '(type to search, arrows show more, then Enter; Esc leaves)',
        },
        theme: {
          ...themeOf(paint),
          style: { ...themeOf(paint).style, searchTerm: paint.cyan },
          icon: { cursor: paint.blue('>') },
        },
      },
      context,
    ),
  );
}

/**
 * Asks for a text, on stderr; an empty one is an answer too, unless there is a preset, which Enter takes. `wrong` says what
 * is wrong with a text, which is then asked for again.
 */
export async function askText(
  question: string,
  streams: Asking,
  paint: Paint,
  preset?: string,
  wrong?: (text: string) => string | undefined,
): Promise<string> {
  const { input } = await import('@inquirer/prompts');
  return ask(streams, context =>
    input(
      {
        message: printable(question),
        theme: themeOf(paint),
        ...(preset !== undefined && { default: printable(preset) }),
        ...(wrong && { validate: (text: string) => wrong(text) ?? true }),
      },
      context,
    ),
  );
}

/** Asks for a text that is not shown while it is typed, on stderr. */
export async function askSecret(question: string, streams: Asking, paint: Paint): Promise<string> {
  const { password } = await import('@inquirer/prompts');
  return ask(streams, context =>
    password({ message: printable(question), mask: '*', theme: themeOf(paint) }, context),
  );
}

const themeOf = (paint: Paint) => ({
  prefix: { idle: paint.blue('?'), done: paint.green('✔') },
  style: {
    message: paint.bold,
    answer: paint.cyan,
    defaultAnswer: paint.dim,
    highlight: paint.cyan,
    description: paint.dim,
    disabled: paint.dim,
    help: paint.dim,
  },
});

async function ask<T>(
  { stdin, stderr }: Asking,
  prompt: (context: { input: Asking['stdin']; output: Writable; signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const end = () => ended.abort();
  // Inquirer would wait for ever: at the end of input, as at Ctrl-D, readline only closes, which pauses stdin.
  stdin.once('pause', end);
  const leave = (_: unknown, key: { readonly name?: string } | undefined) => {
    if (key?.name === 'escape') end();
  };
  const { emitKeypressEvents } = await import('node:readline');
  // The first who asks for the keys of a stream says how long an ESC waits: half a second, if Inquirer is the first.
  emitKeypressEvents(stdin as Readable, { escapeCodeTimeout: ESCAPE_WAITS } as unknown as Interface);
  stdin.on('keypress', leave);
  // A terminal that was closed reads as an error, which would end the process without a listener.
  stdin.on('error', end);
  try {
    return await prompt({ input: stdin, output: writable(stderr), signal: ended.signal });
  } catch (error) {
    if (error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError'))
      throw new CrmError('INTERRUPTED', 'interrupted', undefined, error);
    throw error;
  } finally {
    stdin.removeListener('pause', end);
    stdin.removeListener('keypress', leave);
  }
}

/** The screen as Node's kind of stream, with the width that Inquirer breaks lines at. */
function writable(screen: Screen): Writable {
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _, done) {
      Promise.resolve(screen.draw(text)).then(() => done(), done);
    },
  });
  return Object.assign(stream, { columns: screen.columns });
}
