import { HOUR, MINUTE, SECOND } from '../domain/dates.ts';
import { usage } from '../domain/errors.ts';
import { listenText, parseListen } from '../domain/serve-settings.ts';
import { command } from './line/command.ts';
import { Context } from './line/context.ts';
import { Options } from './line/options.ts';

export const serve = command({
  summary: 'receive forms and webhooks over HTTP until stopped (crm help serve)',
  effect: 'waiting',
  args: {},
  options: [
    {
      flags: '--listen <HOST:PORT>',
      description: 'where to listen (default: listen: in crm.yaml, or 127.0.0.1:8025)',
    },
    {
      flags: '--sweep <EVERY>',
      description: 'sweep and deliver as crm run does, again and again: 5m, 30s, 1h',
    },
  ],
  examples: ['serve', 'serve --listen 127.0.0.1:9000', 'serve --sweep 5m'],
  async run(context, _args, options) {
    const { deps, globals } = context;
    const text = options.text('listen');
    const listen = text === undefined ? undefined : parseListen(text);
    if (text !== undefined && !listen)
      throw usage(
        `--listen: ${JSON.stringify(text)} is not HOST:PORT`,
        'for example --listen 127.0.0.1:8025',
      );
    const every = intervalIn(options.text('sweep'));
    const workspace = await context.workspace();
    if (globals.dryRun)
      throw usage(
        'serve answers whoever calls, and has no dry run',
        'crm config shows what it would take in',
      );
    const { serve: start } = await import('../serve/serve.ts');
    const say = (line: string) => void context.message(line).catch(() => {});
    const running = await start(workspace, {
      listen,
      log: globals.format === 'ids' ? () => {} : say,
      alarm: say,
      now: () => deps.now(),
    });
    const stopped = new Promise<void>(resolve => void deps.onStop(() => resolve()));
    await context.message(`listening on http://${listenText(running.listen)}; Ctrl-C or SIGTERM ends it`);
    const sweeps =
      every === undefined
        ? undefined
        : (await import('../serve/repeatedly.ts')).repeatedly(
            every,
            () => sweepOnce(context),
            error => say(`sweep: ${error instanceof Error ? error.message : String(error)}`),
          );
    await stopped;
    await context.message('finishing the requests under way; a second signal ends at once');
    await Promise.all([running.stop(), sweeps?.stop()]);
  },
});

/** Reads `5m`, `30s` or `1h` as milliseconds; undefined if the option is not given. */
function intervalIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit] = /^([1-9]\d{0,4})(s|m|min|h)$/.exec(text) ?? [];
  if (count === undefined)
    throw usage(`--sweep: ${JSON.stringify(text)} is not how often to sweep`, 'for example --sweep 5m');
  return Number(count) * { s: SECOND, m: MINUTE, min: MINUTE, h: HOUR }[unit as 's' | 'm' | 'min' | 'h'];
}

/** Does what `crm run` does, with the settings as they are now; logs only if something was done. */
async function sweepOnce({ deps, globals }: Context): Promise<void> {
  const { run } = await import('./run.ts');
  const context = new Context(deps, { ...globals, format: 'ids' }, 'run');
  try {
    await run.run(context, {}, new Options({ log: true }));
  } finally {
    context.close();
  }
}
