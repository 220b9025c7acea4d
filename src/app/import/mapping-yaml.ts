/** A mapping as YAML that a person reads and changes, with notes as comments. */
import { Document, isMap, isScalar, isSeq } from 'yaml';
import type { Mapping, Target } from './mapping.ts';

/** Returns the content of a mapping file, without empty parts. */
export function mappingObject(mapping: Mapping): Record<string, unknown> {
  const {
    kind,
    key,
    dates,
    locale,
    delimiter,
    encoding,
    headerLine,
    pad,
    columns,
    compose,
    set,
    createMissing,
    ignore,
    optional,
  } = mapping;
  const filled = (object: object) => (Object.keys(object).length > 0 ? object : undefined);
  const all = {
    ...{ kind, key, dates, locale, delimiter, encoding },
    'header-line': headerLine,
    pad: pad || undefined,
    columns: filled(
      Object.fromEntries(Object.entries(columns).map(([column, target]) => [column, targetObject(target)])),
    ),
    compose: filled(compose),
    set: filled(set),
    'create-missing': filled(createMissing),
    ignore: filled(ignore),
    optional: optional || undefined,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function targetObject({ field, values }: Target): unknown {
  if (!values) return field;
  const short = Object.entries(values).map(([cell, fields]) => {
    const [[name, text] = [], ...more] = Object.entries(fields);
    return [cell, more.length === 0 && name === field ? text : fields];
  });
  return { ...(field !== undefined && { field }), values: Object.fromEntries(short) };
}

/** `notes` are by column; that of '' stands at the top. */
export function mappingYaml(mapping: Mapping, notes: ReadonlyMap<string, string>): string {
  const document = new Document(mappingObject(mapping));
  const top = notes.get('');
  if (top !== undefined) document.commentBefore = ` ${top}`;
  const list = document.get('create-missing');
  if (isSeq(list)) list.flow = true;
  const columns = document.get('columns');
  if (isMap(columns))
    for (const { key, value } of columns.items) {
      const note = isScalar(key) ? notes.get(String(key.value)) : undefined;
      if (isMap(value)) {
        const values = value.get('values');
        if (isMap(values)) for (const each of values.items) if (isMap(each.value)) each.value.flow = true;
        if (note !== undefined) value.commentBefore = ` ${note}`;
      } else if (isScalar(value) && note !== undefined) value.comment = ` ${note}`;
    }
  const ignored = document.get('ignore');
  if (isSeq(ignored))
    for (const item of ignored.items) {
      const note = isScalar(item) ? notes.get(String(item.value)) : undefined;
      if (isScalar(item) && note !== undefined) item.comment = ` ${note}`;
    }
  return document.toString({ lineWidth: 0 });
}
