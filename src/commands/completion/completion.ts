/** `crm completion SHELL`: the script for a shell; `crm completion words` is what the script asks. */

import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { Options } from '../options.ts';
import { Context } from '../context.ts';
import { oneOf, readGlobals } from '../globals.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

export const completion: Command = {
  summary: 'print the script that makes a shell complete crm: commands, options and their values',
  usage: 'bash|zsh|fish|words [WORD...]',
  examples: ['eval "$(crm completion bash)"', 'completion fish > ~/.config/fish/completions/crm.fish'],
  async run(context, args) {
    const [shell, ...words] = args;
    if (shell === undefined) throw usage('for which shell?', `crm completion ${shells.join('|')}`);
    if (shell !== 'words') {
      const { scripts } = await import('./scripts.ts');
      return context.print(scripts[oneOf('SHELL', shell, shells)]!.text);
    }
    const { candidates } = await import('./candidates.ts');
    // The workspace and the user are those of the line that is completed, else one's own.
    const { dir, as } = context.globals;
    const opened: Context[] = [];
    const found = await candidates(words, context.deps, given => {
      const own = new Context(context.deps, readGlobals(new Options({ dir, as, ...given })), '');
      opened.push(own);
      return own;
    });
    for (const own of opened) own.close();
    const partial = words.at(-1) ?? '';
    const lines = found
      .filter(({ value }) => value.startsWith(partial) && value !== partial)
      .map(({ value, about = '' }) => `${value}\t${about}\n`);
    await context.print([...new Set(lines)].join(''));
  },
};
