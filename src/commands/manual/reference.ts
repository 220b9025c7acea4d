/** The reference of all commands as Markdown: what `crm COMMAND --help` prints, in one page that can be searched. */
import { globalOptions } from '../line/globals.ts';
import { ownHelp } from '../help.ts';
import { flagsOf } from '../printing/help-table.ts';
import type { Tree } from '../line/tree.ts';

export async function reference(tree: Tree): Promise<string> {
  const parts: string[] = [
    '# Reference',
    'Every command of `crm`, as `crm COMMAND --help` prints it with the names of these options; made by the build, and held by a test.',
    `Options of every command:\n\n${fenced(globalOptions.map(({ flags, description }) => `${flagsOf(flags).padEnd(26)}  ${description}`).join('\n'))}`,
  ];
  for (const [path, load] of Object.entries(tree.commands)) {
    parts.push(`## crm ${path}`, fenced(ownHelp(path, await load())));
  }
  return `${parts.join('\n\n')}\n`;
}

const fenced = (text: string): string => `\`\`\`\n${text.trimEnd()}\n\`\`\``;
