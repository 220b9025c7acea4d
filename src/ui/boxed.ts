/** A small table with borders, for summaries: drawn by cli-table3, which takes long for many rows. */

/** Rows that it may have at most: it takes half a second for a thousand. */
const MOST_ROWS = 50;

const PLAIN = {
  top: '-',
  'top-mid': '+',
  'top-left': '+',
  'top-right': '+',
  bottom: '-',
  'bottom-mid': '+',
  'bottom-left': '+',
  'bottom-right': '+',
  left: '|',
  'left-mid': '+',
  mid: '-',
  'mid-mid': '+',
  right: '|',
  'right-mid': '+',
  middle: '|',
};

export interface Boxed {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** By column. */
  readonly align: readonly ('left' | 'right')[];
  /** Whether borders are of ASCII. */
  readonly plain: boolean;
}

/** Returns the lines of a table with borders, without colours; cells are printable text. */
export async function boxedLines({ head, rows, align, plain }: Boxed): Promise<string[]> {
  if (rows.length > MOST_ROWS) throw new RangeError(`${rows.length} rows are too many for a box`);
  const { default: Table } = await import('cli-table3');
  const table = new Table({
    head: [...head],
    colAligns: [...align],
    style: { head: [], border: [], compact: true },
    ...(plain && { chars: PLAIN }),
  });
  table.push(...rows.map(cells => [...cells]));
  return table.toString().split('\n');
}
