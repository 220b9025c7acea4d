/** Every command by its words: one line each, loaded when it is called. */
import type { Kind } from '../domain/kinds.ts';
import type { Command } from './command.ts';

type Load = () => Promise<Command>;

/** The verbs that every kind of record has. */
const recordVerbs = (kind: Kind, restored = true): Record<string, Load> => ({
  [`${kind} add`]: async () => (await import('./record/add.ts')).add(kind),
  [`${kind} list`]: async () => (await import('./record/list.ts')).list(kind),
  [`${kind} show`]: async () => (await import('./record/show.ts')).show(kind),
  [`${kind} set`]: async () => (await import('./record/set.ts')).set(kind),
  [`${kind} rm`]: async () => (await import('./record/rm.ts')).rm(kind),
  ...(restored && { [`${kind} restore`]: async () => (await import('./record/restore.ts')).restore(kind) }),
});

export const commands: Readonly<Record<string, Load>> = {
  init: async () => (await import('./init.ts')).init,

  ...recordVerbs('deal'),
  'deal move': async () => (await import('./deal/move.ts')).move,
  'deal win': async () => (await import('./deal/close.ts')).win,
  'deal lose': async () => (await import('./deal/close.ts')).lose,
  'deal reopen': async () => (await import('./deal/close.ts')).reopen,
  'deal assign': async () => (await import('./deal/assign.ts')).assign,
  'deal note': async () => (await import('./deal/note.ts')).note,
  'deal contact': async () => (await import('./deal/contact.ts')).contact,
  'deal tag': async () => (await import('./record/tag.ts')).tag('deal'),

  ...recordVerbs('contact'),
  'contact tag': async () => (await import('./record/tag.ts')).tag('contact'),
  ...recordVerbs('account'),
  'account tag': async () => (await import('./record/tag.ts')).tag('account'),

  ...recordVerbs('task'),
  'task done': async () => (await import('./task/done.ts')).done,
  'task reopen': async () => (await import('./task/reopen.ts')).reopen,
  'task snooze': async () => (await import('./task/snooze.ts')).snooze,

  ...recordVerbs('activity'),
  log: async () => (await import('./log.ts')).log,
  ...recordVerbs('event'),
  'event import': async () => (await import('./event/import.ts')).importEvents,
  ...recordVerbs('invoice'),
  'invoice pay': async () => (await import('./invoice/pay.ts')).pay,

  'pipeline add': async () => (await import('./pipeline/add.ts')).add,
  'pipeline list': async () => (await import('./pipeline/list.ts')).list,
  'pipeline show': async () => (await import('./pipeline/show.ts')).show,
  'pipeline set': async () => (await import('./pipeline/set.ts')).set,
  'pipeline rename': async () => (await import('./pipeline/rename.ts')).rename,
  'pipeline rm': async () => (await import('./pipeline/rm.ts')).rm,
  'stage add': async () => (await import('./stage/add.ts')).add,
  'stage list': async () => (await import('./stage/list.ts')).list,
  'stage show': async () => (await import('./stage/show.ts')).show,
  'stage set': async () => (await import('./stage/set.ts')).set,
  'stage move': async () => (await import('./stage/move.ts')).move,
  'stage rename': async () => (await import('./stage/rename.ts')).rename,
  'stage rm': async () => (await import('./stage/rm.ts')).rm,
  'field add': async () => (await import('./field/add.ts')).add,
  'field list': async () => (await import('./field/list.ts')).list,
  'field show': async () => (await import('./field/show.ts')).show,
  'field set': async () => (await import('./field/set.ts')).set,
  'field rm': async () => (await import('./field/rm.ts')).rm,
  'user add': async () => (await import('./user/add.ts')).add,
  'user list': async () => (await import('./user/list.ts')).list,
  'user show': async () => (await import('./user/show.ts')).show,
  'user set': async () => (await import('./user/set.ts')).set,
  'user rm': async () => (await import('./user/rm.ts')).rm,
  'user restore': async () => (await import('./user/restore.ts')).restore,
  'team add': async () => (await import('./team/add.ts')).add,
  'team list': async () => (await import('./team/list.ts')).list,
  'team show': async () => (await import('./team/show.ts')).show,
  'team set': async () => (await import('./team/set.ts')).set,
  'team rm': async () => (await import('./team/rm.ts')).rm,
  'view add': async () => (await import('./view/add.ts')).add,
  'view list': async () => (await import('./view/list.ts')).list,
  'view show': async () => (await import('./view/show.ts')).show,
  'view set': async () => (await import('./view/set.ts')).set,
  'view rm': async () => (await import('./view/rm.ts')).rm,

  board: async () => (await import('./board.ts')).board,
  tasks: async () => (await import('./tasks.ts')).tasks,
  status: async () => (await import('./status.ts')).status,
  'automation add': async () => (await import('./automation/add.ts')).add,
  'automation list': async () => (await import('./automation/list.ts')).list,
  'automation show': async () => (await import('./automation/show.ts')).show,
  'automation enable': async () => (await import('./automation/switch.ts')).enable,
  'automation disable': async () => (await import('./automation/switch.ts')).disable,
  'automation rm': async () => (await import('./automation/switch.ts')).rm,
  'automation restore': async () => (await import('./automation/switch.ts')).restore,
  'automation test': async () => (await import('./automation/test.ts')).test,
  'automation backtest': async () => (await import('./automation/backtest.ts')).backtest,
  'automation lint': async () => (await import('./automation/lint.ts')).lint,
  'automation enrolments': async () => (await import('./automation/enrolments.ts')).enrolments,
  'automation retry': async () => (await import('./automation/retry.ts')).retry,
  'message list': async () => (await import('./record/list.ts')).list('message'),
  'message show': async () => (await import('./record/show.ts')).show('message'),

  score: async () => (await import('./score.ts')).score,

  run: async () => (await import('./run.ts')).run,
  explain: async () => (await import('./explain.ts')).explain,
  import: async () => (await import('./import.ts')).importCommand,
  export: async () => (await import('./export.ts')).exportCommand,
  history: async () => (await import('./history.ts')).history,
  undo: async () => (await import('./undo.ts')).undo,
  redo: async () => (await import('./undo.ts')).redo,
  purge: async () => (await import('./purge.ts')).purge,
  config: async () => (await import('./config.ts')).config,
  doctor: async () => (await import('./doctor.ts')).doctor,
  help: async () => (await import('./help.ts')).help,
};

/** The groups of commands, for the overview. */
export const nouns: Readonly<Record<string, string>> = {
  deal: 'deals: what may be sold, to whom, for how much, and how far it is',
  contact: 'people',
  account: 'companies',
  task: 'what is due',
  activity: 'what happened with a customer: calls, e-mails, meetings, notes',
  event: 'what was observed outside: forms, page visits, opened mails',
  invoice: 'invoices, and whether they are paid',
  pipeline: 'sales processes',
  stage: 'the steps of a pipeline',
  field: 'custom fields',
  user: 'who works here',
  team: 'users by a common name',
  view: 'saved queries',
  automation: 'rules: what happens by itself',
  message: 'what was queued: e-mails to customers, notifications to users',
};

export const aliases: Readonly<Record<string, string>> = { ls: 'list' };
