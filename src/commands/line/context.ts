/** The context of a command: the workspace, the streams, and the ways to print and to ask. */
import { join } from 'node:path';
import type { Kinds } from '../../domain/kinds.ts';
import { commit, type CommitOptions, type Committed } from '../../app/core/commit.ts';
import { mayChangeSettings } from '../../app/core/viewer.ts';
import { type OpenOptions, Workspace, type World } from '../../app/core/workspace.ts';
import { assignee } from '../../app/records/assign.ts';
import { Writer } from '../../app/core/writer.ts';
import type { CommandDeps, Deps } from './deps.ts';
import type { Globals } from './globals.ts';
import { actorNamed, mustBeTold } from './identity.ts';
import type { Clock } from '../../domain/clock.ts';
import { CrmError, usage } from '../../domain/errors.ts';
import { firstOf } from '../../domain/series.ts';
import { parseWhen } from '../../domain/typed-dates.ts';
import type { Draft } from '../../state/draft.ts';
import { closingIo, nodeIo } from '../../store/disk/io.ts';
import { canPrompt } from '../../ui/can-prompt.ts';
import { printable } from '../../ui/escape.ts';
import { type Paint, plainPaint, wantsColor } from '../../ui/paint.ts';
import type { Screens } from '../../ui/screen.ts';

export class Context {
  readonly deps: CommandDeps;
  readonly globals: Globals;
  /** The command as the history shows it: `deal move`. */
  readonly via: string;
  /** The command line as one text, to which, with standard input, a request id is bound. */
  readonly commandLine: string;
  readonly #files: ReturnType<typeof closingIo>;
  #stdin: Buffer | undefined;
  #workspace: Promise<Workspace> | undefined;
  /** The transactions of this command that can be undone; of `change`, only the last one. */
  #undoable: readonly number[] = [];
  #world: World | undefined;
  /** What is printed on, if it is not the streams of the process. */
  #held: Screens | undefined;
  #isNothing = false;
  #hasWarned = false;

  constructor(deps: CommandDeps, globals: Globals, via: string, commandLine: string = via) {
    this.deps = deps;
    this.globals = globals;
    this.via = via;
    this.commandLine = commandLine;
    this.#files = closingIo(deps.io ?? nodeIo);
  }

  /** Closes everything that the command had open. */
  close(): void {
    this.#files.close();
  }

  get streams(): Screens {
    return this.#held ?? this.deps.streams;
  }

  /** Prints on other streams from now on, made of the present ones; returns the function that goes back to those. */
  holdOutput(held: (streams: Screens) => Screens): () => void {
    this.#held = held(this.deps.streams);
    return () => {
      this.#held = undefined;
    };
  }

  /** Notes that the command has nothing to tell: nothing was found, or nothing was done (`--quiet-if-nothing`). */
  nothing(): void {
    this.#isNothing = true;
  }

  /** Whether the command has nothing to tell, and warned of nothing. */
  get isNothing(): boolean {
    return this.#isNothing && !this.#hasWarned;
  }

  async world(): Promise<World> {
    if (this.#world) return this.#world;
    const { deps, globals } = this;
    const now = globals.now ?? (deps.env.CRM_NOW || undefined);
    const requestId = globals.requestId ?? (deps.env.CRM_REQUEST_ID || undefined);
    this.#world = {
      io: this.#files.io,
      kinds: deps.kinds,
      version: deps.version,
      runtime: deps.runtime,
      cwd: deps.cwd,
      env: deps.env,
      uid: deps.uid,
      pid: deps.pid,
      host: deps.host,
      lockTimeout: globals.lockTimeout,
      random: deps.random,
      salt: deps.salt,
      ...(deps.sharesFrom !== undefined && { sharesFrom: deps.sharesFrom }),
      ...(deps.sumsFrom !== undefined && { sumsFrom: deps.sumsFrom }),
      warn: message => {
        this.#hasWarned = true;
        void this.message(`Warning: ${message}`);
      },
      now: clock => (now === undefined ? deps.now() : timeNamed(now, { ...clock, now: deps.now() })),
      isTimeGiven: now !== undefined,
      allowNetworkFs: globals.allowNetworkFs,
      ...((globals.offline || deps.env.CRM_OFFLINE) && { offline: true }),
      mayAsk: () => this.streams.stdin.isTTY === true && !globals.noInput && !deps.env.CRM_NO_INPUT,
      user: await actorNamed(globals.as, deps),
      request: requestNamed(requestId, () => this.#given(), deps),
      dryRun: globals.dryRun,
      saved: tx => deps.saved?.(tx),
      hooks: workspace => this.#hooksOf(workspace),
      onStop: stop => deps.onStop(() => stop()),
    };
    return this.#world;
  }

  /** The hooks of a workspace; without a directory for them, nothing is loaded. */
  async #hooksOf(workspace: Workspace) {
    const { io } = this.#files;
    if (!io.existsSync(join(workspace.store.dir, 'hooks'))) return undefined;
    const { hooksOf } = await import('../../app/hooks/hooks.ts');
    return hooksOf(workspace, { say: text => void this.#lines(text) });
  }

  /** Prints the output of another program, line by line. */
  async #lines(text: string): Promise<void> {
    for (const line of text.split('\n')) await this.message(line);
  }

  async workspace(options?: OpenOptions): Promise<Workspace> {
    return this.deps.together?.workspace ?? (this.#workspace ??= this.#open(options));
  }

  /** Opens the workspace again, for a command that goes on after changing the settings. */
  async reopened(): Promise<Workspace> {
    this.#workspace = undefined;
    return this.workspace();
  }

  async #open(options: OpenOptions | undefined): Promise<Workspace> {
    const workspace = await Workspace.open(await this.world(), this.globals.dir, options);
    const { user, asOwner } = workspace.viewer;
    // Without a name the context is that of a completion, whose messages nobody sees.
    if (asOwner && this.via !== '' && mustBeTold(this.deps, workspace.store.dir))
      await this.message(
        `you act as ${user}, with all rights, because this workspace's directory is yours; to become a user: crm user add ${user} --role admin; to act as another: CRM_USER=NAME (this is said once)`,
      );
    return workspace;
  }

  /** Decides on a draft and commits it, as the acting user. */
  async change<T>(
    decide: (writer: Writer, draft: Draft) => T | Promise<T>,
    options: Omit<CommitOptions, 'via'> = {},
  ): Promise<Committed<T>> {
    const workspace = await this.workspace();
    const decideAsUser = (draft: Draft) => decide(new Writer(draft, workspace.viewer, assignee), draft);
    const { together } = this.deps;
    const committed = together
      ? await together.decide(options, decideAsUser)
      : await commit(workspace, { via: this.via, ...options }, decideAsUser);
    // A purge cannot be undone.
    const isPurge = committed.changes.some(change => 'rm' in change && change.purge === true);
    if (committed.tx !== null && !isPurge) this.canUndo([committed.tx]);
    const { config } = committed.state;
    if (Object.values(config.users).some(({ away }) => away !== undefined)) {
      const { absenceNotes } = await import('../../app/records/absence-notes.ts');
      for (const note of absenceNotes(committed.changes, config, workspace.clock)) await this.message(note);
    }
    return committed;
  }

  /** Notes transactions that the command committed by itself, so that the hint to undo names them. */
  canUndo(transactions: readonly (number | null)[]): void {
    const committed = transactions.filter(tx => tx !== null);
    if (committed.length > 0) this.#undoable = committed;
  }

  /** Suppresses the hint to undo, because the command has given it already. */
  saidUndo(): void {
    this.#undoable = [];
  }

  /** Prints the hint to undo a change, if a person reads the messages. */
  async sayUndo(): Promise<void> {
    const { stdout, stderr } = this.streams;
    const { format } = this.globals;
    const transactions = this.#undoable;
    const last = transactions.at(-1);
    if (last === undefined || !stdout.isTTY || !stderr.isTTY) return;
    if (format !== undefined && format !== 'table') return;
    if (this.via === 'undo') return this.message('crm redo does it again');
    await this.message(
      transactions.length === 1
        ? `crm undo ${last} takes it back`
        : `crm undo ${last} takes it back, from the last transaction to the first: ${firstOf(transactions.map(String).reverse(), NAMED)}`,
    );
  }

  /** Commits a change of settings; a user who may not change any learns nothing about them by trying. */
  async changeSettings<T>(
    decide: (writer: Writer, draft: Draft) => T | Promise<T>,
    options: Omit<CommitOptions, 'via'> = {},
  ): Promise<Committed<T>> {
    mayChangeSettings((await this.workspace()).viewer);
    return this.change(decide, options);
  }

  /** Colours for stdout, or none. */
  async paint(): Promise<Paint> {
    return this.#paintFor(this.streams.stdout.isTTY, this.streams.mark);
  }

  /** Colours for prompts, which are drawn on stderr; or none. */
  async promptPaint(): Promise<Paint> {
    return this.#paintFor(this.streams.stderr.isTTY, '\u001b');
  }

  async #paintFor(isTTY: boolean, mark: string): Promise<Paint> {
    if (!wantsColor({ flag: this.globals.color, isTTY, env: this.deps.env })) return plainPaint;
    return (await import('../../ui/paint.ts')).colorPaint(mark);
  }

  /** For people, one line on stderr: what was done, hints, warnings. */
  async message(text: string): Promise<void> {
    await this.streams.stderr.write(`${printable(text)}\n`);
  }

  /** The result, on stdout. Control characters are escaped. */
  async print(text: string): Promise<void> {
    await this.streams.stdout.write(text);
  }

  /** Prints text that programs read back, such as CSV or a file. Escaped on a terminal only. */
  async printExact(text: string): Promise<void> {
    await this.streams.stdout.exact(text);
  }

  /** Whether somebody can be asked. */
  canAsk(): boolean {
    return canPrompt(this.streams, this.globals.noInput, this.deps.env);
  }

  /** Asks; if nobody can be asked, names the flag that answers. "no" and Ctrl-C end the command with 130. */
  async confirm(question: string, flag = '--yes'): Promise<void> {
    if (this.globals.yes) return;
    if (!this.canAsk()) throw usage(`${question} There is nobody to ask`, `${flag} answers yes`);
    if (!(await this.ask(question))) throw new CrmError('INTERRUPTED', 'answered no; nothing was done');
  }

  /** Asks a yes/no question if there is a terminal: "no" is an answer, and Ctrl-C ends the command with 130. */
  async ask(question: string): Promise<boolean> {
    const { stdin, stderr } = this.streams;
    const { confirm } = await import('../../ui/prompt.ts');
    return confirm(question, { stdin, stderr }, await this.promptPaint());
  }

  /** Asks for a text, if somebody can be asked. */
  async askText(question: string): Promise<string> {
    const { stdin, stderr } = this.streams;
    const { askText } = await import('../../ui/prompt.ts');
    return askText(question, { stdin, stderr }, await this.promptPaint());
  }

  /**
   * Returns ids and keys from arguments; `-` stands for those on standard input: ids on any line, or a key per line.
   */
  async ids(args: readonly string[]): Promise<string[]> {
    const ids: string[] = [];
    for (const arg of args) {
      if (arg !== '-') ids.push(arg);
      else
        for (const line of (await this.readStdin()).split(/\r?\n/))
          ids.push(...idsInLine(this.deps.kinds, line));
    }
    return ids;
  }

  async readStdin(): Promise<string> {
    return (await this.readStdinBytes()).toString();
  }

  /** Reads all of standard input; a request id is bound to it as to the command line. */
  async readStdinBytes(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.streams.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
    return (this.#stdin = Buffer.concat(chunks));
  }

  /** The command line and standard input as one text. */
  #given(): string {
    if (this.#stdin === undefined) return this.commandLine;
    return JSON.stringify([this.commandLine, this.#stdin.toString('latin1')]);
  }
}

/** How many transactions are named before the others are only counted. */
const NAMED = 5;

/** `D1 D2` are two ids, `D1<tab>40 chairs` is a row of a list that begins with one, and else a line is one key. */
function idsInLine(kinds: Kinds, line: string): string[] {
  const words = line.split(/\s+/).filter(word => word !== '');
  if (words.every(word => kinds.parseId(word))) return words;
  const first = line.split('\t')[0]!.trim();
  return [first === '' ? line.trim() : first];
}

/** A new id is made on demand, because reading commands need none. */
function requestNamed(given: string | undefined, line: () => string, { uuid }: Deps): World['request'] {
  let id = given;
  return {
    given: given !== undefined,
    /** Asked when standard input has been read. */
    get commandLine() {
      return given === undefined ? undefined : line();
    },
    get id() {
      return (id ??= uuid());
    },
  };
}

function timeNamed(text: string, clock: Clock): number {
  try {
    return parseWhen(text, clock);
  } catch (error) {
    if (error instanceof CrmError) throw usage(`--now or CRM_NOW: ${error.message}`, error.hint);
    throw error;
  }
}
