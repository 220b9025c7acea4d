/** `crm completion SHELL`: the script for a shell; `crm completion words` is what the script asks. */

import { anyNumber, oneWord, text } from '../args/declare.ts';
import { command } from '../command.ts';
import { Options } from '../options.ts';
import { Context } from '../context.ts';
import { readGlobals } from '../globals.ts';
import { shells } from './places.ts';

export const completion = command({
  summary: 'print the script that makes a shell complete crm: commands, options and their values',
  effect: 'machine',
  args: {
    shell: oneWord([...shells, 'install', 'words'], { asks: 'for which shell' }),
    words: anyNumber(text('WORD', 'which words')),
  },
  examples: [
    'completion install                    # for the shell in $SHELL',
    'completion install zsh',
    'eval "$(crm completion bash)"',
    'completion fish > ~/.config/fish/completions/crm.fish',
  ],
  async run(context, { shell, words }) {
    if (shell === 'install') return (await import('./install.ts')).install(context, words);
    if (shell !== 'words') {
      const { scripts } = await import('./scripts.ts');
      return context.print(scripts[shell]!.text);
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
});
