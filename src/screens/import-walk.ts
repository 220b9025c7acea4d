/** On a terminal, the mapping that an import lacks: a guess for every column, and questions about those that are not so. */
import { ORIGIN } from '../app/core/origin.ts';
import { type GuessedTable, guessTable } from '../app/import/guess-table.ts';
import type { Table } from '../app/import/table.ts';
import type { ImportKind } from '../app/import/target.ts';
import { type Mapping, noMapping, type Target as Goal } from '../app/import/mapping.ts';
import { savedMapping } from '../app/import/read-mapping.ts';
import { isBeside } from '../app/import/row-reader.ts';
import { previewRows } from '../app/import/preview.ts';
import { shown } from '../app/reading/shape.ts';
import { isAdmin } from '../app/core/viewer.ts';
import type { Workspace } from '../app/core/workspace.ts';
import { csvLine } from '../channels/csv-write.ts';
import type { Config } from '../domain/config.ts';
import { CrmError } from '../domain/errors.ts';
import { slug } from '../domain/fold.ts';
import { numberOf } from '../domain/kinds.ts';
import { type Field, mayImport } from '../kinds/field.ts';
import { renderList } from '../ui/format.ts';
import { askText, type Choice, choose } from '../ui/prompt.ts';
import { displayWidth } from '../ui/width.ts';
import type { Terminal } from './terminal.ts';

/** The rows of an import, and what they are called. */
export interface NamedTable extends Table {
  readonly name: string;
}

export interface Walked {
  readonly mapping: Mapping;
  /** The name under which it is to be kept; '' for none. */
  readonly keepAs: string;
  /** Whether the user may keep mappings. */
  readonly mayKeep: boolean;
}

const LEAVE_OUT = '-';
/** Answers that no value is. */
const [YES, NO, BACK, NEW_STAGE] = ['\u0000yes', '\u0000no', '\u0000back', '\u0000stage'];
/** No column has this name. */
const GO_ON = '';
/** So wide are the names of columns, with examples, in a list. */
const WIDEST = 60;
const SAMPLES = 3;
const PREVIEWED = 5;

/**
 * Asks how columns become fields, shows the first rows as they would be, and asks whether to go on; "no" ends, 130.
 * Undefined where nothing has to be asked: every column is named like a field.
 */
export async function walkThrough(
  terminal: Terminal,
  workspace: Workspace,
  source: NamedTable,
  kind: ImportKind,
  over: (mapping: Mapping) => Mapping,
): Promise<Walked | undefined> {
  const guess = await guessTable(workspace, source, kind);
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
  const asking = kept ? { ...guess, unknown: unknownTo(kept, guess.unknown) } : guess;
  let start = kept ?? guess.mapping;
  let mapping = start;
  for (let answer = BACK; answer === BACK; ) {
    start = await askColumns(pick, { ...guess, mapping: start }, source.header);
    const worded = await askWords(pick, asking, start, workspace.visible);
    if (!worded) continue;
    mapping = await askNotes(pick, guess, worded, over(noMapping));
    await showFirst(terminal, workspace, source, kind, over(mapping));
    answer = await pick(
      `Import all rows of ${source.name} with this mapping?`,
      [
        { value: NO, name: 'no' },
        { value: YES, name: 'yes' },
        { value: BACK, name: 'back to the columns' },
      ],
      NO,
    );
    // What was answered stays answered.
    start = mapping;
    if (answer === NO)
      throw new CrmError(
        'INTERRUPTED',
        'answered no; nothing was imported',
        '--guess prints the mapping, to be changed and given with --mapping',
      );
  }
  if (!isAdmin(workspace.viewer)) return { mapping, keepAs: '', mayKeep: false };
  const named = await askText('Keep this mapping as (a name, or nothing):', streams, paint);
  return { mapping, keepAs: slug(named.trim()), mayKeep: true };
}

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

type Pick = (question: string, choices: readonly Choice[], preset?: string) => Promise<string>;

/** Asks which of all columns are something else than what was guessed, one after the other, until none is. */
async function askColumns(pick: Pick, guess: GuessedTable, header: readonly string[]): Promise<Mapping> {
  const named = header.map((column, index) => `${column}${examples(guess, index)}`);
  const width = Math.min(WIDEST, Math.max(...named.map(displayWidth)));
  let { mapping } = guess;
  for (;;) {
    const column = await pick(
      'What is in each column? Enter goes on; choose one to change it',
      [
        { value: GO_ON, name: 'go on as shown' },
        ...header.map((value, i) => ({
          value,
          name: `${named[i]}${' '.repeat(Math.max(0, width - displayWidth(named[i]!)))}  → ${meaningOf(mapping, value)}`,
        })),
      ],
      GO_ON,
    );
    if (column === GO_ON) return mapping;
    mapping = await askColumn(pick, guess, mapping, column, header.indexOf(column));
  }
}

/** What a column becomes, in words. */
function meaningOf(mapping: Mapping, column: string): string {
  const field = mapping.columns[column]?.field;
  if (field !== undefined) return field;
  const part = Object.entries(mapping.compose).find(([, template]) => template.includes(`{${column}}`));
  return part ? `a part of ${part[0]}` : 'left out';
}

/** ` (Acme, Beta, ...)` */
function examples({ sample }: GuessedTable, index: number): string {
  const texts = [...new Set(sample.map(cells => (cells[index] ?? '').trim()).filter(text => text !== ''))];
  if (texts.length === 0) return ' (empty)';
  const first = texts.slice(0, SAMPLES).map(text => (text.length > 30 ? `${text.slice(0, 29)}…` : text));
  return ` (${first.join(', ')}${texts.length > SAMPLES ? ', ...' : ''})`;
}

async function askColumn(
  pick: Pick,
  guess: GuessedTable,
  mapping: Mapping,
  column: string,
  index: number,
): Promise<Mapping> {
  const { target } = guess;
  const guessed = mapping.columns[column];
  const taken = new Map(Object.entries(mapping.columns).map(([name, { field }]) => [field, name] as const));
  const choices: Choice[] = [
    { value: LEAVE_OUT, name: 'leave out' },
    ...[
      ...target.fields.filter(mayImport).map(field => field.name),
      ...(guessed?.field ? [guessed.field] : []),
    ]
      .filter((name, i, all) => all.indexOf(name) === i)
      .map(value => {
        const other = taken.get(value);
        return { value, ...(other !== undefined && other !== column && { name: `${value} (now ${other})` }) };
      }),
  ];
  const answer = await pick(`${column}${examples(guess, index)}`, choices, guessed?.field ?? LEAVE_OUT);
  const { [column]: _, ...others } = mapping.columns;
  const ignore = mapping.ignore.filter(name => name !== column);
  if (answer === LEAVE_OUT) return { ...mapping, columns: others, ignore: [...ignore, column] };
  // What another column was guessed to be is this one now.
  const freed = Object.entries(others).filter(([, { field }]) => field !== answer);
  const dropped = Object.entries(others).flatMap(([name, { field }]) => (field === answer ? [name] : []));
  const goal: Goal = guessed?.field === answer ? guessed : { field: answer };
  return {
    ...mapping,
    columns: { ...Object.fromEntries(freed), [column]: goal },
    ignore: [...ignore, ...dropped],
  };
}

/** Asks what words of a stage, a type and the like are, where they are none of ours; undefined to go back. */
async function askWords(
  pick: Pick,
  { unknown, target }: GuessedTable,
  mapping: Mapping,
  config: Config,
): Promise<Mapping | undefined> {
  const columns = { ...mapping.columns };
  let isNew = false;
  for (const [column, words] of unknown) {
    const goal = columns[column];
    const field = goal?.field === undefined ? undefined : target.field(goal.field);
    if (!goal || field?.type !== 'choice') continue;
    const values = { ...goal.values };
    const choices: Choice[] = [
      ...(field.options?.(config) ?? []).map(value => ({
        value: `${field.name}=${value}`,
        name: (field.names?.(config) ?? []).find(each => each.id === value)?.name ?? value,
      })),
      ...(field.name === 'stage' ? [{ value: NEW_STAGE, name: 'a new stage' }] : []),
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
        presetFor(word, field, values[word], choices),
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

/** The choice that a word most likely is: what was guessed or answered, else one of the same name. */
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

/** Asks what is ambiguous: how dates and numbers are written. */
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
        choices.split(' or ').map(value => ({ value })),
      ),
    };
  }
  return asked;
}

async function showFirst(
  terminal: Terminal,
  workspace: Workspace,
  source: NamedTable,
  kind: ImportKind,
  mapping: Mapping,
): Promise<void> {
  const { rows, result, view } = await previewRows(workspace, source, kind, mapping, PREVIEWED);
  for (const { line, column, error } of result.errors)
    await terminal.message(`${source.name}:${line}${column === null ? '' : `: ${column}`}: ${error}`);
  if (kind === 'user') return;
  const table = view.state.table(kind);
  const found = rows
    .flatMap(({ id }) => (id === undefined ? [] : [table.row(numberOf(id))]))
    .filter(row => row >= 0);
  const fields = [
    ...new Set([
      ...Object.values(mapping.columns).map(({ field }) => field),
      ...Object.keys(mapping.compose),
    ]),
  ]
    .filter(name => name !== undefined)
    .map(name => (name === 'closes' ? 'expectedClose' : name))
    .filter(name => !isBeside(name) && !name.startsWith('prop.'));
  const columns = shown(view, kind, 'list', [...new Set(fields)]);
  const options = {
    width: terminal.streams.stderr.columns,
    paint: await terminal.paint(),
    id: (row: number) => table.id(row),
    csvLine,
  };
  for await (const chunk of renderList(found, columns, 'table', options))
    await terminal.streams.stderr.write(chunk);
}
