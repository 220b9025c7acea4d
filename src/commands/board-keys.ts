/** `crm board -i`: the board driven by keys, in this process. Each key that changes something runs a command line of crm. */
import { LiveView } from '../app/reading/live-view.ts';
import { usage } from '../domain/errors.ts';
import { watchDirectory } from '../store/disk/watch.ts';
import { emptyInput } from '../ui/full-screen/empty-input.ts';
import { FullScreen } from '../ui/full-screen/full-screen.ts';
import { memorySink, type Streams } from '../ui/streams.ts';
import { type Paint, plainPaint, wantsColor } from '../ui/paint.ts';
import { type Outcome, Sitting, type SittingOptions } from '../screens/keys/sitting.ts';
import { Context } from './line/context.ts';

/** The requests of the board's command line. */
export type Asked = Pick<SittingOptions, 'pipeline' | 'by' | 'query' | 'closed'>;

/** How often the workspace is checked if the system does not report changes: ms. */
const LOOKS = 1000;

/** Holds the terminal until the user quits; returns the exit code. */
export async function boardWithKeys(context: Context, asked: Asked): Promise<number> {
  const { streams, deps } = context;
  requireTerminal(context);
  const live = await LiveView.open(() => opened(context));
  const screen = new FullScreen(streams, deps.signals!);
  const run = runner(context, screen);
  try {
    // A wrong query is reported before the terminal is taken.
    const sitting = new Sitting({ ...asked, screen, live, paint: await paintOf(context), run });
    const changed = () => screen.post({ type: 'changed' });
    const unwatch = watchDirectory(live.workspace.store.journalPath, changed);
    const looks = setInterval(changed, LOOKS);
    try {
      screen.enter();
      return await sitting.run();
    } finally {
      clearInterval(looks);
      unwatch();
      screen.leave();
    }
  } finally {
    live.close();
  }
}

/** The plain command shows the same if nobody can press a key. */
const instead = 'crm board shows the same once; crm board --json is for programs';

function requireTerminal({ streams, globals, deps: { env, signals } }: Context): void {
  if (globals.format !== undefined || globals.fields || globals.dryRun)
    throw usage('-i draws on the terminal: it takes no --json, --format, --fields, -q or --dry-run', instead);
  if (globals.noInput || env.CRM_NO_INPUT)
    throw usage('-i waits for keys, which --no-input (or CRM_NO_INPUT) rules out', instead);
  if (streams.stdin.isTTY !== true || !streams.stdout.isTTY || !signals)
    throw usage('-i needs a terminal to read keys from and to draw on', instead);
  if (env.TERM === 'dumb') throw usage('TERM=dumb: this terminal cannot place text, which -i needs', instead);
}

/** A workspace with files of its own, which are closed when it is opened anew. */
async function opened({ deps, globals, via }: Context) {
  const context = new Context(deps, globals, via);
  try {
    return { workspace: await context.workspace(), close: () => context.close() };
  } catch (error) {
    context.close();
    throw error;
  }
}

/** Colours for drawing: no cell can steer the terminal, so they need no mark. */
async function paintOf({ globals, streams, deps }: Context): Promise<Paint> {
  if (!wantsColor({ flag: globals.color, isTTY: streams.stdout.isTTY, env: deps.env })) return plainPaint;
  return (await import('../ui/paint.ts')).colorPaint('\u001b');
}

/** Runs command lines with the global options of this one, and captures their output. */
function runner(context: Context, screen: FullScreen): SittingOptions['run'] {
  const { deps } = context;
  const given = givenGlobals(context);
  return async (argv, { edits, stopped }): Promise<Outcome> => {
    const size = { isTTY: true, columns: screen.size.columns };
    const [stdout, stderr] = [memorySink(size), memorySink(size)];
    const saved: number[] = [];
    const streams: Streams = { stdin: emptyInput(edits), stdout, stderr };
    const code = await deps.run(withGlobals(argv, given), {
      streams,
      saved: tx => void saved.push(tx),
      onTerminal: command => screen.away(() => deps.onTerminal(command)),
      onStop: stop => {
        stopped(() => stop(130));
        return () => {};
      },
      // Two boards on one terminal would fight for its keys.
      signals: undefined,
    });
    return { code, out: stdout.text, err: stderr.text, saved };
  };
}

/** The options of the board that hold for each command too. */
function givenGlobals({ globals }: Context): string[] {
  const { dir, as, now, color, allowNetworkFs, lockTimeout } = globals;
  return [
    ...(dir === undefined ? [] : [`--dir=${dir}`]),
    ...(as === undefined ? [] : [`--as=${as}`]),
    ...(now === undefined ? [] : [`--now=${now}`]),
    ...(color === 'auto' ? [] : [`--color=${color}`]),
    ...(allowNetworkFs ? ['--allow-network-fs'] : []),
    ...(lockTimeout === 10_000 ? [] : [`--lock-timeout=${lockTimeout / 1000}`]),
  ];
}

/** Appends options to the words of a command; options that the words have already win. */
function withGlobals(argv: readonly string[], given: readonly string[]): string[] {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const isNew = (option: string) => {
    const [name] = option.split('=') as [string];
    return !words.some(word => word === name || word.startsWith(`${name}=`));
  };
  return [...words, ...given.filter(isNew), ...argv.slice(words.length)];
}
