/** `crm completion`: prints or installs the script of a shell, and answers the script's questions (`completion words`). */
import { anyNumber, oneWord, text } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { Options } from '../line/options.ts';
import { Context } from '../line/context.ts';
import { oneOf, readGlobals } from '../line/globals.ts';
import { fold } from '../../domain/fold.ts';
import { bashReply, typedWords } from './shell-words.ts';
import { type Shell, shells } from './places.ts';

export const completion = command({
  summary: 'print the script that makes a shell complete crm: commands, options and their values',
  effect: 'machine',
  needsNoWorkspace: true,
  args: {
    shell: oneWord([...shells, 'install', 'words'], { asks: 'for which shell' }),
    words: anyNumber(text('WORD', 'which words')),
  },
  options: [
    {
      flags: '--quoting <SHELL>',
      description: 'of words: they are quoted as in this shell',
      value: oneWord(shells),
    },
  ],
  examples: [
    'completion install                    # for the shell in $SHELL',
    'completion install zsh',
    'eval "$(crm completion bash)"',
    'completion fish > ~/.config/fish/completions/crm.fish',
  ],
  async run(context, { shell, words }, options) {
    if (shell === 'install') return (await import('./install.ts')).install(context, words);
    if (shell !== 'words') {
      const { scripts } = await import('./scripts.ts');
      return context.print(scripts[shell]!.text);
    }
    const quoting = options.text('quoting');
    const asked = quoting === undefined ? { words } : typedIn(words, oneOf('--quoting', quoting, shells));
    const { candidates } = await import('./candidates.ts');
    // The workspace and the user are those that the completed line names, by default those of this process.
    const { dir, as } = context.globals;
    const opened: Context[] = [];
    const { found, mayBeFile } = await candidates(asked.words, context.deps, given => {
      const own = new Context(context.deps, readGlobals(new Options({ dir, as, ...given })), '');
      opened.push(own);
      return own;
    });
    for (const own of opened) own.close();
    const partial = asked.words.at(-1) ?? '';
    const begins = fold(partial);
    const lines = found
      .filter(({ value, matched = value }) => fold(matched).startsWith(begins) && value !== partial)
      .map(({ value, about = '' }) => `${asked.reply?.(value) ?? value}\t${oneLine(about)}\n`);
    if (quoting !== undefined && mayBeFile) lines.push('\tfiles\n');
    await context.print([...new Set(lines)].join(''));
  },
});

const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, ' ');

interface Asked {
  readonly words: readonly string[];
  /** Returns the text with which the shell replaces the end of the word (default: the candidate). */
  reply?(value: string): string;
}

/** Reads the words from a shell: Bash hands over its whole line, the others words without quotes and the last one as typed. */
function typedIn(given: readonly string[], shell: Shell): Asked {
  if (shell !== 'bash') {
    const last = typedWords(given.at(-1) ?? '', shell);
    return { words: [...given.slice(0, -1), last.map(({ text }) => text).join(' ')] };
  }
  const words = typedWords(given[0] ?? '', shell);
  const last = words.at(-1)!;
  return { words: words.slice(1).map(({ text }) => text), reply: value => bashReply(last, value) };
}
