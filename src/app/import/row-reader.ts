/** Turns the cells of a row into texts by field, by the mapping: planned once for a header, and then done per row. */
import { CellError } from './cell-error.ts';
import type { Mapping, Target as Goal } from './mapping.ts';
import type { Target } from './target.ts';
import { ORIGIN } from '../core/origin.ts';
import { CrmError, usage } from '../../domain/errors.ts';
import { suggestion } from '../../domain/nearest.ts';
import { type Field, field, mayImport } from '../../kinds/field.ts';

/** A field that rows may fill, with its text in the present row. */
export interface Slot {
  readonly name: string;
  readonly field: Field;
  /** Undefined if the row has no text for it. */
  text: string | undefined;
  /** The column that says it. */
  column: string;
}

interface Column {
  readonly index: number;
  readonly name: string;
  readonly slot: Slot | undefined;
  /** By the cell's text: which fields get which texts. */
  readonly values: ReadonlyMap<string, readonly (readonly [Slot, string])[]> | undefined;
  /** The error of rows with a value in a column that only later rows introduced. */
  readonly refused?: CrmError;
}

/** A field that is put together: texts, and numbers of columns. */
interface Composed {
  readonly slot: Slot;
  readonly parts: readonly (string | number)[];
}

/** The name of a deal's contact that is made. */
export const CONTACT_NAME = 'contact.name';
/** The phone of a contact that is made. */
export const CONTACT_PHONE = 'contact.phone';
/** The external id of an account: it finds the account, and one that is made gets it. */
export const ACCOUNT_ID = 'account.externalId';
/** The closing day of a deal: the day of its closing if it is won or lost, otherwise the expected one. */
export const CLOSES = 'closes';
/** Instead of a column: what the mapping sets for all rows. */
export const SET = 'set';
const IGNORED: readonly string[] = ['crm_error', ORIGIN];
/** In `ignore`: every column that is neither mapped nor named like a field. */
const ALL_OTHERS = '*';

export class RowReader {
  readonly slots: Slot[] = [];
  /** Columns that are left out because all others are. */
  readonly leftOut: string[] = [];
  readonly #byName = new Map<string, Slot>();
  readonly #target: Target;
  readonly #mapping: Mapping;
  readonly #header: readonly string[];
  readonly #isDerived: (name: string) => boolean;
  readonly #columns: Column[] = [];
  readonly #composed: Composed[] = [];
  readonly #set: (readonly [Slot, string])[];
  #known = 0;
  #originAt = -1;
  /** The workspace that the present row says its ids are of. */
  origin: string | undefined;

  /**
   * USAGE for a column that is neither mapped nor named like a field, and for mapped columns that the file lacks.
   * `isDerived` says which names mean what follows from other records, and is left out.
   */
  constructor(
    target: Target,
    header: readonly string[],
    mapping: Mapping,
    isDerived: (name: string) => boolean,
  ) {
    this.#target = target;
    this.#mapping = mapping;
    this.#header = header;
    this.#isDerived = isDerived;
    this.#checkColumns();
    this.#set = Object.entries(mapping.set).map(([name, text]) => [this.#slot(name), text]);
    this.#extend();
    for (const [name, template] of Object.entries(mapping.compose))
      this.#composed.push({ slot: this.#slot(name), parts: this.#partsOf(name, template) });
  }

  slot(name: string): Slot | undefined {
    return this.#byName.get(name);
  }

  /** Takes in the cells of a row; empty cells do not count. */
  read(cells: readonly string[]): void {
    if (this.#header.length > this.#known) this.#extend();
    for (const slot of this.slots) slot.text = undefined;
    this.origin = cells[this.#originAt]?.trim() || undefined;
    for (const { index, name, slot, values, refused } of this.#columns) {
      const cell = cells[index];
      if (cell === undefined || cell === '' || cell.trim() === '') continue;
      if (refused) throw refused;
      const meant = values && (values.get(cell) ?? values.get(cell.trim()));
      if (meant)
        for (const [each, text] of meant) {
          each.text = text;
          each.column = name;
        }
      else if (slot) {
        slot.text = slot.text === undefined ? cell : joined(slot, cell);
        slot.column = name;
      } else
        throw new CellError(
          name,
          usage(
            `${JSON.stringify(cell)} is not among the values of the mapping`,
            suggestion(cell, values!.keys(), 'values'),
          ),
        );
    }
    for (const { slot, parts } of this.#composed) {
      const text = parts
        .map(part => (typeof part === 'string' ? part : (cells[part] ?? '').trim()))
        .join('')
        .replace(/\s+/g, ' ')
        .trim();
      const isSaid = parts.some(part => typeof part === 'number' && (cells[part] ?? '').trim() !== '');
      if (isSaid) [slot.text, slot.column] = [text, slot.name];
    }
  }

  /** Returns the value for a new record if the row has none. */
  fillGaps(): void {
    for (const [slot, text] of this.#set) if (slot.text === undefined) [slot.text, slot.column] = [text, SET];
  }

  #field(name: string): Field | undefined {
    const found = this.#target.field(name);
    if (found || !isBeside(name)) return found;
    return this.#target.field(completes[name]!) && beside[name];
  }

  /** Returns the field that a column is named like. Case counts only if several columns differ in nothing else. */
  #fieldOfColumn(name: string): Field | undefined {
    const exact = this.#field(name);
    if (exact) return exact;
    const lower = name.toLowerCase();
    if (this.#header.filter(each => each.toLowerCase() === lower).length > 1) return undefined;
    return this.#target.fields.find(each => mayImport(each) && each.name.toLowerCase() === lower);
  }

  #slot(name: string, column?: string): Slot {
    const field = this.#field(name);
    if (!field) {
      const near = suggestion(
        name,
        this.#target.fields.filter(mayImport).map(f => f.name),
        'fields',
      );
      const where = column === undefined ? '' : `column ${JSON.stringify(column)}: `;
      throw usage(`${where}unknown field ${JSON.stringify(name)} of ${this.#target.noun}`, near);
    }
    const known = this.#byName.get(field.name);
    if (known) return known;
    const slot: Slot = { name: field.name, field, text: undefined, column: '' };
    this.#byName.set(field.name, slot);
    this.slots.push(slot);
    return slot;
  }

  /** USAGE for a column that the mapping or a template names and the file does not have: it says more than what is left over. */
  #checkColumns(): void {
    const { columns, compose, optional } = this.#mapping;
    if (optional) return;
    for (const [field, template] of Object.entries(compose)) this.#partsOf(field, template);
    const missing = Object.keys(columns).find(column => !this.#header.includes(column));
    if (missing !== undefined)
      throw usage(
        `the mapping names a column ${JSON.stringify(missing)} that the file does not have`,
        suggestion(missing, this.#header, 'columns'),
      );
  }

  /** Plans the columns that the header has now and had not before. An unknown one in a later row is that row's error. */
  #extend(): void {
    const isLater = this.#known > 0;
    for (let index = this.#known; index < this.#header.length; index++) {
      const name = this.#header[index]!;
      try {
        const column = this.#plan(name, index);
        if (column) this.#columns.push(column);
      } catch (error) {
        if (!isLater || !(error instanceof CrmError)) throw error;
        this.#columns.push({ index, name, slot: undefined, values: undefined, refused: error });
      }
    }
    this.#known = this.#header.length;
    this.#originAt = this.#header.indexOf(ORIGIN);
  }

  #plan(name: string, index: number): Column | undefined {
    const { ignore, compose } = this.#mapping;
    if (name === '' && !ignore.includes(ALL_OTHERS) && !ignore.includes(name)) return this.#unnamed(index);
    if (ignore.includes(name) || IGNORED.includes(name)) return undefined;
    const mapped = this.#mapped(name);
    if (mapped) return this.#planned(name, index, mapped);
    const field = this.#fieldOfColumn(name);
    if (field) return { index, name, slot: this.#slot(field.name), values: undefined };
    if (Object.values(compose).some(template => template.includes(`{${name}}`))) return undefined;
    if (this.#isDerived(name) || ignore.includes(ALL_OTHERS)) {
      this.leftOut.push(name);
      return undefined;
    }
    const near = suggestion(
      name,
      this.#target.fields.map(f => f.name),
      'fields',
    );
    throw usage(
      `the column ${JSON.stringify(name)} is neither mapped nor has the name of a field of ${this.#target.noun}`,
      `--map ${JSON.stringify(`${name}=FIELD`)} or --ignore ${JSON.stringify(name)}; --guess prints a whole mapping${near?.startsWith('did') ? `; ${near}` : ''}`,
    );
  }

  /** Returns the mapping of a column; a mapping that comes with crm ignores case. */
  #mapped(name: string): Goal | undefined {
    const { columns, optional } = this.#mapping;
    if (Object.hasOwn(columns, name)) return columns[name];
    if (!optional) return undefined;
    const lower = name.toLowerCase();
    return Object.entries(columns).find(([column]) => column.toLowerCase() === lower)?.[1];
  }

  /** A column without a name is nothing, as long as nothing is in it. */
  #unnamed(index: number): Column {
    const refused = usage(
      `column ${index + 1} of ${this.#header.length} has no name`,
      `name it in the file, or leave it out: --ignore ''`,
    );
    return { index, name: '', slot: undefined, values: undefined, refused };
  }

  #planned(name: string, index: number, { field, values }: Goal): Column {
    const meant = new Map(
      Object.entries(values ?? {}).map(([cell, fields]) => [
        cell,
        Object.entries(fields).map(([each, text]) => [this.#slot(each, name), text] as const),
      ]),
    );
    return {
      index,
      name,
      slot: field === undefined ? undefined : this.#slot(field, name),
      values: values ? meant : undefined,
    };
  }

  /** `{Column}` in a template is what the column has. */
  #partsOf(field: string, template: string): (string | number)[] {
    return template
      .split(/(\{[^{}]*\})/)
      .filter(part => part !== '')
      .map(part => {
        if (!part.startsWith('{')) return part;
        const column = part.slice(1, -1);
        const { optional } = this.#mapping;
        const lower = column.toLowerCase();
        const exact = this.#header.indexOf(column);
        const index =
          exact >= 0 || !optional ? exact : this.#header.findIndex(each => each.toLowerCase() === lower);
        if (index >= 0) return index;
        if (optional) return '';
        throw usage(
          `compose, ${field}: the file has no column ${JSON.stringify(column)}`,
          suggestion(column, this.#header, 'columns'),
        );
      });
  }
}

/** What a field is by several columns: of a list all of them, else the last one. */
function joined({ field, text }: Slot, cell: string): string {
  const between = { emails: '\n', phones: '\n', domains: '\n', refs: ',' } as const;
  const separator = between[field.type as keyof typeof between];
  return separator === undefined ? cell : `${text}${separator}${cell}`;
}

/** What columns may be beside fields, of kinds with a field that they complete. */
const beside: Readonly<Record<string, Field>> = Object.fromEntries(
  [CONTACT_NAME, CONTACT_PHONE, CLOSES, ACCOUNT_ID].map(name => [name, field(name, 'text')]),
);
const completes: Readonly<Record<string, string>> = {
  [CONTACT_NAME]: 'contacts',
  [CONTACT_PHONE]: 'contacts',
  [CLOSES]: 'expectedClose',
  [ACCOUNT_ID]: 'account',
};

/** Returns the columns that may describe the records that a target's records point to, beside its own fields. */
export const fieldsBeside = (target: Target): string[] =>
  Object.keys(beside).filter(name => target.field(completes[name]!) !== undefined);

/** Whether a name does not mean a field, but adds to what another field has. */
export const isBeside = (name: string): boolean => Object.hasOwn(beside, name);
