/** A record as a person edits it: its fields as YAML, and the changed ones, each with its line. */
import { escapePattern } from '../../domain/escape-pattern.ts';
import { definitionOf } from '../../kinds/define.ts';
import { isMap, isScalar, isSeq } from 'yaml';
import { shownInFull } from '../reading/shape.ts';
import { changedFields } from './given-fields.ts';
import type { View } from '../core/view.ts';
import type { Writer } from '../core/writer.ts';
import { CrmError } from '../../domain/errors.ts';
import type { Kind } from '../../domain/kinds.ts';
import { isEmpty, type Json } from '../../domain/records.ts';
import { fieldTypes } from '../../kinds/field-types.ts';
import type { Field } from '../../kinds/field.ts';
import { fieldsOf, readField } from '../../kinds/fields.ts';
import { parseYaml, type Problem } from '../../store/yaml/yaml.ts';

/** The problems of an edit, each with its line of the text. */
export class EditProblems extends Error {
  readonly problems: readonly Pick<Problem, 'line' | 'message' | 'hint'>[];

  constructor(problems: readonly Pick<Problem, 'line' | 'message' | 'hint'>[]) {
    super('an edit with problems');
    this.problems = problems;
  }
}

/** The fields that may be set, as YAML has them; custom ones below `fields`, an event's properties below `props`. */
export function fieldsToEdit(view: View, kind: Kind, row: number): { readonly [name: string]: Json } {
  const record = view.state.table(kind).record(row);
  const fields: Record<string, Json> = {};
  const custom: Record<string, Json> = {};
  for (const field of fieldsOf(view.state.config, kind)) {
    if (!isEdited(field)) continue;
    const stored = readField(field, record);
    const value = field.refs ? view.references(stored) : stored;
    const isList = Array.isArray(value) || fieldTypes[field.type].list === true;
    const now = isEmpty(value) ? (isList ? [] : null) : value;
    if (field.custom) custom[field.name] = now;
    else fields[field.name] = now;
  }
  if (definitionOf(view.kinds, kind).hasProps) fields.props = record.props ?? {};
  return Object.keys(custom).length > 0 ? { ...fields, fields: custom } : fields;
}

/** What has fields of its own below it. */
const groups = ['fields', 'props'];

/** Which contact is the primary one is said by the order of all of them. */
const isEdited = (field: Field): boolean => field.settable && !field.read;

/** Returns notes to read while editing: fields that cannot be set, and the names of referenced records. */
export function notesOn(view: View, kind: Kind, row: number): string[] {
  const fields = new Map(fieldsOf(view.state.config, kind).map(field => [field.name, field]));
  return shownInFull(view, kind, row).flatMap(column => {
    const field = fields.get(column.name);
    if (column.name === 'props' || (field && isEdited(field) && !field.refs)) return [];
    const text = column.human(row);
    return text === '' ? [] : [`${column.name}: ${text}`];
  });
}

/** Sets the fields in which the edited text differs from the original; a removed field becomes empty. */
export function setEdited(writer: Writer, id: string, original: string, edited: string): boolean {
  const before = readText(original).texts;
  const { texts, lines } = readText(edited);
  const changed = [...new Set([...before.keys(), ...texts.keys()])]
    .filter(name => texts.get(name) !== before.get(name))
    .map(name => [name, texts.get(name) ?? ''] as const);
  if (changed.length === 0) return false;
  const lineOf = (name: string) => lines.get(name) ?? 1;
  try {
    const fields = changedFields(writer, id, changed);
    try {
      return writer.set(id, fields);
    } catch (error) {
      // An error names the field that another one contradicts.
      const named = changed.find(([name]) => error instanceof CrmError && mentions(error, name));
      throw problemOf(error, named ? lineOf(named[0]) : 1);
    }
  } catch (error) {
    if (error instanceof EditProblems) throw error;
    const wrong = changed.flatMap(one => {
      try {
        changedFields(writer, id, [one]);
        return [];
      } catch (each) {
        return problemOf(each, lineOf(one[0])).problems;
      }
    });
    throw wrong.length > 0 ? new EditProblems(wrong) : problemOf(error, 1);
  }
}

const mentions = ({ message }: CrmError, name: string): boolean =>
  new RegExp(`\\b${escapePattern(name.split('.').at(-1)!)}\\b`).test(message);

function problemOf(error: unknown, line: number): EditProblems {
  if (!(error instanceof CrmError)) throw error;
  const { message, hint } = error;
  return new EditProblems([{ line, message, ...(hint !== undefined && { hint }) }]);
}

/** Returns the edited texts by field name, as they would be typed for `set`; throws EditProblems for other YAML. */
function readText(text: string): { texts: Map<string, string>; lines: Map<string, number> } {
  const { document, problems, lineOf } = parseYaml('', text);
  if (problems.length > 0) throw new EditProblems(problems);
  const texts = new Map<string, string>();
  const lines = new Map<string, number>();
  const read = (map: unknown, path: readonly string[]) => {
    if (!isMap(map)) throw new EditProblems([{ line: lineOf(path), message: 'fields are NAME: VALUE' }]);
    for (const { key, value } of map.items) {
      const name = String(isScalar(key) ? key.value : key);
      const line = lineOf([...path, name]);
      if (groups.includes(name) && path.length === 0 && (isMap(value) || textOf(value) === '')) {
        if (isMap(value)) read(value, [name]);
        continue;
      }
      const its = isSeq(value) ? value.items.map(textOf) : textOf(value);
      if (its === undefined || (Array.isArray(its) && its.includes(undefined)))
        throw new EditProblems([{ line, message: `${name} is a text, or a list of them` }]);
      const field = [...path, name].join('.');
      texts.set(field, Array.isArray(its) ? its.join(',') : its);
      lines.set(field, line);
    }
  };
  read(document.contents, []);
  return { texts, lines };
}

/** Returns a scalar as it was typed: 007 stays 007. Undefined for anything else. */
function textOf(node: unknown): string | undefined {
  if (node === null) return '';
  if (!isScalar(node)) return undefined;
  if (node.value === null) return '';
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}
