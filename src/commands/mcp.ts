import { usage } from '../domain/errors.ts';
import { ClosedPipe } from '../ui/streams.ts';
import { command } from './line/command.ts';

/** The most characters of an error in the log: the SDK quotes a whole message that it cannot parse. */
const LOGGED = 300;

const logged = (error: unknown): string => {
  const text = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ');
  return text.length > LOGGED ? `${text.slice(0, LOGGED)}...` : text;
};

export const mcp = command({
  summary: 'serve the workspace to an assistant on standard input and output (crm help mcp)',
  effect: 'waiting',
  args: {},
  options: [
    {
      flags: '--write',
      description: 'let it propose changes and commit them (default: it only reads)',
    },
  ],
  examples: ['mcp', 'mcp --write --as ana'],
  async run(context, _args, options) {
    const { deps, globals, streams } = context;
    if (globals.dryRun)
      throw usage('mcp answers an assistant, and has no dry run', 'without --write it changes nothing');
    // A broken workspace or an unknown user fails here at once, instead of in every answer.
    const { store } = await context.workspace();
    const [{ serveOver }, { deskFor }] = await Promise.all([
      import('../mcp/serve.ts'),
      import('./mcp/desk.ts'),
    ]);
    const say = (line: string) => void context.message(line).catch(() => {});
    const canWrite = options.flag('write');
    const serving = serveOver(
      { stdin: streams.stdin, write: text => streams.stdout.exact(text) },
      {
        desk: deskFor(context, store.dir),
        canWrite,
        version: deps.version,
        report: error => {
          if (!(error instanceof ClosedPipe)) say(`mcp: ${logged(error)}`);
        },
      },
    );
    deps.onStop(() => void serving.stop());
    if (streams.stdin.isTTY)
      say('this speaks the Model Context Protocol; an assistant starts it (crm help mcp); Ctrl-D ends it');
    const cause = await serving.ended;
    return cause && !(cause instanceof ClosedPipe) ? 1 : 0;
  },
});
