/**
 * A noun of the settings as data: how one of its things is named, shown, added, changed and removed. The verbs beside
 * this file do the rest for each of them; what is done to the YAML is in app/settings.
 */
import type { Viewer } from '../../app/core/viewer.ts';
import type { Writer } from '../../app/core/writer.ts';
import type { RenamedIn } from '../../app/settings/rename/rename-setting.ts';
import type { SettingKeys, SettingValues } from '../../app/settings/setting-keys.ts';
import type { Config } from '../../domain/config.ts';
import type { Kinds } from '../../domain/kinds.ts';
import type { Journal } from '../../store/journal/journal.ts';
import type { ThingColumn } from '../../ui/thing-column.ts';
import type { Arguments } from '../args/argument.ts';
import type { Options, OptionSpec } from '../line/options.ts';

export type SettingVerb = 'add' | 'list' | 'show' | 'set' | 'edit' | 'rename' | 'rm' | 'restore';

/** The help of a verb, where it differs from that of the same verb of other nouns. */
export interface VerbText {
  readonly summary?: string;
  /** The arguments, if they are not those of the verb for every noun. */
  readonly args?: Arguments;
  readonly options?: readonly OptionSpec[];
  readonly examples?: readonly string[];
  /** What is reported: `removed` of `removed hot`. */
  readonly did?: string;
}

/** Words of a command line that the examples of its verbs have, each as a shell takes it. */
interface Sample {
  /** What names one: `sales`, `deal product`. */
  readonly one: string;
  /** What names another one. */
  readonly other: string;
  /** The new name of the first. */
  readonly renamed: string;
  /** Which ones to list: `role:manager`. */
  readonly filter: string;
}

/** The settings in which things of a noun are found: all of them, and those that the viewer may know. */
export interface Ground {
  readonly config: Config;
  readonly visible: Config;
  readonly viewer: Viewer;
}

/** Notes of a change for people, a sentence each. */
// biome-ignore lint/suspicious/noConfusingVoidType: a change that has nothing to say returns nothing.
export type Notes = readonly string[] | void;

/** The input of `add`, and functions to read the files that it names. */
export interface Given {
  /** The words of its arguments, in order. */
  readonly args: readonly string[];
  readonly options: Options;
  readonly kinds: Kinds;
  readStdin(): Promise<string>;
  /** Returns the text of a file; `instead` is what the error advises if there is none. */
  readFile(path: string, instead: string): Promise<string>;
}

/** Something new, read from a command line. */
export interface Adding {
  readonly id: string;
  /** Adds it to a draft; called again if the workspace changed meanwhile. */
  decide(writer: Writer): Promise<Notes>;
}

/** The text of a file, and its value for JSON; undefined if the file is broken. */
export interface ShownText {
  readonly text: string;
  readonly json: unknown;
}

/** The changes that `set` asks for. */
export interface Asked {
  readonly values: SettingValues;
  /** Words such as `+ana` and `-ben`, of a noun that has `signs`. */
  readonly signs: readonly string[];
  readonly options: Options;
}

export interface SettingNoun<T = unknown> {
  readonly name: string;
  /** In lists of commands: `saved views`. */
  readonly many: string;
  /** In sentences about its keys; left out: the name. */
  readonly what?: string;
  /** The arguments that name one: a pipeline; a kind and a field of it. */
  named(kinds: Kinds): Arguments;
  /** What `add` takes; left out: what names one. */
  newNamed?(kinds: Kinds): Arguments;
  readonly sample: Sample;
  /** The options that help to name one: `--pipeline` of a stage. */
  readonly which?: readonly OptionSpec[];
  readonly verbs?: { readonly [verb in SettingVerb]?: VerbText };
  columns(config: Config): readonly ThingColumn<T>[];
  /** Whether `show` prints the columns of JSON in every format. */
  readonly showsInFull?: true;
  idOf(thing: T): string;
  /** Returns those that the viewer may know, in the order of lists. */
  all(ground: Ground, options: Options): readonly T[];
  /** Returns the one that the words name; throws the error that names the nearest one. */
  find(ground: Ground, words: readonly string[], options: Options): T;
  /** Returns what `show` prints of one that is a file; left out: its columns. */
  text?(thing: T, files: ReadonlyMap<string, string>): ShownText;
  /** The file that `edit` opens; left out: crm.yaml. */
  fileOf?(ground: Ground, words: readonly string[], options: Options): string;
  /** The command that checks the file once it was edited by hand; left out: `doctor`. */
  readonly checkedBy?: string;
  /** What `set` may change. */
  readonly keys: SettingKeys;
  /** What `add` may be given as options; left out: those keys that `set` may change and that have one. */
  readonly newKeys?: SettingKeys;
  /** The key, a list, to which `set` adds with `+WORD` and from which it takes with `-WORD`. */
  readonly signs?: string;
  add(given: Given): Adding | Promise<Adding>;
  set(writer: Writer, thing: T, asked: Asked): Promise<Notes>;
  rm(writer: Writer, thing: T, options: Options): Promise<Notes>;
  /** Gives one another id, wherever it is named; left out: the key `name` gets another value, and the id stays. */
  rename?(writer: Writer, thing: T, id: string): Promise<RenamedIn>;
  restore(writer: Writer, journal: Journal, words: readonly string[], options: Options): Promise<void>;
}

/** Drops the type of a noun's things: its functions only get things that it found itself. */
export const settingNoun = <T>(noun: SettingNoun<T>): SettingNoun => noun as SettingNoun;

/** The same for one whose entry in the registry is without the verbs that need the parts left out. */
export const settingNounWithout = <T, Parts extends keyof SettingNoun>(
  noun: Omit<SettingNoun<T>, Parts>,
): SettingNoun => noun as SettingNoun;

/** A noun in the registry: what it is, for the overview, and how its definition is loaded. */
export interface SettingEntry {
  readonly summary: string;
  /** The verbs that it does not have. */
  readonly without?: readonly SettingVerb[];
  load(): Promise<SettingNoun>;
}

/** By name, in the order of the overview. */
export type SettingNouns = Readonly<Record<string, SettingEntry>>;

export const groundOf = ({ config, view }: Writer): Ground => ({
  config,
  visible: config,
  viewer: view.viewer,
});
