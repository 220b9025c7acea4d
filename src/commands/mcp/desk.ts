/**
 * Runs command lines for the tools of `crm mcp` in this process, so that rights and history are those of the command
 * line. Their streams stay in memory, and `within.ts` limits what they may do.
 */
import { Readable } from 'node:stream';
import { historyChange } from '../../app/history/history.ts';
import { Together } from '../../app/core/together.ts';
import type { Workspace } from '../../app/core/workspace.ts';
import { CrmError, exitCodes, failed, usage, type ErrorKind } from '../../domain/errors.ts';
import type { Json } from '../../domain/records.ts';
import {
  type Answered,
  type CommandLine,
  type Decided,
  type Desk,
  type Failure,
  failureOf,
  type Outcome,
} from '../../mcp/desk.ts';
import { isAlike, type Likeness, likenessOf } from '../../mcp/likeness.ts';
import { wholeDiffLines } from '../../screens/diff.ts';
import type { Draft } from '../../state/draft.ts';
import { Sha256 } from '../../store/disk/sha256.ts';
import { memorySink } from '../../ui/streams.ts';
import { seenByActor } from '../printing/changed.ts';
import { Context } from '../line/context.ts';
import type { Deps } from '../line/deps.ts';
import { withIdsBefore } from './ids-before.ts';

/** Where these lines run, in the words of refusals. */
const WHERE = 'over MCP';

/** The `via` of changes that are made here, in the history. */
const VIA = 'mcp';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Returns the desk of the workspace in `dir`; all lines act as the acting user of the context. */
export function deskFor(context: Context, dir: string): Desk {
  const { deps } = context;
  const run = async (words: readonly string[], changed: Partial<Deps>, input?: string): Promise<Ran> => {
    const [stdout, stderr] = [memorySink(), memorySink()];
    const code = await deps.run(words, {
      ...changed,
      env: environment(context, dir),
      streams: {
        stdin: input === undefined ? noInput() : Readable.from([Buffer.from(input)]),
        stdout,
        stderr,
      },
      signals: undefined,
      onTerminal: () => Promise.reject(failed(`no program is started ${WHERE}`)),
      saved: () => {},
    });
    return { code, out: stdout.text, err: stderr.text };
  };
  const read = (words: readonly string[]) => run(words, { within: { effects: ['reads'], where: WHERE } });
  return {
    read: async words => answered(await read(['--json', ...words]), out => JSON.parse(out) as Json),
    // An error is JSON there too.
    readText: async words => answered(await read(['--json', ...words]), out => out),
    preview: commands => decide(contextFor(context, dir, true), run, commands),
    save: (commands, expected) => decide(contextFor(context, dir, false), run, commands, expected),
    secret: () => deps.salt(),
    now: () => deps.now(),
  };
}

/** Standard input for a line that was given none: `-` is then a mistake, and not an empty list. */
const noInput = (): Readable =>
  new Readable({
    read() {
      this.destroy(
        usage(
          `- reads standard input, which a command does not have ${WHERE}`,
          'name the record, or propose with input',
        ),
      );
    },
  });

/** Returns a new context for a transaction of its own, by the same user. */
const contextFor = (context: Context, dir: string, dryRun: boolean): Context =>
  new Context(
    { ...context.deps, env: environment(context, dir) },
    { ...context.globals, dir, yes: true, dryRun, requestId: undefined },
    VIA,
  );

/** Returns the environment of the lines: the one of the process, with the server's workspace, acting user and time. */
function environment({ deps, globals }: Context, dir: string): Deps['env'] {
  const { CRM_REQUEST_ID: _, ...env } = deps.env;
  return {
    ...env,
    CRM_DIR: dir,
    CRM_NO_INPUT: '1',
    ...(globals.as !== undefined && { CRM_USER: globals.as }),
    ...(globals.now !== undefined && { CRM_NOW: globals.now }),
    ...(globals.offline && { CRM_OFFLINE: '1' }),
  };
}

function answered<T>({ code, out, err }: Ran, read: (out: string) => T): Answered<T> {
  return code === 0
    ? { ok: true, value: read(out), notes: linesIn(err) }
    : { ok: false, failure: failureIn(code, err) };
}

const linesIn = (text: string): string[] => text.split('\n').filter(line => line !== '');

/** Returns the failure of a command line from its stderr, whose last line is the error as JSON. */
function failureIn(code: number, err: string): Failure {
  const last = linesIn(err).at(-1) ?? '';
  try {
    const { error } = JSON.parse(last) as { error: Failure };
    return { code: error.code, message: error.message, ...(error.hint && { hint: error.hint }) };
  } catch {
    const kind = (Object.keys(exitCodes) as ErrorKind[]).find(each => exitCodes[each] === code) ?? 'FAILED';
    return { code: kind, message: linesIn(err).join('; ') || `exit code ${code}` };
  }
}

/** The outcome differs from the expected one. Thrown within a decision, so that the decision is not saved. */
class Different extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super('the outcome is another one');
    this.outcome = outcome;
  }
}

type Run = (words: readonly string[], changed: Partial<Deps>, input?: string) => Promise<Ran>;

/**
 * Decides command lines on one draft, and commits it in a context that is not a dry run. With `expected`, the commit
 * needs an outcome like that one. The comparison is part of the decision, so a decision that is made again under the lock,
 * because others were first, is compared again.
 */
async function decide(
  context: Context,
  run: Run,
  commands: readonly CommandLine[],
  expected?: Likeness,
): Promise<Decided> {
  try {
    const workspace = await context.workspace();
    const { tx, result } = await context.change(async (_writer, draft) => {
      const notes = await runAll(new Together(workspace, draft), draft, run, commands);
      const outcome = outcomeOf(workspace, draft, notes);
      if (expected !== undefined && !isAlike(outcome.likeness, expected)) throw new Different(outcome);
      return outcome;
    });
    return { became: 'saved', tx, outcome: result! };
  } catch (error) {
    if (error instanceof Different) return { became: 'different', outcome: error.outcome };
    if (!(error instanceof CrmError)) throw error;
    return { became: 'refused', failure: failureOf(error) };
  } finally {
    context.close();
  }
}

/** Runs command lines on a draft, with `$1` replaced in each; returns the lines that they printed on stderr. */
async function runAll(
  together: Together,
  draft: Draft,
  run: Run,
  commands: readonly CommandLine[],
): Promise<string[]> {
  const notes: string[] = [];
  const added: (string | undefined)[] = [];
  for (const [index, { words, input }] of commands.entries()) {
    const which = commands.length === 1 ? '' : `command ${index + 1}: `;
    const line = withIdsBefore(words, added);
    const { code, out, err } = await run(
      ['--json', '--yes', ...line],
      { together, within: { effects: ['changes'], where: WHERE, isJson: true }, now: () => draft.clock.now },
      input,
    );
    if (code !== 0) {
      const { code: kind, message, hint } = failureIn(code, err);
      throw new CrmError(kind as ErrorKind, `${which}${message}`, hint);
    }
    if (commands.length > 1 && (draft.undoes !== undefined || draft.erases))
      throw usage(`${which}what takes a transaction back is a change of its own`, 'propose it alone');
    added.push(idIn(out));
    notes.push(...linesIn(err).map(each => `${which}${each}`));
  }
  return notes;
}

/** Returns the id of the first record, or of the setting, that a command printed as JSON; undefined if there is none. */
function idIn(out: string): string | undefined {
  try {
    const [first] = [JSON.parse(out) as { readonly id?: unknown }].flat();
    return typeof first?.id === 'string' ? first.id : undefined;
  } catch {
    return undefined;
  }
}

function outcomeOf(workspace: Workspace, draft: Draft, notes: readonly string[]): Outcome {
  const seen = seenByActor(workspace, draft.state, draft.changes);
  const changes = seen.map(change => historyChange(change) as unknown as { readonly [name: string]: Json });
  const likeness = likenessOf(changes, draft.clock.now, text => new Sha256().update(text).digest());
  return { changes, lines: wholeDiffLines(seen), notes, likeness };
}
