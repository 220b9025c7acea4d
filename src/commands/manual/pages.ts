/** The manual, made of what commands say of themselves: crm(1), a page for each noun, and one for each topic. */
import { argumentsLine, type CommandInfo, jsonLine } from '../line/command-info.ts';
import { globalOptions } from '../line/globals.ts';
import { asTyped } from '../help.ts';
import { flagsOf } from '../printing/help-table.ts';
import { topics } from '../topics.ts';
import type { Tree } from '../line/tree.ts';
import { block, heading, inline, paragraph, part, term, title } from './roff.ts';

export interface ManualPage {
  /** As in `man1/crm-deal.1`. */
  readonly file: string;
  readonly text: string;
}

export interface Edition {
  readonly version: string;
  /** `YYYY-MM-DD` */
  readonly day: string;
}

interface Named {
  readonly path: string;
  readonly command: CommandInfo;
}

/** Returns all pages. */
export async function manualPages(tree: Tree, edition: Edition): Promise<ManualPage[]> {
  const named = await Promise.all(
    Object.entries(tree.commands).map(
      async ([path, load]): Promise<Named> => ({ path, command: await load() }),
    ),
  );
  const nounOf = ({ path }: Named) => {
    const [first] = path.split(' ');
    return Object.hasOwn(tree.nouns, first!) ? first! : undefined;
  };
  const pages = [
    overviewPage(
      tree,
      named.filter(each => nounOf(each) === undefined),
      edition,
    ),
  ];
  for (const [noun, summary] of Object.entries(tree.nouns))
    pages.push(
      commandsPage(
        `crm-${noun}`,
        summary,
        named.filter(each => nounOf(each) === noun),
        edition,
      ),
    );
  for (const [topic, load] of Object.entries(topics)) pages.push(topicPage(topic, await load(), edition));
  return pages;
}

function overviewPage(tree: Tree, commands: readonly Named[], edition: Edition): ManualPage {
  const nouns = Object.entries(tree.nouns).map(([noun, summary]) =>
    term(`crm ${noun}`, `${summary}: crm-${noun}(1)`),
  );
  return page('crm', 1, 'a CRM for people who live in a terminal', edition, [
    heading('synopsis'),
    inline('crm NOUN VERB [ARGUMENTS] [OPTIONS]'),
    heading('description'),
    inline('Each noun has verbs (add, list, show, set, edit, rm, restore and its own).'),
    ...nouns,
    heading('commands'),
    ...commands.flatMap(commandPart),
    heading('options of every command'),
    ...globalOptions.map(({ flags, description }) => term(flagsOf(flags), description)),
    heading('topics'),
    ...Object.keys(topics).map(topic => term(topic, `crm help ${topic}, crm-${topic}(7)`)),
  ]);
}

const commandsPage = (
  name: string,
  summary: string,
  commands: readonly Named[],
  edition: Edition,
): ManualPage =>
  page(name, 1, summary, edition, [
    heading('synopsis'),
    block(commands.map(({ path, command }) => lineOf(path, command)).join('\n')),
    heading('commands'),
    ...commands.flatMap(commandPart),
    heading('see also'),
    inline('crm(1), which has the options of every command'),
  ]);

function commandPart({ path, command }: Named): string[] {
  const { summary, options = [], examples = [] } = command;
  const json = jsonLine(command);
  return [
    part(lineOf(path, command)),
    inline(summary),
    ...(examples.length === 0
      ? []
      : [paragraph('Examples:'), block(examples.map(each => `  ${asTyped(each)}`).join('\n'))]),
    ...options.map(({ flags, description }) => term(flagsOf(flags), description)),
    ...(json === undefined ? [] : [paragraph(json)]),
  ];
}

/** The first line of a topic is what it is about. */
function topicPage(topic: string, text: string, edition: Edition): ManualPage {
  const [first = '', ...rest] = text.split('\n');
  const summary = first.replace(/^[^:]*: /, '');
  return page(`crm-${topic}`, 7, summary, edition, [
    heading('description'),
    block(rest.join('\n').replace(/^\n+/, '')),
    heading('see also'),
    inline('crm(1)'),
  ]);
}

function page(
  name: string,
  section: 1 | 7,
  summary: string,
  { version, day }: Edition,
  parts: readonly string[],
): ManualPage {
  const head = [
    title(name, section, day, `crm ${version}`),
    heading('name'),
    `${inline(name)} \\- ${inline(summary)}`,
  ];
  return { file: `man${section}/${name}.${section}`, text: `${[...head, ...parts].join('\n')}\n` };
}

const lineOf = (path: string, command: CommandInfo): string =>
  `crm ${path} ${argumentsLine(command)}`.trimEnd();
