/**
 * Checks the shape of changes that are read from a journal. A workspace may come from somebody else, and a hash says
 * only that a transaction is as it was written. So what is read from a journal is checked once, here, and everything
 * above may trust the types in changes.ts and records.ts.
 */
import { memoByKey } from '../domain/memo.ts';
import { noSettings } from '../domain/config.ts';
import { isDay } from '../domain/dates.ts';
import type { FieldTypeName } from './field.ts';
import { storedFieldsOf } from './fields.ts';
import { isFileId } from '../domain/file-ids.ts';
import type { Kind, Kinds } from '../domain/kinds.ts';

type Test = (value: unknown) => boolean;
type Unknown = { readonly [key: string]: unknown };

/** The highest number of an id: columns keep a reference to a record as its kind and such a number. */
const LAST_NUMBER = 2 ** 40 - 1;

const isText: Test = value => typeof value === 'string';
const isNumber: Test = value => typeof value === 'number';
const isMap = (value: unknown): value is Unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isListOf =
  (test: Test): Test =>
  value =>
    Array.isArray(value) && value.every(test);
const isMapOf =
  (tests: { readonly [key: string]: Test }): Test =>
  value =>
    isMap(value) && Object.entries(tests).every(([key, test]) => value[key] == null || test(value[key]));
const isIdOf = (kinds: Kinds, value: unknown, kind?: Kind): boolean => {
  const id = typeof value === 'string' ? kinds.parseId(value) : undefined;
  return id !== undefined && id.number <= LAST_NUMBER && (kind === undefined || id.kind === kind);
};

let lastInstant = '';

/** Changes that follow each other have the same instants, so the last one is not parsed again. */
const isInstant: Test = value => {
  if (value === lastInstant && lastInstant !== '') return true;
  if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) return false;
  lastInstant = value;
  return true;
};

const testsByType = (isId: Test): Readonly<Record<FieldTypeName, Test>> => ({
  text: isText,
  link: isText,
  number: isNumber,
  money: value => typeof value === 'string' && /^\d+(\.\d+)?$/.test(value),
  instant: isInstant,
  day: value => typeof value === 'string' && isDay(value),
  time: value => typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value),
  boolean: value => typeof value === 'boolean',
  word: isText,
  currency: value => typeof value === 'string' && /^[A-Z]{3}$/.test(value),
  choice: isText,
  choices: isListOf(isText),
  tags: isListOf(isText),
  user: isText,
  repeat: isText,
  ref: isId,
  refs: isListOf(isId),
  emails: isListOf(isText),
  phone: isText,
  phones: isListOf(isText),
  domains: isListOf(isText),
  handle: isText,
  files: isListOf(isText),
});

/** The tests of values that records have beside the fields of the registry. */
const also: { readonly [path: string]: Test } = {
  fields: isMap,
  props: isMap,
  held: isMapOf({ stage: isText }),
  goals: isListOf(isText),
  events: isNumber,
  cause: isText,
  adjustments: isListOf(isMapOf({ score: isText, by: isNumber, at: isInstant, expires: isNumber })),
};

/** Returns the tests of what a record of a kind may have, by path. */
const testsOf = memoByKey((kinds: Kinds, kind: Kind): ReadonlyMap<string, Test> => {
  const ofTypes = testsByType(value => isIdOf(kinds, value));
  const fields = storedFieldsOf(noSettings(kinds), kind).filter(field => !field.read && field.name !== 'id');
  return new Map([...Object.entries(also), ...fields.map(f => [f.path, ofTypes[f.type]] as const)]);
});

const cursorTests = new Map<string, Test>([
  ['seq', isNumber],
  ['at', isInstant],
  ['owner', isText],
]);
const fileTests = new Map<string, Test>([['text', isText]]);

/** A value of a field that people define may be of a type that the field once had. */
const isCustomValue: Test = value =>
  isText(value) || isNumber(value) || typeof value === 'boolean' || isListOf(isText)(value);

const said = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? 'nothing';

/** Says what is wrong with a value at a path; undefined if it is right. Every field may be empty. */
function wrongValue(tests: ReadonlyMap<string, Test>, path: string, value: unknown): string | undefined {
  if (value == null) return undefined;
  const test = tests.get(path) ?? (path.startsWith('fields.') ? isCustomValue : undefined);
  return test && !test(value) ? `${path} cannot be ${said(value)}` : undefined;
}

function wrongRecord(kinds: Kinds, record: unknown, kind: Kind): string | undefined {
  const fields = record as Unknown;
  const tests = testsOf(kinds, kind);
  for (const path in fields) {
    if (path === '__proto__') return unnamed;
    const wrong = wrongValue(tests, path, fields[path]);
    if (wrong !== undefined) return wrong;
  }
  return wrongGroup(fields.fields, isCustomValue) ?? wrongGroup(fields.props, () => true);
}

function wrongGroup(group: unknown, test: Test): string | undefined {
  if (!isMap(group)) return undefined;
  for (const name of Object.keys(group)) {
    if (name === '__proto__') return unnamed;
    if (group[name] != null && !test(group[name])) return `${name} cannot be ${said(group[name])}`;
  }
  return undefined;
}

const unnamed = '"__proto__" is not a name';

function wrongSet(kinds: Kinds, change: Unknown): string | undefined {
  const { kind, id, set } = change;
  if (!isMap(set)) return `set is ${said(set)}`;
  const tests = kind === 'file' ? fileTests : kind === 'cursor' ? cursorTests : testsOf(kinds, kind as Kind);
  for (const path of Object.keys(set)) {
    const values = set[path];
    if (path.split('.').includes('__proto__')) return unnamed;
    if (path === '' || path === 'id') return `${said(path)} of ${said(id)} cannot be set`;
    if (!Array.isArray(values) || values.length !== 2) return `${path} has no old and new value`;
    const wrong =
      wrongValue(tests, path, values[0]) ??
      wrongValue(tests, path, values[1]) ??
      (path === 'fields' ? wrongGroup(values[1], isCustomValue) : undefined);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

const isWhy = isMapOf({
  transition: isNumber,
  automation: isText,
  step: isText,
  enrolment: isText,
  line: isNumber,
  file: isText,
  into: isText,
});

/** Says why a value that a journal has in the place of a change is not a change; undefined if it is one. */
export function wrongChange(kinds: Kinds, value: unknown): string | undefined {
  if (!isMap(value)) return `${said(value)} is not a change`;
  const wrong = 'add' in value ? wrongAddition(kinds, value) : wrongOther(kinds, value);
  if (wrong !== undefined) return wrong;
  return value.why == null || isWhy(value.why) ? undefined : `why is ${said(value.why)}`;
}

function wrongAddition(kinds: Kinds, { add }: Unknown): string | undefined {
  if (!isMap(add) || !isIdOf(kinds, add.id)) return `adds ${said(add)}, which is not a record`;
  const wrong = wrongRecord(kinds, add, kinds.kindOf(add.id as string));
  return wrong && `adds ${String(add.id)}: ${wrong}`;
}

function wrongOther(kinds: Kinds, value: Unknown): string | undefined {
  const { kind, id } = value;
  if (kind === 'file' && !isFileId(id)) return `${said(id)} is not a file of a workspace`;
  const isRight =
    kind === 'file' ||
    (kind === 'cursor' ? isText(id) && id !== '__proto__' : kinds.has(kind) && isIdOf(kinds, id, kind));
  if (!isRight) return `changes ${said(id)}, which is not a ${isText(kind) ? String(kind) : 'record'}`;
  if ('set' in value) {
    const wrong = wrongSet(kinds, value);
    return wrong && `changes ${String(id)}: ${wrong}`;
  }
  if (!('rm' in value) || kind === 'file' || kind === 'cursor') return `${said(value)} is not a change`;
  if (!isMap(value.rm) || value.rm.id !== id) return `removes ${String(id)} as ${said(value.rm)}`;
  if (value.purge === true) return undefined;
  const wrong = wrongRecord(kinds, value.rm, kind as Kind);
  return wrong && `removes ${String(id)}: ${wrong}`;
}

const headTests: readonly (readonly [string, Test])[] = [
  ['seq', value => Number.isSafeInteger(value) && (value as number) > 0],
  ['hash', isText],
  ['prev', isText],
  ['at', isInstant],
  ['by', isText],
  ['via', isText],
  ['request', isText],
];

/** Says what is wrong with the commit line of a transaction; undefined if it is right. */
export function wrongHead(head: { readonly [key: string]: unknown }): string | undefined {
  for (const [key, test] of headTests) if (!test(head[key])) return `${key} cannot be ${said(head[key])}`;
  for (const key of ['undoes', 'purged'])
    if (head[key] != null && !Number.isSafeInteger(head[key])) return `${key} cannot be ${said(head[key])}`;
  return undefined;
}

/** Says what is wrong with the list of what a purge erases; undefined if it is right. */
export const isErasure = (value: { readonly [key: string]: unknown }): boolean =>
  Number.isSafeInteger(value.seq) && isText(value.now);
