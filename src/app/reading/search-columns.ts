/** The columns of a kind that are searched for a word, and how well a record fits by the place of the word. */
import { fold } from '../../domain/fold.ts';
import type { Kind } from '../../domain/kinds.ts';
import { definitionOf, type KindDefinition } from '../../kinds/define.ts';
import type { Field } from '../../kinds/field.ts';
import { columnsOf, SEARCH, storedFieldsOf } from '../../kinds/fields.ts';
import { digitsIn, wantedPhone } from '../../kinds/phones.ts';
import { BETWEEN_TEXTS } from '../../kinds/several-cells.ts';
import { allOf, type Several } from '../../kinds/several.ts';
import type { CodeColumn, CodesColumn, TextColumn } from '../../state/columns/column.ts';
import { needleOf } from '../../state/columns/texts.ts';
import type { View } from '../core/view.ts';
import { seesAll } from '../core/viewer.ts';

/** How well a word fits a record: the lower, the better. A record ranks as its worst word. */
export const rank = {
  /** The word is its id, a key such as an e-mail address, or its whole name. */
  exact: 1,
  nameBegins: 2,
  wordBegins: 3,
  inName: 4,
  inKey: 5,
  inText: 6,
  /** Its contacts or account have the word. */
  inPeople: 7,
} as const;

/** A search: a folded word, as text and as bytes, and the rows to search; left out: all rows. */
interface Sought {
  readonly word: string;
  readonly needle: Buffer;
  readonly among: readonly number[] | undefined;
  /** Whether no other word is searched for. */
  readonly isOnly: boolean;
}

/** Looks for a word in one column, and tells how well each row that has it fits. */
type Place = (sought: Sought, better: (row: number, rank: number) => void) => void;

/** Calls `found` with each of the rows that have the needle. */
function eachWith(
  column: TextColumn,
  { needle, among, isOnly }: Pick<Sought, 'needle' | 'among' | 'isOnly'>,
  found: (row: number) => void,
): void {
  if (!among) column.search(needle, found, isOnly);
  else for (const row of among) if (column.includes(row, needle)) found(row);
}

/** The columns of a kind that are searched. */
export function placesOf(view: View, kind: Kind, namesOnly: boolean): Place[] {
  const { config } = view.state;
  const definition = definitionOf(view.kinds, kind);
  const table = view.state.table(kind);
  const specs = columnsOf(config, kind);
  const places: Place[] = [];
  if (specs.has(SEARCH)) {
    const isNamed = nameOfKind(definition)?.searched === true;
    const column = () => table.column(SEARCH) as TextColumn;
    places.push((sought, better) => searchTexts(column(), sought, isNamed, namesOnly, better));
  }
  for (const { all } of textsOfSeveral(definition))
    places.push(
      all === 'phones'
        ? phonePlace(view, kind)
        : (sought, better) => searchKeys(table.column(all) as TextColumn, sought, better),
    );
  for (const field of searchedToo(view, kind)) {
    const type = specs.get(field.path)?.type;
    const isKey = definition.keys.some(({ path }) => path === field.path) || field.type === 'handle';
    if (namesOnly && !isKey) continue;
    if (type === 'text')
      places.push((sought, better) =>
        searchWhole(table.column(field.path) as TextColumn, sought, isKey ? rank.inKey : rank.inText, better),
      );
    else if (type === 'codes' || type === 'code')
      places.push(({ word }, better) =>
        searchWords(table.column(field.path) as CodeColumn | CodesColumn, word, table.rows, better),
      );
  }
  return places;
}

/** The field that a record of a kind is called by, if it has one. */
export const nameOfKind = ({ named, fields }: KindDefinition): Field | undefined =>
  named === undefined ? undefined : fields.find(({ name }) => name === named);

/** What records of a kind may have several of that is text: addresses, phones and domains, but no references. */
export const textsOfSeveral = ({ several = [], columns = [] }: KindDefinition): Several[] =>
  several.filter(({ all }) => columns.some(({ key, type }) => key === all && type === 'text'));

/** The fields beside the common column of texts and what there may be several of: texts, keys, tags and the names of events. */
export function searchedToo(view: View, kind: Kind): Field[] {
  const { several = [], hasProps } = definitionOf(view.kinds, kind);
  const others = new Set(several.flatMap(({ one, all, others }) => [one, all, others]));
  return storedFieldsOf(view.state.config, kind).filter(
    ({ name, path, type, hidden, needsAll, columnless, searched, read }) =>
      !hidden &&
      !columnless &&
      !searched &&
      !read &&
      !others.has(path) &&
      !(needsAll && !seesAll(view.viewer)) &&
      (['text', 'link', 'handle', 'tags'].includes(type) ? name !== 'id' : hasProps && name === 'name'),
  );
}

/** The column of all searched texts, of which the first is the name if the kind has one. */
function searchTexts(
  column: TextColumn,
  sought: Sought,
  isNamed: boolean,
  namesOnly: boolean,
  better: (row: number, rank: number) => void,
): void {
  eachWith(column, sought, row => {
    if (!isNamed) return namesOnly ? undefined : better(row, rank.inText);
    const bytes = column.bytes(row);
    const nameEnds = bytes.indexOf(SEPARATOR);
    const its = rankInName(bytes, sought.needle, nameEnds < 0 ? bytes.length : nameEnds);
    if (its !== rank.inText || !namesOnly) better(row, its);
  });
}

const SEPARATOR = BETWEEN_TEXTS.charCodeAt(0);

function rankInName(bytes: Buffer, needle: Buffer, nameEnds: number): number {
  let best: number = rank.inText;
  for (
    let at = bytes.indexOf(needle);
    at >= 0 && at + needle.length <= nameEnds;
    at = bytes.indexOf(needle, at + 1)
  ) {
    if (at === 0) return needle.length === nameEnds ? rank.exact : rank.nameBegins;
    if (!isWordByte(bytes[at - 1]!)) return rank.wordBegins;
    best = rank.inName;
  }
  return best;
}

/** Whether a byte is a part of a word: an ASCII letter or digit, or of a character beyond ASCII. */
const isWordByte = (byte: number): boolean =>
  byte >= 0x80 || (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39);

/** A column of several keys of each row. */
function searchKeys(column: TextColumn, sought: Sought, better: (row: number, rank: number) => void): void {
  const exact = Buffer.concat([Buffer.of(SEPARATOR), sought.needle, Buffer.of(SEPARATOR)]);
  eachWith(column, sought, row => better(row, column.bytes(row).includes(exact) ? rank.exact : rank.inKey));
}

/** A column of one text of each row; the whole text is an exact key if it is one. */
function searchWhole(
  column: TextColumn,
  sought: Sought,
  its: number,
  better: (row: number, rank: number) => void,
): void {
  eachWith(column, sought, row =>
    better(row, its === rank.inKey && column.size(row) === sought.needle.length ? rank.exact : its),
  );
}

/** A column of words out of a dictionary: tags, the names of events. */
function searchWords(
  column: CodeColumn | CodesColumn,
  word: string,
  rows: number,
  better: (row: number, rank: number) => void,
): void {
  const holds = column.words.map(each => fold(each).includes(word));
  if (!holds.includes(true)) return;
  for (let row = 0; row < rows; row++) {
    if (column.type === 'code') {
      if (holds[column.get(row)]) better(row, rank.inKey);
      continue;
    }
    const size = column.size(row);
    for (let i = 0; i < size; i++) if (holds[column.at(row, i)]) better(row, rank.inKey);
  }
}

/** Fewer digits than this are not searched for in phones, because nearly every number contains them. */
const FEWEST_DIGITS = 4;

/** Digits are found in phones however these were typed; a whole number is found with another prefix too. */
function phonePlace(view: View, kind: Kind): Place {
  const { config } = view.state;
  const table = view.state.table(kind);
  const several = definitionOf(view.kinds, kind).several!.find(({ all }) => all === 'phones')!;
  return (sought, better) => {
    const { word } = sought;
    const digits = digitsIn(word);
    if (digits.length < FEWEST_DIGITS) return;
    const column = table.column(several.all) as TextColumn;
    eachWith(column, { ...sought, needle: needleOf(digits) }, row => better(row, rank.inKey));
    const number = wantedPhone(word, config.country);
    if (!number) return;
    const last = needleOf(`${number.lastDigits}${BETWEEN_TEXTS}`);
    eachWith(column, { ...sought, needle: last }, row => {
      if (table.live(row) && allOf(table.record(row), several).some(number.is)) better(row, rank.exact);
    });
  };
}
