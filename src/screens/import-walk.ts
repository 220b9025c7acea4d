/** Asks for the mapping of an import on a terminal: shows a guess for every column, and asks about wrong ones. */
import { ORIGIN } from '../app/core/origin.ts';
import { isAdmin } from '../app/core/viewer.ts';
import type { Workspace } from '../app/core/workspace.ts';
import { type GuessedTable, guessTable } from '../app/import/guess-table.ts';
import { type Mapping, noMapping } from '../app/import/mapping.ts';
import { savedMapping } from '../app/import/read-mapping.ts';
import type { ImportKind } from '../app/import/target.ts';
import type { Config } from '../domain/config.ts';
import { CrmError } from '../domain/errors.ts';
import { slug } from '../domain/fold.ts';
import { localeNamed } from '../domain/locales.ts';
import type { Field } from '../kinds/field.ts';
import { askText, type Choice, choose } from '../ui/prompt.ts';
import { askColumns, LEAVE_OUT, type NewField, type Pick } from './import-columns.ts';
import { type NamedTable, showFirst } from './import-preview.ts';
import type { Terminal } from './terminal.ts';

export interface Walked {
  readonly mapping: Mapping;
  /** The name under which it is to be kept; '' for none. */
  readonly keepAs: string;
  /** Whether the user may keep mappings. */
  readonly mayKeep: boolean;
  /** Whether to import the rows; if not, the mapping is kept for another time. */
  readonly goesOn: boolean;
}

/** What the command that shows the walk does for it. */
export interface WalkTools {
  /** Returns a mapping overridden by the command line. */
  over(mapping: Mapping): Mapping;
  /** Adds a custom field to the settings; undefined if the user may not, or in a dry run. */
  readonly addField: ((field: NewField) => Promise<Workspace>) | undefined;
}

/** Answers that no value is. */
const [YES, NO, BACK, KEEP, NEW_STAGE] = ['\u0000yes', '\u0000no', '\u0000back', '\u0000keep', '\u0000stage'];

/**
 * Asks how columns become fields, shows the first rows as they would be, and asks whether to go on; "no" ends, 130.
 * Undefined where nothing has to be asked: every column is named like a field.
 */
export async function walkThrough(
  terminal: Terminal,
  workspace: Workspace,
  source: NamedTable,
  kind: ImportKind,
  { over, addField }: WalkTools,
): Promise<Walked | undefined> {
  let now = workspace;
  let guess = await guessTable(workspace, source, kind);
  const mayKeep = isAdmin(workspace.viewer);
  if (source.header.every(column => column === ORIGIN || guess.target.field(column) !== undefined))
    return undefined;
  const paint = await terminal.promptPaint();
  const { streams } = terminal;
  const pick = (question: string, choices: readonly Choice[], preset?: string) =>
    choose(question, choices, preset, streams, paint);
  const top = guess.notes.get('');
  await terminal.message(
    `${source.name}: ${source.header.length} columns${top === undefined ? '' : `, ${top}`}`,
  );
  const kept = await askKept(pick, workspace.visible, guess, source);
  const unknown = kept ? unknownTo(kept, guess.unknown) : guess.unknown;
  const width = streams.stderr.columns;
  let start = kept ?? guess.mapping;
  let mapping = start;
  let isKept = false;
  for (let answer = BACK; answer === BACK; ) {
    const makeField = async (field: NewField) => {
      now = await addField!(field);
      // The target has the field from now on; the answers so far stay.
      guess = { ...(await guessTable(now, source, kind)), notes: guess.notes };
      await terminal.message(
        `added the field ${field.label} (crm field rm ${kind} ${field.name} removes it)`,
      );
      return guess.target;
    };
    const make = addField && hasCustomFields(now, kind) ? makeField : undefined;
    start = await askColumns(pick, { ...guess, mapping: start, width }, source.header, make);
    const worded = await askWords(pick, { ...guess, unknown }, start, now.visible, mayKeep);
    if (!worded) continue;
    mapping = await askNotes(pick, guess, worded, over(noMapping));
    await showFirst(terminal, now, source, kind, over(mapping));
    answer = await askToGoOn(pick, mayKeep);
    // Earlier answers stay.
    start = mapping;
    isKept = answer === KEEP;
  }
  if (!mayKeep) return { mapping, keepAs: '', mayKeep, goesOn: true };
  const named = await askText('Keep this mapping as (a name, or nothing):', streams, paint);
  return { mapping, keepAs: slug(named.trim()), mayKeep, goesOn: !isKept };
}

/** Asks whether the rows are to be imported: YES, BACK or KEEP; "no" ends, 130. */
async function askToGoOn(pick: Pick, mayKeep: boolean): Promise<string> {
  const answer = await pick(
    'Import all rows with this mapping?',
    [
      { value: NO, name: 'no' },
      { value: YES, name: 'yes' },
      { value: BACK, name: 'back to the columns' },
      ...(mayKeep ? [{ value: KEEP, name: 'not now, but keep the mapping' }] : []),
    ],
    NO,
  );
  if (answer !== NO) return answer;
  throw new CrmError(
    'INTERRUPTED',
    'answered no; nothing was imported',
    '--guess prints the mapping, to be changed and given with --mapping',
  );
}

/** Whether records of a kind may have custom fields. */
const hasCustomFields = ({ visible }: Workspace, kind: ImportKind): boolean =>
  kind !== 'user' && visible.kinds.of(kind).isExtensible === true;

/** The words that a mapping does not know either. */
const unknownTo = ({ columns }: Mapping, unknown: GuessedTable['unknown']): GuessedTable['unknown'] =>
  new Map(
    [...unknown].map(([column, words]) => [
      column,
      words.filter(word => !Object.hasOwn(columns[column]?.values ?? {}, word)),
    ]),
  );

/** Offers mappings of this kind that are kept in crm.yaml and whose columns the file has. */
async function askKept(
  pick: Pick,
  { imports }: Config,
  { target }: GuessedTable,
  { header }: NamedTable,
): Promise<Mapping | undefined> {
  const fitting: [string, Mapping][] = [];
  for (const name of Object.keys(imports)) {
    const mapping = await savedMapping(imports, name, []);
    const columns = Object.keys(mapping.columns);
    const fits = columns.length > 0 && columns.every(column => header.includes(column));
    if (fits && (mapping.kind === undefined || mapping.kind === target.noun)) fitting.push([name, mapping]);
  }
  const [first] = fitting;
  if (!first) return undefined;
  const answer = await pick(
    'Begin with a mapping that was kept?',
    [...fitting.map(([value]) => ({ value })), { value: NO, name: 'no, with a guess' }],
    first[0],
  );
  return fitting.find(([name]) => name === answer)?.[1];
}

/** Asks for the meaning of unknown words for a stage, a type and the like; undefined to go back. */
async function askWords(
  pick: Pick,
  { unknown, target }: GuessedTable,
  mapping: Mapping,
  config: Config,
  maySet: boolean,
): Promise<Mapping | undefined> {
  const columns = { ...mapping.columns };
  let isNew = false;
  for (const [column, words] of unknown) {
    const goal = columns[column];
    const field = goal?.field === undefined ? undefined : target.field(goal.field);
    if (!goal || field?.type !== 'choice') continue;
    const values = { ...goal.values };
    const mayMake = maySet && field.name === 'stage';
    const choices: Choice[] = [
      ...(field.options?.(config) ?? []).map(value => ({
        value: `${field.name}=${value}`,
        name: (field.names?.(config) ?? []).find(each => each.id === value)?.name ?? value,
      })),
      ...(mayMake ? [{ value: NEW_STAGE, name: 'a new stage' }] : []),
      ...(field.name === 'stage' ? ['won', 'lost'] : []).map(value => ({
        value: `status=${value}`,
        name: `the deal is ${value}`,
      })),
      { value: LEAVE_OUT, name: 'nothing: such rows are errors' },
      { value: BACK, name: 'back to the columns' },
    ];
    for (const word of words) {
      const answer = await pick(
        `${column}: ${word} is`,
        choices,
        presetFor(word, field, values[word], choices) ?? (mayMake ? NEW_STAGE : undefined),
      );
      if (answer === BACK) return undefined;
      delete values[word];
      const [name, value] = answer.split('=') as [string, string];
      if (answer === NEW_STAGE) isNew = true;
      else if (answer !== LEAVE_OUT) values[word] = { [name]: value };
    }
    columns[column] = { ...goal, values };
  }
  const createMissing = mapping.createMissing.filter(what => what !== 'stages');
  return { ...mapping, columns, createMissing: isNew ? [...createMissing, 'stages'] : createMissing };
}

/** Returns the likeliest choice for a word: the guess or the earlier answer, otherwise one of the same name. */
function presetFor(
  word: string,
  field: Field,
  known: { readonly [field: string]: string } | undefined,
  choices: readonly Choice[],
): string | undefined {
  const value = known?.[field.name];
  if (value !== undefined) return `${field.name}=${value}`;
  const lower = word.toLowerCase();
  return choices.find(({ name }) => name?.toLowerCase() === lower)?.value;
}

/** A locale as a choice: with a number as it is written there. */
function written(name: string): string {
  const { decimal, group } = localeNamed(name);
  return `${name}: 1${group[0]}234${decimal}56`;
}

/** Asks about ambiguous notations of dates and numbers. */
async function askNotes(
  pick: Pick,
  { notes }: GuessedTable,
  mapping: Mapping,
  said: Mapping,
): Promise<Mapping> {
  let asked = mapping;
  for (const [column, note] of notes) {
    const match = /^add (dates|locale): (.+)$/.exec(note);
    if (!match || !Object.hasOwn(mapping.columns, column)) continue;
    const [, key, choices] = match as unknown as [string, 'dates' | 'locale', string];
    if (asked[key] !== undefined || said[key] !== undefined || (key === 'dates' && said.locale !== undefined))
      continue;
    const question = key === 'dates' ? 'How are dates written?' : 'How are numbers written?';
    asked = {
      ...asked,
      [key]: await pick(
        question,
        choices.split(' or ').map(value => (key === 'dates' ? { value } : { value, name: written(value) })),
      ),
    };
  }
  return asked;
}
