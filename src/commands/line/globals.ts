/** The options that every command takes. */
import { usage } from '../../domain/errors.ts';
import { suggestion } from '../../domain/nearest.ts';
import { type Format, formats } from '../../ui/format.ts';
import { optionName, type Options, type OptionSpec } from './options.ts';

export const globalOptions: readonly OptionSpec[] = [
  {
    flags: '-C, --dir <DIR>',
    description: 'the workspace (default: CRM_DIR, otherwise the nearest one upwards)',
    reaches: 'session',
  },
  { flags: '--json', description: 'print JSON' },
  { flags: '--format <FORMAT>', description: formats.join(', ') },
  {
    flags: '--fields <LIST>',
    description: 'the fields to print, in order: id,title,value',
    repeat: 'list',
  },
  {
    flags: '--raw',
    description:
      "in CSV, leave texts that a spreadsheet would take for a formula as they are; in an import, the ' before them",
  },
  { flags: '-q, --quiet', description: 'print ids only; serve: log errors only' },
  { flags: '--dry-run', description: 'say what would be done, and do nothing', reaches: 'session' },
  { flags: '--yes', description: 'answer yes to the question that would be asked' },
  { flags: '--no-input', description: 'never ask' },
  {
    flags: '--now <TIME>',
    description: 'the time to act at (default: CRM_NOW, otherwise the clock)',
    reaches: 'session',
  },
  {
    flags: '--as <USER>',
    description: 'the user who acts (default: CRM_USER, otherwise the login name)',
    reaches: 'session',
  },
  { flags: '--color <WHEN>', description: 'auto, always or never' },
  {
    flags: '--request-id <ID>',
    description: 'do this command once, however often it is repeated with this id',
    reaches: 'session',
  },
  {
    flags: '--offline',
    description: 'with a remote: keep the changes for crm sync',
    reaches: 'session',
  },
  {
    flags: '--allow-network-fs',
    description: 'write though the workspace is on a network file system',
    reaches: 'session',
  },
  {
    flags: '--lock-timeout <SECONDS>',
    description: 'how long to wait for other writers (10)',
    reaches: 'session',
  },
];

/** All options of a command, its own first. */
export const optionsOf = ({
  options = [],
}: {
  readonly options?: readonly OptionSpec[];
}): readonly OptionSpec[] => [...options, ...globalOptions];

/** Those of them that take the next word. */
export const globalsWithValue = new Set(
  globalOptions.filter(o => o.flags.includes('<')).flatMap(o => o.flags.replace(/ <.*/, '').split(', ')),
);

/** Their names among the options of a command: `requestId`; `--no-input` is `input`. */
const globalNames = new Set(globalOptions.map(optionName));

/**
 * Returns a command line as one text: the command, its arguments and its own options. The order of options, and the
 * options that all commands take (output format, time), make no difference.
 */
export function commandLine(path: string, args: readonly string[], options: Options): string {
  const own = Object.entries(options.all()).filter(([name]) => !globalNames.has(name));
  return JSON.stringify([path, args, own.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

export interface Globals {
  readonly dir: string | undefined;
  readonly format: Format | undefined;
  readonly fields: readonly string[] | undefined;
  readonly raw: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly noInput: boolean;
  readonly now: string | undefined;
  readonly as: string | undefined;
  readonly color: 'auto' | 'always' | 'never';
  readonly requestId: string | undefined;
  readonly offline: boolean;
  readonly allowNetworkFs: boolean;
  /** Milliseconds. */
  readonly lockTimeout: number;
}

/** Reads them; with `isJson`, the answer is JSON with all fields, whatever the options say. */
export function readGlobals(options: Options, isJson = false): Globals {
  const color = options.text('color') ?? 'auto';
  const seconds = options.text('lockTimeout') ?? '10';
  if (!/^\d+(\.\d+)?$/.test(seconds))
    throw usage(
      `--lock-timeout: ${JSON.stringify(seconds)} is not a number of seconds`,
      'for example --lock-timeout 30',
    );
  return {
    dir: options.text('dir'),
    format: isJson ? 'json' : formatOf(options),
    fields: isJson
      ? undefined
      : options
          .text('fields')
          ?.split(',')
          .map(name => name.trim()),
    raw: options.flag('raw'),
    dryRun: options.flag('dryRun'),
    yes: options.flag('yes'),
    noInput: options.denied('input'),
    now: options.text('now'),
    as: options.text('as'),
    color: oneOf('--color', color, ['auto', 'always', 'never'] as const),
    requestId: options.text('requestId'),
    offline: options.flag('offline'),
    allowNetworkFs: options.flag('allowNetworkFs'),
    lockTimeout: Number(seconds) * 1000,
  };
}

/** Returns the format that was requested in one of three ways, or in several that agree. */
function formatOf(options: Options): Format | undefined {
  const asked: [flag: string, format: Format][] = [];
  if (options.flag('quiet')) asked.push(['-q', 'ids']);
  if (options.flag('json')) asked.push(['--json', 'json']);
  const format = options.text('format');
  if (format !== undefined) asked.push([`--format ${format}`, oneOf('--format', format, formats)]);
  if (new Set(asked.map(([, meant]) => meant)).size > 1)
    throw usage(`${asked.map(([flag]) => flag).join(' and ')} contradict each other`, 'one of them');
  return asked[0]?.[1];
}

export function oneOf<T extends string>(name: string, value: string, known: readonly T[]): T {
  if ((known as readonly string[]).includes(value)) return value as T;
  throw usage(`${name}: unknown value ${JSON.stringify(value)}`, suggestion(value, known, 'accepted'));
}
