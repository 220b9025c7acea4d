/** The value of a field in a column: the two types that kinds of records and the columns of the state share. */

export type ColumnType = 'number' | 'code' | 'codes' | 'numbers' | 'text';

/** A record's value in a column: NaN, undefined, [] and '' mean that it has none. */
export type Cell = number | string | undefined | readonly string[] | readonly number[];
