/** Asks which column of an import becomes which field: a list of all columns, with examples, to change one by one. */
import type { GuessedTable } from '../app/import/guess-table.ts';
import type { Mapping, Target as Goal } from '../app/import/mapping.ts';
import { ACCOUNT_ID, CLOSES, CONTACT_NAME, CONTACT_PHONE, fieldsBeside } from '../app/import/row-reader.ts';
import type { Target } from '../app/import/target.ts';
import { labelOf } from '../app/reading/said.ts';
import { slug } from '../domain/fold.ts';
import { mayImport } from '../kinds/field.ts';
import type { Choice } from '../ui/prompt.ts';
import { displayWidth, shorten } from '../ui/width.ts';

export type Pick = (question: string, choices: readonly Choice[], preset?: string) => Promise<string>;

/** A custom field to make: its id, its label and its type. */
export interface NewField {
  readonly name: string;
  readonly label: string;
  readonly type: string;
}

export const LEAVE_OUT = '-';
/** An answer that is not the name of any field. */
const NEW_FIELD = '\u0000field';
/** A value that is not the name of any column. */
const GO_ON = '';
/** The most cells that the names of columns with their examples take in the list. */
const WIDEST = 60;
/** The most cells of one example. */
const EXAMPLE = 30;
const SAMPLES = 3;
/** The cells around the names of columns in the list: the cursor and the arrow. */
const AROUND = 6;

/** The guess with the answers so far, and the width of the terminal. */
export type Asking = GuessedTable & { readonly width: number };

/**
 * Asks for columns to change, one after the other, until the user accepts the guess. `makeField` adds a custom field and
 * returns the target that has it; left out if no field may be added.
 */
export async function askColumns(
  pick: Pick,
  asking: Asking,
  header: readonly string[],
  makeField: ((field: NewField) => Promise<Target>) | undefined,
): Promise<Mapping> {
  let { mapping, target } = asking;
  const named = header.map((column, index) => `${column}${examples(asking, index)}`);
  for (;;) {
    const meanings = header.map(column => meaningOf(target, mapping, column));
    const room = asking.width - AROUND - Math.max(...meanings.map(displayWidth));
    const width = Math.min(WIDEST, Math.max(EXAMPLE, room), Math.max(...named.map(displayWidth)));
    const column = await pick(
      'What is in each column? Enter goes on; choose one to change it:',
      [
        { value: GO_ON, name: 'go on as shown' },
        ...header.map((value, i) => {
          const text = shorten(named[i]!, width);
          const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
          return { value, name: `${text}${space}  → ${meanings[i]}`, short: value };
        }),
      ],
      GO_ON,
    );
    if (column === GO_ON) return mapping;
    const make = makeField && (async (field: NewField) => void (target = await makeField(field)));
    mapping = await askColumn(pick, { ...asking, mapping, target }, column, header.indexOf(column), make);
  }
}

/** Returns in words what a column becomes. */
function meaningOf(target: Target, mapping: Mapping, column: string): string {
  const field = mapping.columns[column]?.field;
  if (field !== undefined) return fieldLabel(target, field);
  const part = Object.entries(mapping.compose).find(([, template]) => template.includes(`{${column}}`));
  return part ? `a part of ${fieldLabel(target, part[0])}` : 'left out';
}

/** Labels of targets that are not fields of the imported kind. */
const besideLabels: Readonly<Record<string, string>> = {
  [CONTACT_NAME]: 'name of the contact',
  [CONTACT_PHONE]: 'phone of the contact',
  [ACCOUNT_ID]: 'external id of the account',
  [CLOSES]: 'close, or closed',
};

/** Returns the label of a field of the imported kind; a deal's contact is named by its e-mail. */
function fieldLabel(target: Target, name: string): string {
  const beside = besideLabels[name];
  if (beside !== undefined) return beside;
  if (name === 'contact' && fieldsBeside(target).includes(CONTACT_NAME)) return 'e-mail of the contact';
  const field = target.field(name);
  return field ? labelOf(field) : name;
}

/** ` (Acme, Beta, ...)` */
function examples({ sample }: GuessedTable, index: number): string {
  const texts = textsOf(sample, index);
  if (texts.length === 0) return ' (empty)';
  const first = texts.slice(0, SAMPLES).map(text => shorten(text, EXAMPLE));
  return ` (${first.join(', ')}${texts.length > SAMPLES ? ', ...' : ''})`;
}

const textsOf = (sample: GuessedTable['sample'], index: number): string[] => [
  ...new Set(sample.map(cells => (cells[index] ?? '').trim()).filter(text => text !== '')),
];

async function askColumn(
  pick: Pick,
  asking: Asking,
  column: string,
  index: number,
  makeField: ((field: NewField) => Promise<void>) | undefined,
): Promise<Mapping> {
  const { target, mapping } = asking;
  const guessed = mapping.columns[column];
  const taken = new Map(Object.entries(mapping.columns).map(([name, { field }]) => [field, name] as const));
  const names = [
    ...target.fields.filter(mayImport).map(field => field.name),
    ...fieldsBeside(target),
    ...(guessed?.field ? [guessed.field] : []),
  ];
  const choices: Choice[] = [
    { value: LEAVE_OUT, name: 'leave out' },
    ...(makeField ? [{ value: NEW_FIELD, name: 'a new field' }] : []),
    ...[...new Set(names)].map(value => {
      const label = fieldLabel(target, value);
      const other = taken.get(value);
      return { value, name: other !== undefined && other !== column ? `${label} (now ${other})` : label };
    }),
  ];
  let answer = await pick(`${column}${examples(asking, index)} is`, choices, guessed?.field ?? LEAVE_OUT);
  if (answer === NEW_FIELD) answer = await askNewField(pick, asking, column, index, makeField!);
  const { [column]: _, ...others } = mapping.columns;
  const ignore = mapping.ignore.filter(name => name !== column);
  if (answer === LEAVE_OUT) return { ...mapping, columns: others, ignore: [...ignore, column] };
  // The field moves from the column that had it to this one.
  const freed = Object.entries(others).filter(([, { field }]) => field !== answer);
  const dropped = Object.entries(others).flatMap(([name, { field }]) => (field === answer ? [name] : []));
  const goal: Goal = guessed?.field === answer ? guessed : { field: answer };
  return {
    ...mapping,
    columns: { ...Object.fromEntries(freed), [column]: goal },
    ignore: [...ignore, ...dropped],
  };
}

/** The types that a new field may have without more questions: their names for people, and a test of their values. */
const types: readonly (readonly [type: string, name: string, like: RegExp])[] = [
  ['date', 'a date', /^(\d{4}-\d\d?-\d\d?|\d\d?[-./]\d\d?[-./]\d{2,4})([ T].*)?$/],
  ['number', 'a number', /^[-+]?\d+([.,]\d+)?$/],
  ['money', 'an amount of money', /^\D{0,3} ?-?[\d.,]+ ?\D{0,3}$/],
  ['link', 'the address of a page', /^https?:\/\/\S+$/],
  ['boolean', 'yes or no', /^(yes|no|true|false)$/i],
  ['text', 'text', /^/],
];

/** Makes a custom field named after the column, asking for its type. Returns the name of the field. */
async function askNewField(
  pick: Pick,
  { sample, target }: Asking,
  column: string,
  index: number,
  makeField: (field: NewField) => Promise<void>,
): Promise<string> {
  const texts = textsOf(sample, index);
  const guess = types.find(([, , like]) => texts.length > 0 && texts.every(text => like.test(text)));
  const type = await pick(
    `The new field ${JSON.stringify(column)} is`,
    types.map(([value, name]) => ({ value, name })),
    guess?.[0] ?? 'text',
  );
  const wanted = slug(column) || 'field';
  let name = wanted;
  for (let n = 2; target.field(name) !== undefined; n++) name = `${wanted}-${n}`;
  await makeField({ name, label: column, type });
  return name;
}
