import { type AddChange, addition, type Why } from '../src/domain/changes.ts';
import type { Rec } from '../src/domain/records.ts';
import { recordKinds } from '../src/kinds/index.ts';

/** The change that adds a record of one of crm's own kinds. */
export const added = (record: Rec, why?: Why): AddChange =>
  addition(recordKinds.kindOf(record.id), record, why);
