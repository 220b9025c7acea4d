/** The mapping of an import: a file, one that is kept in crm.yaml or comes with crm, and the options on top. */
import type { Kinds } from '../../domain/kinds.ts';
import type { ImportKind } from '../../app/import/target.ts';
import { type Mapping, noMapping, pairs, withOptions } from '../../app/import/mapping.ts';
import { parseMapping, savedMapping } from '../../app/import/read-mapping.ts';
import { CrmError, usage } from '../../domain/errors.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { Options, OptionSpec } from '../line/options.ts';
import type { Context } from '../line/context.ts';
import { kindNamed } from '../line/kind.ts';
import { readNamed } from '../line/named-file.ts';

export const mappingOptions: readonly OptionSpec[] = [
  {
    flags: '--mapping <FILE|NAME>',
    description:
      'a mapping: a YAML file, one under imports in crm.yaml, or hubspot, pipedrive, salesforce, ...',
  },
  { flags: '--map <COLUMN=FIELD>', description: 'the field of a column', repeat: true },
  {
    flags: '--compose <FIELD=TEXT>',
    description: "a field put together: name='{First name} {Last name}'",
    repeat: true,
  },
  { flags: '--ignore <COLUMN>', description: "leave a column out; '*' all that are not known", repeat: true },
  {
    flags: '--set <FIELD=VALUE>',
    description: 'a value for new records whose row has none',
    repeat: true,
  },
  {
    flags: '--key <FIELD>',
    description: 'update the record that has the same value: externalId, email, id',
  },
  {
    flags: '--create-missing <KINDS>',
    description: 'make what rows name: accounts,contacts,users,stages',
    repeat: true,
  },
  { flags: '--date-format <FORMAT>', description: 'how dates are written: M/D/YYYY, DD-MM-YY' },
  { flags: '--locale <NAME>', description: 'how numbers and dates are written: nl, en-US, de' },
  { flags: '--delimiter <CHAR>', description: ', ; tab or | (default: found from the header)' },
  { flags: '--encoding <NAME>', description: 'the encoding, if not UTF-8: windows-1252' },
  { flags: '--header-line <N>', description: 'the line that names the columns (default: found)' },
  { flags: '--pad', description: 'accept rows that end early, as empty in the last columns' },
];

const makeable = ['accounts', 'contacts', 'users', 'stages'];

export async function mappingOf(context: Context, options: Options, kind: ImportKind): Promise<Mapping> {
  const { imports } = (await context.workspace()).visible;
  const name = options.text('mapping');
  return optionsOver(name === undefined ? noMapping : await named(context, imports, name, kind), options);
}

async function named(
  context: Context,
  imports: { readonly [name: string]: unknown },
  name: string,
  kind: ImportKind,
): Promise<Mapping> {
  if (Object.hasOwn(imports, name)) return savedMapping(imports, name, []);
  try {
    return parseMapping(name, await readNamed(context, name));
  } catch (error) {
    if (!(error instanceof CrmError) || error.kind === 'INVALID') throw error;
    const { readyMapping, readyNames } = await import('../../app/import/ready/index.ts');
    const ready = readyMapping(name, kind);
    if (ready) return ready;
    if (error.kind !== 'NOT_FOUND') throw error;
    return savedMapping(imports, name, readyNames());
  }
}

/** A mapping with what was said on the command line on top. */
export function optionsOver(mapping: Mapping, options: Options): Mapping {
  const made = options.list('createMissing').flatMap(list => list.split(','));
  for (const what of made)
    if (!makeable.includes(what))
      throw usage(
        `--create-missing: unknown kind ${JSON.stringify(what)}`,
        suggestion(what, makeable, 'kinds'),
      );
  return withOptions(mapping, {
    key: options.text('key'),
    dates: options.text('dateFormat'),
    locale: options.text('locale'),
    delimiter: options.text('delimiter'),
    encoding: options.text('encoding'),
    headerLine: lineNumber(options.text('headerLine')),
    pad: options.flag('pad') || undefined,
    columns: Object.fromEntries(
      Object.entries(pairs(options.list('map'), '--map')).map(([column, field]) => [column, { field }]),
    ),
    compose: pairs(options.list('compose'), '--compose', 'first'),
    set: pairs(options.list('set'), '--set', 'first'),
    createMissing: made,
    ignore: options.list('ignore'),
  } as Partial<Mapping>);
}

function lineNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw usage(
      `--header-line: ${JSON.stringify(text)} is not the number of a line`,
      'accepted: 1, 2, 3, ...',
    );
  return Number(text);
}

/** USAGE where a mapping is for another kind. */
export function checkKind(kinds: Kinds, mapping: Mapping, kind: ImportKind, word: string): void {
  if (mapping.kind !== undefined && importKindNamed(kinds, mapping.kind) !== kind)
    throw usage(`the mapping is for ${mapping.kind}, not for ${word}`);
}

/** The kind that a word names; users are one too. */
export function importKindNamed(kinds: Kinds, word: string): ImportKind {
  return word === 'user' || word === 'users' ? 'user' : kindNamed(kinds, word);
}
