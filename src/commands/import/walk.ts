/** On a terminal, the mapping that an import lacks: column by column, with guesses that Enter takes. */
import { type GuessedTable, guessTable } from '../../app/import/guess-table.ts';
import type { ImportKind } from '../../app/import/import.ts';
import type { Target as Goal, Mapping } from '../../app/import/mapping.ts';
import { previewRows } from '../../app/import/preview.ts';
import { shown } from '../../app/reading/shape.ts';
import { csvLine } from '../../channels/csv-write.ts';
import type { Config } from '../../domain/config.ts';
import { CrmError } from '../../domain/errors.ts';
import { slug } from '../../domain/fold.ts';
import { numberOf } from '../../domain/kinds.ts';
import { printable } from '../../ui/escape.ts';
import { renderList } from '../../ui/format.ts';
import { askText, type Choice, choose, confirm } from '../../ui/prompt.ts';
import type { Context } from '../context.ts';
import type { Source } from './source.ts';

export interface Walked {
  readonly mapping: Mapping;
  /** The name under which it is to be kept; '' for none. */
  readonly keepAs: string;
}

const LEAVE_OUT = '-';
const SAMPLES = 3;
const PREVIEWED = 5;

/**
 * Asks how columns become fields, shows the first rows as they would be, and asks whether to go on; "no" ends, 130.
 * Undefined where nothing has to be asked: every column is named like a field.
 */
export async function walkThrough(
  context: Context,
  source: Source,
  kind: ImportKind,
): Promise<Walked | undefined> {
  const workspace = await context.workspace();
  const guess = await guessTable(workspace, source, kind);
  if (source.header.every(column => guess.target.field(column) !== undefined)) return undefined;
  const paint = await context.paint();
  const { streams } = context;
  const pick = (question: string, choices: readonly Choice[], preset?: string) =>
    choose(question, choices, preset, streams, paint);
  const top = guess.notes.get('');
  await context.message(
    `${source.name}: ${source.header.length} columns${top === undefined ? '' : `, ${top}`}`,
  );
  let mapping = guess.mapping;
  for (const [index, column] of source.header.entries())
    mapping = await askColumn(pick, guess, mapping, column, index);
  mapping = await askNotes(pick, guess, await askWords(pick, guess, mapping, workspace.config));
  await showFirst(context, source, kind, mapping);
  if (!(await confirm(`Import all rows of ${source.name} so?`, streams, paint)))
    throw new CrmError(
      'INTERRUPTED',
      'answered no; nothing was imported',
      '--guess prints the mapping, to be changed and given with --mapping',
    );
  const named = await askText('Keep this mapping as (a name, or nothing):', streams, paint);
  return { mapping, keepAs: slug(named.trim()) };
}

type Pick = (question: string, choices: readonly Choice[], preset?: string) => Promise<string>;

async function askColumn(
  pick: Pick,
  { target, sample }: GuessedTable,
  mapping: Mapping,
  column: string,
  index: number,
): Promise<Mapping> {
  if (Object.values(mapping.compose).some(template => template.includes(`{${column}}`))) return mapping;
  const texts = [...new Set(sample.map(cells => (cells[index] ?? '').trim()).filter(text => text !== ''))];
  const shownTexts = texts.slice(0, SAMPLES).map(text => (text.length > 30 ? `${text.slice(0, 29)}…` : text));
  const guessed = mapping.columns[column];
  const taken = new Map(Object.entries(mapping.columns).map(([name, { field }]) => [field, name] as const));
  const choices: Choice[] = [
    { value: LEAVE_OUT, name: 'leave out' },
    ...[
      ...target.fields.filter(field => field.settable).map(field => field.name),
      ...(guessed?.field ? [guessed.field] : []),
    ]
      .filter((name, i, all) => all.indexOf(name) === i)
      .map(value => {
        const other = taken.get(value);
        return { value, ...(other !== undefined && other !== column && { name: `${value} (now ${other})` }) };
      }),
  ];
  const answer = await pick(
    `${column}${shownTexts.length > 0 ? ` (${shownTexts.join(', ')}${texts.length > SAMPLES ? ', ...' : ''})` : ' (empty)'}`,
    choices,
    guessed?.field ?? LEAVE_OUT,
  );
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

/** Asks what words of a stage, a type and the like are, where they are none of ours. */
async function askWords(
  pick: Pick,
  { unknown, target }: GuessedTable,
  mapping: Mapping,
  config: Config,
): Promise<Mapping> {
  const columns = { ...mapping.columns };
  for (const [column, words] of unknown) {
    const goal = columns[column];
    const field = goal?.field === undefined ? undefined : target.field(goal.field);
    if (!goal || field?.type !== 'choice') continue;
    const values = { ...goal.values };
    const choices: Choice[] = [
      ...(field.options?.(config) ?? []).map(value => ({ value: `${field.name}=${value}`, name: value })),
      ...(field.name === 'stage' ? ['won', 'lost'] : []).map(value => ({
        value: `status=${value}`,
        name: `the deal is ${value}`,
      })),
      { value: LEAVE_OUT, name: 'nothing: such rows are errors' },
    ];
    for (const word of words) {
      const answer = await pick(`${column}: ${word} is`, choices);
      const [name, value] = answer.split('=') as [string, string];
      if (answer !== LEAVE_OUT) values[word] = { [name]: value };
    }
    columns[column] = { ...goal, values };
  }
  return { ...mapping, columns };
}

/** Asks what is ambiguous: how dates and numbers are written. */
async function askNotes(pick: Pick, { notes }: GuessedTable, mapping: Mapping): Promise<Mapping> {
  let asked = mapping;
  for (const [column, note] of notes) {
    const match = /^add (dates|locale): (.+)$/.exec(note);
    if (!match || !Object.hasOwn(mapping.columns, column)) continue;
    const [, key, choices] = match as unknown as [string, 'dates' | 'locale', string];
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
  context: Context,
  source: Source,
  kind: ImportKind,
  mapping: Mapping,
): Promise<void> {
  const workspace = await context.workspace();
  const { rows, result, view } = await previewRows(workspace, source, kind, mapping, PREVIEWED);
  for (const { line, column, error } of result.errors)
    await context.message(
      `${source.name}:${line}${column === null ? '' : `: ${printable(column)}`}: ${printable(error)}`,
    );
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
    .filter(name => name !== 'contact.name' && !name.startsWith('prop.'));
  const columns = shown(view, kind, 'list', [...new Set(fields)]);
  const options = {
    width: context.streams.stderr.columns,
    paint: await context.paint(),
    id: (row: number) => table.id(row),
    csvLine,
  };
  for await (const chunk of renderList(found, columns, 'table', options))
    await context.streams.stderr.write(chunk);
}
