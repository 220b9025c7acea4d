/**
 * A workspace in memory to try rules in, with the settings of swept.ts: what commands do is done with a writer on a draft,
 * and swept by the one plan. It has neither files nor a command line, so a test takes milliseconds.
 */
import { expect } from 'vitest';
import { activations } from '../../src/app/automation/activations.ts';
import { type Ground, planInput, seenBefore } from '../../src/app/automation/plan-input.ts';
import { checkConfig } from '../../src/app/core/check-config.ts';
import { parseField, settableField, Writer } from '../../src/app/core/writer.ts';
import { View } from '../../src/app/core/view.ts';
import { enrol } from '../../src/app/automation/enrol.ts';
import { includeExisting } from '../../src/app/automation/existing.ts';
import { retryEnrolments } from '../../src/app/automation/automations.ts';
import type { ReadyWorkspace } from '../../src/app/ready-workspaces/ready-workspace.ts';
import { recordsAsJson } from '../../src/app/reading/record-json.ts';
import { assignee } from '../../src/app/records/assign.ts';
import { changedFields, newFields } from '../../src/app/records/given-fields.ts';
import { adjustScore } from '../../src/app/records/scores.ts';
import { type Change, idOf, invert, kindOf } from '../../src/domain/changes.ts';
import { clockIn } from '../../src/domain/clock.ts';
import type { Config } from '../../src/domain/config.ts';
import { formatInstant } from '../../src/domain/dates.ts';
import { isNamed, type Kind, numberOf } from '../../src/domain/kinds.ts';
import type { Rec } from '../../src/domain/records.ts';
import type { Problem } from '../../src/store/yaml/yaml.ts';
import { crons } from '../../src/engine/croner.ts';
import { makeTexts } from '../../src/engine/texts/liquid.ts';
import { plan } from '../../src/engine/plan.ts';
import type { Asked } from '../../src/engine/sweep/input.ts';
import type { Trace } from '../../src/engine/sweep/report.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { definitionOf } from '../../src/kinds/define.ts';
import { allOf } from '../../src/kinds/several.ts';
import { propertyOf } from '../../src/kinds/event-property.ts';
import { Draft } from '../../src/state/draft.ts';
import { MemorySource } from '../../src/state/source.ts';
import type { Logged } from '../../src/state/change-log.ts';
import { State, type Trashed } from '../../src/state/state.ts';
import { languages } from '../languages.ts';
import { HARDWARE, NOW, SALES, SETTINGS, type Sweep } from './swept.ts';

const tester = { user: 'tester', role: 'admin' } as const;
const START = Date.parse(NOW);

/** What a sweep says, and what it skipped and why where it was asked. */
export interface DeskSweep extends Sweep {
  readonly trace: Trace;
}

export class Desk {
  now = START;
  readonly #files: Map<string, string>;
  #config: Config;
  #state: State;
  readonly #journal: Logged[] = [];
  readonly #removed = new Map<string, string>();
  /** The first change of each transaction that was undone or can be: [first, after the last). */
  readonly #done: [number, number][] = [];

  constructor(files: ReadonlyMap<string, string>, from?: { journal: readonly Logged[]; state: State }) {
    this.#files = new Map(files);
    this.#config = from?.state.config ?? configOf(this.#files);
    this.#journal.push(...(from?.journal ?? []));
    this.#state = from?.state ?? emptyState(this.#config);
  }

  static make(files: Readonly<Record<string, string>> = {}): Desk {
    return new Desk(
      new Map(
        Object.entries({
          'crm.yaml': SETTINGS,
          'pipelines/a-sales.yaml': SALES,
          'pipelines/hardware.yaml': HARDWARE,
          ...files,
        }),
      ),
    );
  }

  /** A desk with the settings that `crm init --template` writes. */
  static ready(template: ReadyWorkspace): Desk {
    const files = template({ name: 'Test', timezone: 'Europe/Amsterdam', currency: 'EUR' });
    return new Desk(new Map(Object.entries(files).filter(([path]) => path.endsWith('.yaml'))));
  }

  /** A desk that begins as this one is now. */
  copy(): Desk {
    const copy = new Desk(this.#files, {
      journal: this.#journal,
      state: reopened(this.#state, this.#config),
    });
    copy.now = this.now;
    return copy;
  }

  get state(): State {
    return this.#state;
  }

  get journal(): readonly Logged[] {
    return this.#journal;
  }

  /** Writes a file of the settings, as a person with an editor would. */
  write(path: string, text: string): void {
    this.#files.set(path, text);
  }

  edit(path: string, change: (text: string) => string): void {
    this.write(path, change(this.#files.get(path)!));
  }

  remove(path: string): void {
    this.#files.delete(path);
  }

  rule(id: string, text: string): void {
    this.write(`automations/${id}.yaml`, text);
  }

  /** Goes on to another time, after the beginning. */
  at(ms: number): void {
    this.now = START + ms;
  }

  /** Forgets the changes in memory, as a program does that starts anew. */
  reopen(): void {
    this.#state = reopened(this.#state, this.#config);
  }

  /** Does something as one transaction, which is no cause of rules if it is quiet. */
  change(work: (writer: Writer) => void, { quiet = false, viewer = tester as Viewer } = {}): void {
    this.#takeIn();
    const draft = new Draft(this.#state.fork(), { ...clockIn(this.#config, 0), now: this.now });
    work(new Writer(draft, viewer, assignee));
    const first = this.#journal.length;
    this.#commit(draft.changes, quiet);
    this.#done.push([first, this.#journal.length]);
  }

  /** Does what a command line says; see `does`. */
  ok(line: string | readonly string[]): void {
    const words = typeof line === 'string' ? line.split(' ').filter(word => word !== '') : line;
    if (words[0] === 'undo' || words[0] === 'redo') this.undo();
    else if (words[0] === 'automation' && words[1] !== 'enrol' && words[1] !== 'retry') {
      this.#switch(words[1]!, words[2]!);
      if (words[3] === '--include-existing')
        this.change(({ draft }) => {
          includeExisting(draft, words[2]!);
        });
    } else this.change(writer => does(writer, words));
  }

  /** Does what command lines say, one after the other, `run` among them. */
  async all(...lines: readonly (string | readonly string[])[]): Promise<void> {
    for (const line of lines)
      if (line === 'run') await this.sweep();
      else this.ok(line);
  }

  /** Takes back the last thing that was done, quietly: done twice, it is done again. */
  undo(): void {
    const [first, last] = this.#done.pop()!;
    const back = this.#journal
      .slice(first, last)
      .map(({ change }) => invert(change))
      .reverse();
    this.#commit(back, true);
    this.#done.push([this.#journal.length - back.length, this.#journal.length]);
  }

  /** Plans a sweep, and does nothing of it. */
  async plan(asked: Asked = {}): Promise<ReturnType<typeof plan>> {
    this.#takeIn();
    return plan(planInput(await this.#ground(asked.only), asked));
  }

  async sweep(...options: string[]): Promise<DeskSweep> {
    const only = options.includes('--only') ? options[options.indexOf('--only') + 1] : undefined;
    const planned = await this.plan({ only, isExplained: options.includes('--explain') });
    if (!options.includes('--dry-run')) this.#commit(planned.changes, false);
    const { trace, changes } = planned;
    const isDone = changes.length > 0 && !options.includes('--dry-run');
    const { transitions, automations, skipped, failures, leftOut } = trace;
    return {
      code: failures.length > 0 ? 1 : 0,
      now: formatInstant(trace.now),
      tx: isDone ? this.#state.seq : null,
      events: trace.events,
      transitions,
      automations: [...automations, ...skipped.map(each => each as never)],
      changes: countsOf(changes),
      failures,
      leftOut: leftOut as Sweep['leftOut'],
      trace,
    };
  }

  /** Sweeps, and again at the same time: which must change nothing. */
  async sweepTwice(...options: string[]): Promise<DeskSweep> {
    const dry = await this.sweep('--dry-run', ...options);
    const first = await this.sweep(...options);
    expect(dry, 'planning again is the same').toEqual({ ...first, tx: null });
    const { length } = this.#journal;
    expect(await this.sweep()).toMatchObject({
      tx: null,
      events: 0,
      transitions: [],
      automations: [],
      changes: {},
    });
    expect(this.#journal).toHaveLength(length);
    return first;
  }

  /** What is wrong with a rule as it is written now. */
  broken(id: string): readonly Problem[] {
    return configOf(this.#files)
      .broken.filter(each => each.id === id)
      .flatMap(({ problems }) => problems);
  }

  /** What lint warns of as the files are written now, as it says it. */
  warnings(): string[] {
    return configOf(this.#files)
      .warnings.flatMap(({ problems }) => problems)
      .map(({ file, line, message, hint }) => `${file}:${line}: ${message}; ${hint}`);
  }

  get(id: string): Rec | undefined {
    return this.#state.get(id);
  }

  /** A record, which must exist, as people and scripts see it. */
  show(id: string): Record<string, unknown> {
    if (!this.get(id)) throw new Error(`${id} does not exist`);
    const view = new View(this.#state, tester, { ...clockIn(this.#config, 0), now: this.now });
    return recordsAsJson(view)(id) as Record<string, unknown>;
  }

  /** All live records of a kind, in order. */
  list(kind: Kind): Rec[] {
    return recordsOf(this.#state, kind);
  }

  notes(id: string): string[] {
    return this.list('activity')
      .filter(activity => activity.for === id)
      .map(activity => activity.text as string);
  }

  /** The settings as they are now: files that a person changed are taken in first, by a transaction of their own. */
  #takeIn(): void {
    const known = this.#state.named('file');
    const paths = new Set([...known.keys(), ...this.#files.keys()]);
    const changes = [...paths].flatMap((path): Change[] => {
      const before = (known.get(path)?.text as string | undefined) ?? null;
      const now = this.#files.get(path) ?? null;
      return before === now ? [] : [{ kind: 'file', id: path, set: { text: [before, now] } }];
    });
    if (changes.length === 0) return;
    this.#commit(changes, false);
    this.#config = configOf(this.#files);
    this.reopen();
  }

  #commit(changes: readonly Change[], quiet: boolean): void {
    if (changes.length === 0) return;
    const seq = this.#state.seq + 1;
    const at = formatInstant(this.now);
    for (const change of changes) {
      this.#journal.push({ change, at, seq, quiet });
      this.#state.apply(change, at, seq, quiet);
    }
  }

  async #ground(only: string | undefined): Promise<Ground> {
    const { seq } = seenBefore(this.#state, only);
    const since = this.#journal.filter(entry => entry.seq > seq);
    return {
      state: this.#state,
      since,
      stageSince: new Map(since.flatMap(({ change }) => stageBefore(change, this.#journal, seq))),
      activated: await activations(this.#config, since),
      now: this.now,
      languages: { texts: makeTexts(this.#config.timezone), crons },
    };
  }

  #switch(verb: string, id: string): void {
    const path = `automations/${id}.yaml`;
    if (verb === 'rm') this.#removed.set(path, this.#files.get(path)!);
    if (verb === 'rm') this.remove(path);
    else if (verb === 'restore') this.write(path, this.#removed.get(path)!);
    else this.edit(path, text => `enabled: ${verb === 'enable'}\n${text.replace(/^enabled: .*\n/m, '')}`);
    this.#takeIn();
  }
}

/** Gives desks at which these commands were done: once, and copies of that. */
export const deskSeededBy = (...commands: string[]): (() => Promise<Desk>) => deskWith({}, ...commands);

/** The same, with these files of settings. */
export function deskWith(
  files: Readonly<Record<string, string>>,
  ...commands: string[]
): () => Promise<Desk> {
  let made: Promise<Desk> | undefined;
  const make = async () => {
    const desk = Desk.make(files);
    await desk.all(...commands);
    return desk;
  };
  return async () => (await (made ??= make())).copy();
}

type Viewer = ConstructorParameters<typeof Writer>[1];

function configOf(files: ReadonlyMap<string, string>): Config {
  const { config, problems } = checkConfig(files, recordKinds, languages);
  if (!config || problems.length > 0) throw new Error(JSON.stringify(problems));
  return config;
}

const emptyState = (config: Config): State =>
  new State(
    {
      seq: 0,
      seqOf: () => 0,
      source: () => new MemorySource([]),
      named: () => [],
      trash: () => [],
      next: () => 1,
    },
    config,
  );

const recordsOf = (state: State, kind: Kind): Rec[] => {
  const table = state.table(kind);
  return table
    .liveRows()
    .map(row => table.record(row))
    .sort((a, b) => numberOf(a.id) - numberOf(b.id));
};

/** The same state as from snapshots, with nothing of the journal in memory, perhaps with other settings. */
function reopened(state: State, config: Config): State {
  const { seq } = state;
  const kinds = state.kinds.names;
  const records = new Map(kinds.map(kind => [kind, recordsOf(state, kind)]));
  const next = new Map(kinds.map(kind => [kind, state.nextNumber(kind)]));
  const named = { file: [...state.named('file').values()], cursor: [...state.named('cursor').values()] };
  const trash: readonly Trashed[] = [...state.trash().values()];
  return new State(
    {
      seq,
      seqOf: () => seq,
      source: kind => new MemorySource(records.get(kind)!),
      named: kind => named[kind],
      trash: () => trash,
      next: kind => next.get(kind)!,
    },
    config,
  );
}

/** Since when a deal that is moved had been in its stage as of a transaction. */
function stageBefore(change: Change, journal: readonly Logged[], seq: number): [string, string][] {
  if (!('set' in change) || !change.set.stage) return [];
  const moves = journal.filter(
    each =>
      each.seq <= seq &&
      idOf(each.change) === change.id &&
      ('add' in each.change || ('set' in each.change && each.change.set.stage !== undefined)),
  );
  const last = moves.at(-1);
  return last ? [[change.id, last.at]] : [];
}

/** How many records of each kind changes are of, by the plural of the kind. */
function countsOf(changes: readonly Change[]): Record<string, number> {
  const ids = new Map<Kind, Set<string>>();
  for (const change of changes) {
    const kind = kindOf(change);
    if (!isNamed(kind)) ids.set(kind, (ids.get(kind) ?? new Set()).add(idOf(change)));
  }
  return Object.fromEntries([...ids].map(([kind, each]) => [recordKinds.pluralOf(kind), each.size]));
}

/** What a command line says: the words after noun and verb, the first of which is mostly an id, and its options. */
interface Given {
  readonly writer: Writer;
  readonly noun: string;
  readonly verb: string;
  readonly id: string;
  readonly rest: readonly string[];
  option(name: string): string | undefined;
  readonly options: ReadonlyMap<string, string[]>;
  set(fields: Readonly<Record<string, string>>): void;
}

/** What commands of these verbs do, as far as tests of rules need it. */
const deeds: Readonly<Record<string, (given: Given) => void>> = {
  add,
  tag,
  log,
  score: ({ writer, verb: id, id: text, option }) => {
    adjustScore(writer, writer.config.kinds.kindOf(id) as 'contact' | 'deal', id, {
      score: option('score'),
      how: text.startsWith('=') ? 'set' : 'add',
      points: Number(text.replace(/^[=+]/, '')),
      expires: undefined,
    });
  },
  set: ({ rest, set }) => set(Object.fromEntries(rest.map(pair))),
  rm: ({ writer, id }) => writer.remove(id),
  restore: ({ writer, noun, id }) => {
    writer.restore(noun, id);
  },
  move: ({ writer, id, rest: [stage], option }) => {
    const pipeline = option('pipeline');
    writer.set(id, { ...(pipeline !== undefined && { pipeline }), ...(stage !== undefined && { stage }) });
  },
  win: ({ writer, id }) => {
    writer.set(id, { status: 'won' });
  },
  lose: ({ writer, id, option }) => {
    writer.set(id, { status: 'lost', lostReason: option('reason') });
  },
  reopen: ({ writer, id }) => {
    writer.set(id, { status: 'open' });
  },
  done: ({ writer, id, option }) => {
    writer.set(id, { status: 'done', outcome: option('outcome') });
  },
  snooze: ({ rest: [due], set }) => set({ due: due! }),
  assign: ({ writer, id, rest: [owner], set }) =>
    set({ owner: owner === 'auto' ? writer.autoOwner(writer.get(id)!.pipeline as string) : owner! }),
  note: ({ writer, id, rest }) => {
    writer.add('activity', { type: 'note', for: id, text: rest.join(' ') });
  },
  contact: ({ writer, id, rest: [contact] }) => {
    writer.set(id, { contacts: [...(writer.get(id)!.contacts as string[]), contact!] });
  },
  enrol: ({ writer, id, rest }) => {
    enrol(writer, writer.draft, id, rest);
  },
  retry: ({ writer, id, rest }) => {
    retryEnrolments(writer, [id, ...rest]);
  },
  email: ({ writer, id, rest: [address], set }) => {
    const emails = definitionOf(recordKinds, 'contact').several!.find(({ one }) => one === 'email')!;
    set({ emails: [...allOf(writer.view.record(id), emails), address].join(',') });
  },
};

/** Does what `crm WORDS` does. */
function does(writer: Writer, words: readonly string[]): void {
  const { named, options } = split(words);
  const [noun, verb, ...others] = named as [string, string, ...string[]];
  const count = Math.max(
    1,
    others.findIndex(word => !/^[A-Z]\d+$/.test(word)),
  );
  const ids = others.every(word => /^[A-Z]\d+$/.test(word)) ? others : others.slice(0, count);
  // `contact email C1 add x` and `deal contact D1 add C2` have a second verb after the id.
  const rest = others.slice(ids.length + (verb === 'email' || verb === 'contact' ? 1 : 0));
  const deed = deeds[noun === 'score' || noun === 'log' ? noun : verb];
  if (!deed) throw new Error(`a desk does not know ${words.join(' ')}`);
  for (const id of ids.length === 0 ? [''] : ids) {
    const set: Given['set'] = fields => {
      writer.set(id, changedFields(writer, id, Object.entries(fields)));
    };
    deed({ writer, noun, verb, id, rest, options, option: name => options.get(name)?.[0], set });
  }
}

/** Words, and the values of options by their names. */
function split(words: readonly string[]): { named: string[]; options: Map<string, string[]> } {
  const named: string[] = [];
  const options = new Map<string, string[]>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (!word.startsWith('--')) named.push(word);
    else options.set(word.slice(2), [...(options.get(word.slice(2)) ?? []), words[++i]!]);
  }
  return { named, options };
}

const pair = (text: string): [string, string] => {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
};

const without = new Set(['contact', 'email', 'phone', 'account', 'field', 'prop']);

function add({ writer, noun: kind, id, rest, options }: Given): void {
  const name = [id, ...rest].join(' ').trim();
  const given = new Map<string, string>();
  const several = new Map<string, string[]>();
  if (name !== '') given.set({ deal: 'title', task: 'title' }[kind] ?? 'name', name);
  for (const [option, texts] of options)
    if (!without.has(option))
      given.set(
        option.replace(/-(.)/g, (_, c: string) => c.toUpperCase()),
        texts[0]!,
      );
  for (const [field, text] of (options.get('field') ?? []).map(pair)) given.set(field, text);
  for (const one of ['email', 'phone', 'account'])
    if (kind === 'contact') several.set(one, options.get(one) ?? []);
    else if (options.has(one)) given.set(one, options.get(one)![0]!);
  const contacts = kind === 'deal' ? (options.get('contact') ?? []) : [];
  if (kind !== 'deal' && options.has('contact')) given.set('contact', options.get('contact')![0]!);
  const values = newFields(writer, kind, given, { contacts, several });
  const props = (options.get('prop') ?? []).map(pair);
  if (props.length > 0)
    values.props = Object.fromEntries(props.map(([key, text]) => [key, propertyOf(text)]));
  writer.add(kind, values);
}

function tag({ writer, id, rest: changes }: Given): void {
  const now = new Set(writer.view.record(id).tags as readonly string[] | undefined);
  for (const change of changes)
    if (change.startsWith('+')) now.add(change.slice(1));
    else now.delete(change.slice(1));
  writer.set(id, { tags: [...now].sort() });
}

function log({ writer, verb: type, id, rest, options }: Given): void {
  const fields = [...options].map(([name, [value]]) => {
    const field = settableField(writer.config, 'activity', name);
    return [field.path, parseField(field, value!, writer.context('EUR'))];
  });
  writer.add('activity', { type, for: id, text: rest.join(' '), ...Object.fromEntries(fields) });
}
