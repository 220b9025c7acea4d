import { CrmError } from '../../domain/errors.ts';

/** An error in one cell: what is wrong, and in which column. */
export class CellError extends CrmError {
  readonly column: string;
  constructor(column: string, cause: CrmError) {
    super(cause.kind, cause.message, cause.hint, cause);
    this.column = column;
  }
}

/** Does what a cell needs; an error says the column. */
export function inColumn<T>(column: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof CrmError && !(error instanceof CellError) ? new CellError(column, error) : error;
  }
}
