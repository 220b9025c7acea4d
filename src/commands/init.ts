import { basename, relative, resolve } from 'node:path';
import { initWorkspace } from '../app/templates/init.ts';
import { file, optional } from './args/declare.ts';
import { command } from './command.ts';

export const init = command({
  summary: 'make a workspace',
  args: { given: optional(file({ label: 'DIR', asks: 'in which directory' })) },
  options: [
    { flags: '--template <NAME>', description: 'sales, automated-sales or empty (sales)' },
    { flags: '--currency <CODE>', description: 'the currency of deals (EUR)' },
    { flags: '--timezone <ZONE>', description: "the time zone (default: the system's)" },
    { flags: '--name <NAME>', description: "the workspace's name (default: the directory's)" },
  ],
  examples: ['init acme --template automated-sales'],
  async run(context, { given }, options) {
    const dir = resolve(context.deps.cwd, given ?? context.globals.dir ?? '.');
    const template = options.text('template') ?? 'sales';
    const files = await initWorkspace(await context.world(), {
      dir,
      template,
      name: options.text('name') ?? (basename(dir) || 'Sales'),
      currency: (options.text('currency') ?? 'EUR').toUpperCase(),
      timezone:
        options.text('timezone') ?? (context.deps.env.TZ || Intl.DateTimeFormat().resolvedOptions().timeZone),
    });
    await context.message(`${context.globals.dryRun ? 'would write' : 'wrote'} ${files.join(', ')}`);
    if (context.globals.dryRun) return;
    const there = relative(context.deps.cwd, dir);
    const first = template === 'empty' ? 'crm pipeline add' : 'crm deal add';
    await context.message(
      `next: ${there === '' ? '' : `cd ${there}, then `}crm user add, ${first}, crm import; crm help says more`,
    );
  },
});
