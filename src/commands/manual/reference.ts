/** The reference of all commands as Markdown: what `crm COMMAND --help` prints, in one page that can be searched. */
import { globalOptions } from '../globals.ts';
import { commandHelp, flagsOf } from '../help.ts';
import type { Tree } from '../tree.ts';

export async function reference(tree: Tree): Promise<string> {
  const parts: string[] = [
    '# Reference',
    'Every command of `crm`, as `crm COMMAND --help` prints it; made by the build, and held by a test.',
    `Options of every command:\n\n${fenced(globalOptions.map(({ flags, description }) => `${flagsOf(flags).padEnd(26)}  ${description}`).join('\n'))}`,
  ];
  for (const [path, load] of Object.entries(tree.commands)) {
    const text = commandHelp(path, await load());
    parts.push(`## crm ${path}`, fenced(text.slice(0, text.indexOf('\nOptions of every command:'))));
  }
  return `${parts.join('\n\n')}\n`;
}

const fenced = (text: string): string => `\`\`\`\n${text.trimEnd()}\n\`\`\``;
