/** Help: the overview, a group of commands, one command, and topics. */
import { usage } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import type { Argument } from './args/argument.ts';
import { command } from './command.ts';
import { argumentsLine, type CommandInfo } from './command-info.ts';
import { globalOptions } from './globals.ts';
import { topics } from './topics.ts';
import type { Tree } from './tree.ts';

/** The overview of all commands, or of those of a noun. */
export async function overview(noun: string, tree: Tree): Promise<string> {
  const { commands, nouns } = tree;
  if (noun !== '') {
    const rows = await rowsOf(
      tree,
      Object.keys(commands).filter(path => path.startsWith(`${noun} `)),
    );
    return `${nouns[noun]}\n\n${table(rows)}\ncrm ${noun} VERB --help says more.\n`;
  }
  const single = await rowsOf(
    tree,
    Object.keys(commands).filter(path => !Object.hasOwn(nouns, path.split(' ')[0]!)),
  );
  return [
    'A CRM for people who live in a terminal.\n',
    'usage: crm NOUN VERB [ARGUMENTS] [OPTIONS]\n',
    'Nouns, each with verbs (add, list, show, set, edit, rm, restore and its own; crm NOUN lists them):',
    table(Object.entries(nouns)),
    'Commands:',
    table(single),
    `Topics: ${Object.keys(topics).join(', ')} (crm help TOPIC)`,
    'crm COMMAND --help says more of each.\n',
  ].join('\n');
}

async function rowsOf({ commands }: Tree, paths: readonly string[]): Promise<[string, string][]> {
  return Promise.all(
    paths.map(async path => {
      const command = await commands[path]!();
      return [`${path} ${argumentsLine(command)}`.trim(), command.summary] as [string, string];
    }),
  );
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(44, Math.max(...rows.map(([name]) => name.length)));
  return `${rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`.trimEnd()).join('\n')}\n`;
}

/** An example as a shell takes it: with the name of the program, unless it has that already. */
export const asTyped = (example: string): string =>
  /^crm\b|\$\(crm /.test(example) ? example : `crm ${example}`;

/** Returns the flags of an option as people read them: `--limit N`. */
export const flagsOf = (flags: string): string => flags.replace(/<(.*)>/, '$1');

export function commandHelp(path: string, command: CommandInfo): string {
  const parts = [
    `${command.summary}\n`,
    `usage: crm ${path} ${argumentsLine(command)}`.trimEnd().concat('\n'),
  ];
  if (command.options?.length)
    parts.push('Options:', table(command.options.map(o => [flagsOf(o.flags), o.description])));
  if (command.examples?.length)
    parts.push('Examples:', `${command.examples.map(e => `  ${asTyped(e)}`).join('\n')}\n`);
  parts.push('Options of every command:', table(globalOptions.map(o => [flagsOf(o.flags), o.description])));
  return parts.join('\n');
}

/** Topics that take the name of a part. */
const inParts: readonly string[] = ['automations', 'reports'];

/** One argument: only its first word tells whether it is a command or a topic. */
const topicWords: Argument<readonly string[]> = {
  type: 'help',
  label: 'COMMAND',
  asks: 'which command or topic',
  isMany: true,
  isOptional: true,
  line: '[COMMAND...|TOPIC [PART]]',
};

export const help = command({
  summary: 'explain a command or a topic',
  args: { words: topicWords },
  examples: ['help deal move', 'help query', 'help automations wait', 'help reports forecast'],
  async run(context, { words }) {
    const { tree } = context.deps;
    const { commands, nouns, aliases } = tree;
    const [first, second] = words;
    if (first === undefined) return context.print(await overview('', tree));
    const topic = Object.hasOwn(topics, first) ? topics[first] : undefined;
    if (topic && (second === undefined || inParts.includes(first))) return context.print(await topic(second));
    if (first === 'report' && second !== undefined) return context.print(await topics.reports!(second));
    const path = second === undefined ? first : `${first} ${aliases[second] ?? second}`;
    if (Object.hasOwn(commands, path)) return context.print(commandHelp(path, await commands[path]!()));
    if (Object.hasOwn(nouns, path)) return context.print(await overview(path, tree));
    const near = nearest(path, [...Object.keys(topics), ...Object.keys(nouns), ...Object.keys(commands)]);
    throw usage(
      `there is no help on ${JSON.stringify(path)}`,
      near
        ? `did you mean crm help ${near}?`
        : `topics: ${Object.keys(topics).join(', ')}; crm help lists all commands`,
    );
  },
});
