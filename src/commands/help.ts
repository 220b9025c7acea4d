/** Help: the overview, a group of commands, one command, and topics. */
import { usage } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import type { Argument } from './args/argument.ts';
import { command } from './line/command.ts';
import { argumentsLine, type CommandInfo, jsonLine } from './line/command-info.ts';
import { globalOptions } from './line/globals.ts';
import { flagsOf, helpTable } from './printing/help-table.ts';
import { printed, topics } from './topics.ts';
import type { Tree } from './line/tree.ts';
import { fitted } from '../ui/fitted.ts';
import type { Sink } from '../ui/streams.ts';
import { wrapped } from '../ui/width.ts';

/** Prints help: fitted to the width of a terminal, unchanged in a pipe. */
export const printHelp = async (stdout: Sink, text: string): Promise<void> =>
  stdout.write(stdout.isTTY ? fitted(text, stdout.columns) : text);

/** The overview of all commands, or of those of a noun. */
export async function overview(noun: string, tree: Tree): Promise<string> {
  const { commands, nouns } = tree;
  if (noun !== '') {
    const rows = await rowsOf(
      tree,
      Object.keys(commands).filter(path => path.startsWith(`${noun} `)),
    );
    return `${nouns[noun]}\n\n${helpTable(rows)}\ncrm ${noun} VERB --help says more.\n`;
  }
  const single = await rowsOf(
    tree,
    Object.keys(commands).filter(path => !Object.hasOwn(nouns, path.split(' ')[0]!)),
  );
  return [
    'A CRM for people who live in a terminal.\n',
    'usage: crm NOUN VERB [ARGUMENTS] [OPTIONS]\n',
    'Nouns, each with verbs (add, list, show, set, edit, rm, restore and its own; crm NOUN lists them):',
    helpTable(Object.entries(nouns)),
    'Commands:',
    helpTable(single),
    `Topics: ${Object.keys(topics).join(', ')} (crm help TOPIC)`,
    `Files for other programs: ${Object.keys(printed).join(', ')} (crm help skill > SKILL.md)\n`,
    'crm COMMAND --help says more of each.\n',
    'To begin: crm init, then crm import deals FILE.csv, or crm deal add; then crm report.\n',
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

/** An example as a shell takes it: with the name of the program, unless it has that already, be it after a variable or the times of cron. */
export const asTyped = (example: string): string =>
  /^(?:\w+=\S+ |(?:[*/\d]+ ){5})?crm\b|\$\(crm /.test(example) ? example : `crm ${example}`;

/** How many cells a line of help that no terminal wraps takes at most. */
const LINE = 100;

/** Returns the help of a command without the options of every command. */
export function ownHelp(path: string, command: CommandInfo): string {
  const { summary, examples = [], options = [] } = command;
  const json = jsonLine(command);
  const parts = [`${summary}\n`, `usage: crm ${path} ${argumentsLine(command)}`.trimEnd().concat('\n')];
  if (examples.length > 0)
    parts.push('Examples:', `${examples.map(each => `  ${asTyped(each)}`).join('\n')}\n`);
  if (options.length > 0)
    parts.push('Options:', helpTable(options.map(o => [flagsOf(o.flags), o.description])));
  if (json !== undefined) parts.push(`${wrapped(json, LINE).join('\n')}\n`);
  return parts.join('\n');
}

/** Returns what `crm COMMAND --help` prints. */
export function commandHelp(path: string, command: CommandInfo): string {
  const names = globalOptions.map(({ flags }) => flags.replace(/ <.*/, '').replace(', ', '/'));
  const globals = `Options of every command (crm help options says more): ${names.join(', ')}`;
  return `${ownHelp(path, command)}\n${wrapped(globals, LINE).join('\n')}\n`;
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
  effect: 'reads',
  args: { words: topicWords },
  examples: ['help deal move', 'help query', 'help automations wait', 'help reports forecast'],
  async run(context, { words }) {
    const { tree } = context.deps;
    const print = (text: string) => printHelp(context.streams.stdout, text);
    const { commands, nouns, aliases } = tree;
    const [first, second] = words;
    if (first === undefined) return print(await overview('', tree));
    const topic = Object.hasOwn(topics, first) ? topics[first] : undefined;
    if (topic && (second === undefined || inParts.includes(first))) return print(await topic(second));
    if (Object.hasOwn(printed, first) && second === undefined)
      return context.print(await printed[first]!(tree));
    if (first === 'report' && second !== undefined) return print(await topics.reports!(second));
    const path = second === undefined ? first : `${first} ${aliases[second] ?? second}`;
    if (Object.hasOwn(commands, path)) return print(commandHelp(path, await commands[path]!()));
    if (Object.hasOwn(nouns, path)) return print(await overview(path, tree));
    const near = nearest(path, [
      ...Object.keys(topics),
      ...Object.keys(printed),
      ...Object.keys(nouns),
      ...Object.keys(commands),
    ]);
    throw usage(
      `there is no help on ${JSON.stringify(path)}`,
      near
        ? `did you mean crm help ${near}?`
        : `topics: ${Object.keys(topics).join(', ')}; crm help lists all commands`,
    );
  },
});
