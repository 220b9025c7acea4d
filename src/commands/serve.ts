import { usage } from '../domain/errors.ts';
import { listenText, parseListen } from '../domain/serve-settings.ts';
import type { Command } from './command.ts';

export const serve: Command = {
  summary: 'take in forms and webhooks over HTTP, until it is told to stop (crm help serve)',
  usage: '',
  options: [
    {
      flags: '--listen <HOST:PORT>',
      description: 'where to listen; else listen: in crm.yaml, else 127.0.0.1:8025',
    },
    { flags: '-q, --quiet', description: 'say what goes wrong, and nothing of each request' },
  ],
  examples: ['serve', 'serve --listen 127.0.0.1:9000'],
  async run(context, _args, options) {
    const { deps, globals } = context;
    const text = options.text('listen');
    const listen = text === undefined ? undefined : parseListen(text);
    if (text !== undefined && !listen)
      throw usage(
        `--listen: ${JSON.stringify(text)} is not HOST:PORT`,
        'for example --listen 127.0.0.1:8025',
      );
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
    const stopped = new Promise<void>(resolve => deps.onStop(resolve));
    await context.message(`listening on http://${listenText(running.listen)}; Ctrl-C or SIGTERM ends it`);
    await stopped;
    await context.message('answering what has begun; a second signal ends at once');
    await running.stop();
  },
};
