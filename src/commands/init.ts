import { basename, relative, resolve } from 'node:path';
import { initWorkspace } from '../app/ready-workspaces/init.ts';
import { file, oneWord, optional } from './args/declare.ts';
import { command } from './line/command.ts';
import type { Context } from './line/context.ts';

export const init = command({
  summary: 'make a workspace',
  effect: 'machine',
  args: { given: optional(file({ label: 'DIR', asks: 'in which directory' })) },
  options: [
    {
      flags: '--template <NAME>',
      description: 'sales, automated-sales or empty (sales)',
      value: oneWord(['sales', 'automated-sales', 'empty']),
    },
    { flags: '--currency <CODE>', description: 'the currency of deals (EUR)' },
    { flags: '--timezone <ZONE>', description: "the time zone (default: the system's)" },
    { flags: '--name <NAME>', description: "the workspace's name (default: the directory's)" },
  ],
  examples: [
    'init',
    'init acme --template automated-sales',
    'init acme --currency USD --timezone America/New_York',
  ],
  async run(context, { given }, options) {
    const dir = resolve(context.deps.cwd, given ?? context.globals.dir ?? '.');
    const { env, run } = context.deps;
    const preset = basename(dir) || 'Sales';
    const timezone = options.text('timezone') ?? (env.TZ || Intl.DateTimeFormat().resolvedOptions().timeZone);
    const said = {
      template: options.text('template') ?? 'sales',
      name: options.text('name') ?? preset,
      currency: (options.text('currency') ?? 'EUR').toUpperCase(),
    };
    const world = await context.world();
    const isTold = ['template', 'name', 'currency', 'timezone'].some(name => options.has(name));
    const isAsked = !isTold && context.globals.format === undefined && context.canAsk();
    // A problem of the directory is reported before any question.
    if (isAsked) await initWorkspace({ ...world, dryRun: true }, { dir, timezone, ...said });
    const asked = isAsked
      ? await (await import('./init/ask.ts')).askInit(context, preset, given === undefined ? [] : [given])
      : undefined;
    const { template, name, currency } = asked ?? said;
    const files = await initWorkspace(world, { dir, template, name, currency, timezone });
    await context.message(`${context.globals.dryRun ? 'would write' : 'wrote'} ${files.join(', ')}`);
    if (context.globals.dryRun) return;
    if (asked?.user) {
      await run([...asked.user, '--dir', dir], {});
    }
    const there = relative(context.deps.cwd, dir);
    const enter = there === '' ? '' : `cd ${there}, then `;
    const first = template === 'empty' ? 'crm pipeline add' : 'crm import deals FILE.csv, or crm deal add';
    await context.message(`next: ${enter}${asked?.user ? '' : 'crm user add; '}${first}; crm help says more`);
    await sayCompletion(context);
  },
});

/** On a terminal, where crm is not completed yet: how it is. */
async function sayCompletion(context: Context): Promise<void> {
  const { env } = context.deps;
  if (!context.streams.stderr.isTTY) return;
  const { isSetUp, shellOf } = await import('./completion/places.ts');
  const shell = shellOf(env);
  if (shell && !isSetUp(shell, env))
    await context.message(`crm completion install makes ${shell} complete crm`);
}
