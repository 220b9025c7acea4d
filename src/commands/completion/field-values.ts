/** The candidates for the value of a field, and for the pairs `field=value` that set one. */
import type { View } from '../../app/core/view.ts';
import { seesAll } from '../../app/core/viewer.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Field } from '../../kinds/field.ts';
import { fieldsOf, findField } from '../../kinds/fields.ts';
import type { CodeColumn, CodesColumn } from '../../state/columns/column.ts';
import { pipeline, stage, user } from '../args/declare.ts';
import type { Thing } from '../args/argument.ts';
import type { Candidate } from './candidate.ts';
import { days } from './days.ts';
import { lastOf } from './lists.ts';
import { recordsLike } from './records.ts';

/** Returns candidates for the value of a field, if there are any: values of a closed set, records, tags, days. */
export function fieldValues(view: View, kind: Kind, field: Field, partial: string): readonly Candidate[] {
  const { config } = view;
  const things = (argument: { readonly among?: (config: View['config']) => readonly Thing[] }) =>
    argument.among!(config).map(({ id, about }) => ({ value: id, about }));
  if (field.refs) return recordsLike(view, { kinds: field.refs, type: 'record' }, partial);
  if (field.name === 'pipeline') return things(pipeline());
  if (field.name === 'stage' || field.name === 'closedStage') return things(stage());
  switch (field.type) {
    case 'user':
      return things(user());
    case 'boolean':
      return [{ value: 'yes' }, { value: 'no' }];
    case 'day':
    case 'instant':
      return days(partial, view.clock);
    case 'tags':
      return tags(view, kind);
    default:
      return (field.options?.(config) ?? []).map(value => ({ value }));
  }
}

/** Returns the tags of the records of a kind that the viewer sees. */
export function tags(view: View, kind: Kind): Candidate[] {
  const field = fieldsOf(view.config, kind).find(({ type }) => type === 'tags');
  return field === undefined ? [] : wordsIn(view, kind, field.path);
}

/** Returns the words of a column, of the rows that the viewer sees. */
export function wordsIn(view: View, kind: Kind, path: string): Candidate[] {
  const table = view.state.table(kind);
  if (table.rows === 0) return [];
  const column = table.column(path) as CodeColumn | CodesColumn;
  const seen = new Set<number>();
  if (seesAll(view.viewer)) return column.words.map(value => ({ value }));
  for (let row = 0; row < table.rows && seen.size < column.words.length; row++) {
    if (!table.live(row) || !view.sees(kind, row)) continue;
    if (column.type === 'code') seen.add(column.get(row));
    else for (let i = 0; i < column.size(row); i++) seen.add(column.at(row, i));
  }
  return column.words.flatMap((value, code) => (seen.has(code) ? { value } : []));
}

/** Returns the fields that can be set (`stage=`), or after `=` the candidates for the field's value. */
export async function assignmentsLike(view: View, kind: Kind, partial: string): Promise<Candidate[]> {
  const at = partial.indexOf('=');
  if (at < 0)
    return fieldsOf(view.config, kind).flatMap(({ settable, name }) =>
      settable ? [{ value: `${name}=` }] : [],
    );
  const field = findField(view.config, kind, partial.slice(0, at));
  if (!field) return [];
  const values = await lastOf(partial.slice(at + 1), item => fieldValues(view, kind, field, item));
  return values.map(each => ({ ...each, value: partial.slice(0, at + 1) + each.value }));
}
