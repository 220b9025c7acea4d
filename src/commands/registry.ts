/** Every command by its words: one line each, loaded when it is called. */
import type { Kind, Kinds } from '../domain/kinds.ts';
import { definitionOf, definitionsIn, type KindDefinition } from '../kinds/define.ts';
import type { Command } from './line/command.ts';
import { commandsOfNoun } from './setting/commands.ts';
import type { SettingNouns } from './setting/noun.ts';
import { settingNouns } from './setting/nouns/index.ts';
import type { Tree } from './line/tree.ts';

type Load = () => Promise<Command>;
type Commands = Readonly<Record<string, Load>>;

/** Commands that print what `jsonAs` prints, unless they say otherwise. */
const printing = (jsonAs: string, commands: Commands): Commands =>
  Object.fromEntries(
    Object.entries(commands).map(([path, load]) => [
      path,
      async () => {
        const command = await load();
        return command.jsonFields || command.jsonAs ? command : { ...command, jsonAs };
      },
    ]),
  );

/** The verbs that a kind of record has: those of every kind, its own, and those that its definition asks for. */
const recordVerbs = (kinds: Kinds, { name: kind, fields, several, isMergeable }: KindDefinition): Commands =>
  printing(`${kind} show`, {
    [`${kind} add`]: async () => (await import('./record/add.ts')).add(kinds, kind),
    [`${kind} list`]: async () => (await import('./record/list.ts')).list(kinds, kind),
    [`${kind} show`]: async () => (await import('./record/show.ts')).show(kinds, kind),
    [`${kind} set`]: async () => (await import('./record/set.ts')).set(kinds, kind),
    [`${kind} edit`]: async () => (await import('./record/edit.ts')).edit(kinds, kind),
    [`${kind} rm`]: async () => (await import('./record/rm.ts')).rm(kinds, kind),
    [`${kind} restore`]: async () => (await import('./record/restore.ts')).restore(kinds, kind),
    ...ownVerbs(kinds)[kind],
    ...(fields.some(field => field.type === 'tags') && {
      [`${kind} tag`]: async () => (await import('./record/tag.ts')).tag(kinds, kind),
    }),
    ...(fields.some(field => field.type === 'files') && {
      [`${kind} attach`]: async () => (await import('./record/attach.ts')).attach(kinds, kind),
      [`${kind} detach`]: async () => (await import('./record/attach.ts')).detach(kinds, kind),
      [`${kind} files`]: async () => (await import('./record/attach.ts')).files(kinds, kind),
    }),
    ...Object.fromEntries(
      (several ?? []).map(({ one }) => [
        `${kind} ${one}`,
        async () => (await import('./record/several.ts')).severalCommand(kinds, kind, one),
      ]),
    ),
    ...(isMergeable && {
      [`${kind} merge`]: async () => (await import('./record/merge.ts')).merge(kinds, kind),
    }),
  });

/** What only one kind can do. */
const ownVerbs = (kinds: Kinds): { readonly [kind: Kind]: Commands } => ({
  deal: {
    'deal move': async () => (await import('./deal/move.ts')).move,
    'deal win': async () => (await import('./deal/close.ts')).win,
    'deal lose': async () => (await import('./deal/close.ts')).lose,
    'deal reopen': async () => (await import('./deal/close.ts')).reopen,
    'deal assign': async () => (await import('./deal/assign.ts')).assign,
    'deal note': async () => (await import('./deal/note.ts')).note,
    'deal contact': async () => (await import('./deal/contact.ts')).contact,
  },
  contact: {
    'contact relate': async () => (await import('./contact/relate.ts')).relate,
    'contact emails': async () => (await import('./contact/emails.ts')).emails,
  },
  task: {
    'task done': async () => (await import('./task/done.ts')).done,
    'task reopen': async () => (await import('./task/reopen.ts')).reopen,
    'task snooze': async () => (await import('./task/snooze.ts')).snooze,
  },
  activity: { log: async () => (await import('./log.ts')).log(kinds) },
  event: { 'event import': async () => (await import('./event/import.ts')).importEvents },
  invoice: { 'invoice pay': async () => (await import('./invoice/pay.ts')).pay },
});

/** All commands, in the order of the overview. */
const commandsOf = (kinds: Kinds, nouns: SettingNouns): Commands => ({
  ...firstCommands,
  ...Object.assign({}, ...madeByPeople(kinds).map(each => recordVerbs(kinds, each))),
  ...stageCommands,
  ...Object.assign({}, ...Object.entries(nouns).map(([name, entry]) => commandsOfNoun(name, entry, kinds))),
  ...otherCommands(kinds),
});

/**
 * Returns the function that finds what loads a command, by its words. The table of all commands takes longer to make than
 * many commands take to start, so only the parts of it are made that may have the noun of the command.
 */
function finderOf(kinds: Kinds, nouns: SettingNouns): (path: string) => Load | undefined {
  let others: Commands | undefined;
  let unnamed: Commands | undefined;
  const parts = (noun: string): (() => Commands)[] => {
    const kind = madeByPeople(kinds).find(({ name }) => name === noun);
    return [
      () => (kind ? recordVerbs(kinds, kind) : {}),
      () => (Object.hasOwn(nouns, noun) ? commandsOfNoun(noun, nouns[noun]!, kinds) : {}),
      () => (others ??= { ...firstCommands, ...stageCommands, ...otherCommands(kinds) }),
      () => (unnamed ??= withoutNoun(kinds)),
    ];
  };
  return path => {
    for (const part of parts(path.split(' ', 1)[0]!)) {
      const commands = part();
      if (Object.hasOwn(commands, path)) return commands[path];
    }
    return undefined;
  };
}

/** The commands of kinds of record of which some, such as `log`, do not begin with the name of the kind. */
function withoutNoun(kinds: Kinds): Commands {
  const verbs = ownVerbs(kinds);
  const isNamed = ({ name }: KindDefinition) =>
    Object.keys(verbs[name] ?? {}).every(path => path.startsWith(`${name} `));
  const unnamed = madeByPeople(kinds).filter(kind => !isNamed(kind));
  return Object.assign({}, ...unnamed.map(kind => recordVerbs(kinds, kind)));
}

const firstCommands: Commands = { init: async () => (await import('./init.ts')).init };
/** What stages have beside the verbs of all settings. */
const stageCommands: Commands = {
  'stage move': async () => (await import('./stage/move.ts')).move,
};

/** Long because it is a table: one line for each command. */
const otherCommands = (kinds: Kinds): Commands => ({
  'tag list': async () => (await import('./tag/list.ts')).list(kinds),
  'tag rename': async () => (await import('./tag/change.ts')).rename,
  'tag rm': async () => (await import('./tag/change.ts')).rm,

  edit: async () => (await import('./edit.ts')).edit(kinds),
  search: async () => (await import('./search.ts')).search,
  show: async () => (await import('./show.ts')).show(kinds),
  brief: async () => (await import('./brief.ts')).brief,
  next: async () => (await import('./next.ts')).next,
  today: async () => (await import('./next.ts')).today,
  dupes: async () => (await import('./dupes.ts')).dupes(kinds),
  board: async () => (await import('./board.ts')).board,
  tasks: async () => (await import('./tasks.ts')).tasks,
  report: async () => (await import('./report.ts')).report,
  status: async () => (await import('./status.ts')).status,
  'automation add': async () => (await import('./automation/add.ts')).add,
  'automation list': async () => (await import('./automation/list.ts')).list,
  'automation enable': async () => (await import('./automation/switch.ts')).enable,
  'automation disable': async () => (await import('./automation/switch.ts')).disable,
  'automation rm': async () => (await import('./automation/switch.ts')).rm,
  'automation restore': async () => (await import('./automation/switch.ts')).restore,
  'automation templates': async () => (await import('./automation/templates.ts')).templates,
  'automation test': async () => (await import('./automation/test.ts')).test,
  'automation backtest': async () => (await import('./automation/backtest.ts')).backtest,
  'automation lint': async () => (await import('./automation/lint.ts')).lint,
  'automation enrolments': async () => (await import('./automation/enrolments.ts')).enrolments,
  'automation enrol': async () => (await import('./automation/enrol.ts')).enrol,
  'automation retry': async () => (await import('./automation/retry.ts')).retry,
  'template lint': async () => (await import('./template/lint.ts')).lint,
  'template preview': async () => (await import('./template/preview.ts')).preview,
  'message list': async () => (await import('./record/list.ts')).list(kinds, 'message'),
  'message show': async () => (await import('./record/show.ts')).show(kinds, 'message'),
  'message retry': async () => (await import('./message/change.ts')).retry,
  'message release': async () => (await import('./message/change.ts')).release,
  'message cancel': async () => (await import('./message/change.ts')).cancel,
  'message mark-sent': async () => (await import('./message/change.ts')).markSent,

  'mail write': async () => (await import('./mail/write.ts')).write,
  'mail reply': async () => (await import('./mail/reply.ts')).reply,
  conversation: async () => (await import('./conversation.ts')).conversation,
  'mail ingest': async () => (await import('./mail/ingest.ts')).ingest,
  'mail fetch': async () => (await import('./mail/fetch.ts')).fetch,
  'mail unknown': async () => (await import('./mail/unknown.ts')).unknown,
  inbox: async () => (await import('./inbox.ts')).inbox,
  'inbox read': async () => (await import('./inbox/read.ts')).read,
  'inbox unread': async () => (await import('./inbox/read.ts')).unreadAgain,

  'mail setup': async () => (await import('./mail/setup.ts')).setup,
  'mail check': async () => (await import('./mail/check.ts')).check,
  'webhook secret': async () => (await import('./webhook/secret.ts')).secret,

  score: async () => (await import('./score.ts')).score(kinds),

  run: async () => (await import('./run.ts')).run,
  serve: async () => (await import('./serve.ts')).serve,
  mcp: async () => (await import('./mcp.ts')).mcp,
  deliver: async () => (await import('./deliver.ts')).deliver,
  explain: async () => (await import('./explain.ts')).explain,
  import: async () => (await import('./import.ts')).importCommand,
  export: async () => (await import('./export.ts')).exportCommand,
  'import all': async () => (await import('./all.ts')).importWorkspace,
  'export all': async () => (await import('./all.ts')).exportWorkspace,
  'export person': async () => (await import('./export-person.ts')).exportPerson,
  history: async () => (await import('./history.ts')).history,
  undo: async () => (await import('./undo.ts')).undo,
  redo: async () => (await import('./undo.ts')).redo,
  purge: async () => (await import('./purge.ts')).purge,
  'config set': async () => (await import('./config/set.ts')).set,
  config: async () => (await import('./config.ts')).config,
  trust: async () => (await import('./trust.ts')).trust,
  'calendar add': async () => (await import('./calendar/add.ts')).add,
  'calendar list': async () => (await import('./calendar/list.ts')).list,
  'calendar rm': async () => (await import('./calendar/rm.ts')).rm,
  'hook list': async () => (await import('./hook/list.ts')).list,
  'hook run': async () => (await import('./hook/run.ts')).run,
  'remote add': async () => (await import('./remote/add.ts')).add,
  'remote show': async () => (await import('./remote/show.ts')).show,
  'remote rm': async () => (await import('./remote/rm.ts')).rm,
  'remote repair': async () => (await import('./remote/repair.ts')).repair,
  clone: async () => (await import('./clone.ts')).clone,
  watch: async () => (await import('./watch.ts')).watch,
  sync: async () => (await import('./sync.ts')).sync,
  doctor: async () => (await import('./doctor.ts')).doctor,
  completion: async () => (await import('./completion/completion.ts')).completion,
  help: async () => (await import('./help.ts')).help,
});

/** The groups of commands, for the overview. */
const nounsOf = (kinds: Kinds, nouns: SettingNouns): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(madeByPeople(kinds).map(({ name, summary }) => [name, summary])),
  ...Object.fromEntries(Object.entries(nouns).map(([name, { summary }]) => [name, summary])),
  tag: 'the tags of deals, contacts and accounts',
  webhook: 'the calls that rules make',
  message: definitionOf(kinds, 'message').summary,
  mail: 'e-mail: how it leaves and comes in',
  calendar: 'the addresses at which calendar programs read tasks',
  hook: 'programs that are asked before a change and told after it',
  remote: 'where the workspace is shared with other machines',
});

const madeByPeople = (kinds: Kinds): readonly KindDefinition[] =>
  definitionsIn(kinds).filter(each => each.isMadeByPeople);

const aliases: Readonly<Record<string, string>> = { ls: 'list' };

type Known = ReturnType<typeof makeTree>;
const trees = new WeakMap<Kinds, WeakMap<SettingNouns, Known>>();

/**
 * Returns the commands of a program that knows these kinds of record and these nouns of the settings. A process that runs
 * many commands (a server, the tests) makes them once.
 */
export function treeOf(kinds: Kinds, nouns: SettingNouns = settingNouns): Known {
  let known = trees.get(kinds);
  if (!known) trees.set(kinds, (known = new WeakMap()));
  let tree = known.get(nouns);
  if (!tree) known.set(nouns, (tree = makeTree(kinds, nouns)));
  return tree;
}

function makeTree(kinds: Kinds, nouns: SettingNouns) {
  let commands: Commands | undefined;
  let groups: Tree['nouns'] | undefined;
  return {
    get commands() {
      return (commands ??= commandsOf(kinds, nouns));
    },
    get nouns() {
      return (groups ??= nounsOf(kinds, nouns));
    },
    aliases,
    /** Returns what loads a command, without making the table of all of them. */
    find: finderOf(kinds, nouns),
  };
}
