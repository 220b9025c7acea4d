/**
 * Makes up records with which the texts of rules and templates are tried before a sweep renders them: one of each
 * kind with every field filled in, and one with only its required fields.
 */
import { type SubjectKind, subjectKinds } from '../../domain/automation.ts';
import type { Config, User } from '../../domain/config.ts';
import { formatInstant } from '../../domain/dates.ts';
import { decimals } from '../../domain/money.ts';
import { definitionOf, type KindDefinition } from '../../kinds/define.ts';
import type { Json, Rec } from '../../domain/records.ts';
import { type Field, type FieldTypeName, mayImport } from '../../kinds/field.ts';
import { storedFieldsOf } from '../../kinds/fields.ts';
import { recordData, type Rendering, userData } from './text-data.ts';
import type { TextData } from './texts.ts';

/** Values to try for properties of events, whose types are unknown: a number, a day, words. */
export const sampleProps: readonly string[] = ['3', '2026-01-15', 'Example'];

const examples: { readonly [type in FieldTypeName]?: Json } = {
  link: 'https://example.com/',
  number: 3,
  instant: '2026-01-15T09:30:00.000Z',
  day: '2026-01-15',
  time: '09:30',
  boolean: true,
  tags: ['example'],
  repeat: 'weekly',
  emails: ['other@example.com'],
  phone: '+31 20 123 4567',
  phones: ['+31 20 123 4568'],
  domains: ['example.org'],
  files: ['files/example.pdf'],
};

/** Returns data in which every field of every record has a value; each property of the event has the value `prop`. */
export function fullSample(config: Config, rendering: Rendering, prop: string): TextData {
  const record = (kind: SubjectKind): Rec => {
    const { letter } = definitionOf(config.kinds, kind);
    const found: { id: string; [path: string]: Json } = { id: `${letter}1` };
    const own: { [name: string]: Json } = {};
    for (const field of storedFieldsOf(config, kind)) {
      if (field.name === 'id' || field.read) continue;
      if (field.custom) own[field.path.slice('fields.'.length)] = exampleOf(field, config);
      else found[field.path] = exampleOf(field, config);
    }
    return { ...found, ...(Object.keys(own).length > 0 && { fields: own }) };
  };
  return dataOf(config, record, userOf(config, true), rendering, new Proxy({}, propsOf(prop)));
}

/**
 * Returns data in which records have only their required fields. Kinds that `kinds` leaves out have no record, as
 * a deal may have no account.
 */
export function bareSample(config: Config, rendering: Rendering, kinds: ReadonlySet<SubjectKind>): TextData {
  const record = (kind: SubjectKind): Rec | undefined => {
    if (!kinds.has(kind)) return undefined;
    const definition = definitionOf(config.kinds, kind);
    const { letter, fields, isExtensible } = definition;
    const required = fields.filter(field => isAlwaysThere(field, definition));
    return {
      ...Object.fromEntries(required.map(field => [field.path, exampleOf(field, config)])),
      ...(isExtensible && { fields: {} }),
      id: `${letter}1`,
    };
  };
  return dataOf(config, record, userOf(config, false), rendering, {});
}

/** Whether a record always has a field: required ones, those that crm sets, and the address of a mail's contact. */
function isAlwaysThere({ name, required }: Field, { knownBy, inPipelines }: KindDefinition): boolean {
  if (required || name === 'createdAt' || name === 'updatedAt') return true;
  return inPipelines ? setByPipelines.includes(name) : name === 'email' && name === knownBy;
}

const setByPipelines = ['value', 'currency', 'pipeline', 'stage', 'status', 'stageSince'];

function exampleOf(field: Field, config: Config): Json {
  const { type, refs } = field;
  const option = mayImport(field) || field.options ? field.options?.(config)[0] : undefined;
  const known = examples[type];
  if (known !== undefined) return known;
  if (type === 'money') {
    const digits = decimals(config.currency);
    return digits === 0 ? '1200' : `1200.${'0'.repeat(digits)}`;
  }
  if (type === 'currency') return config.currency;
  if (type === 'user') return Object.keys(config.users)[0] ?? 'ana';
  if (type === 'choices') return [option ?? 'example'];
  if (type === 'ref' || type === 'refs') {
    const id = `${definitionOf(config.kinds, refs![0]!).letter}1`;
    return type === 'ref' ? id : [id];
  }
  if (field.name === 'email') return 'jane@example.com';
  return option ?? 'Example';
}

/** Makes a user with every field, whose signature is one of the workspace's; or one with only a name. */
function userOf({ users }: Config, isFull: boolean): User {
  const signature = Object.values(users).find(each => each.signature)?.signature ?? 'Example';
  return {
    id: 'ana',
    name: 'Ana Ruiz',
    role: 'normal',
    active: true,
    ...(isFull && { email: 'ana@example.com', signature }),
  };
}

function dataOf(
  config: Config,
  record: (kind: SubjectKind) => Rec | undefined,
  user: User,
  rendering: Rendering,
  props: object,
): TextData {
  const data: Record<string, unknown> = { now: formatInstant(rendering.now) };
  for (const kind of subjectKinds) {
    const found = record(kind);
    if (found) data[kind] = recordData(config, kind, found);
  }
  const owner = userData({ ...config, users: { [user.id]: user } }, user.id, rendering);
  const event = { name: 'form.submitted', at: formatInstant(rendering.now), contact: 'C1', props };
  return { ...data, owner, user: owner, event };
}

/** Makes an object in which every property exists. */
const propsOf = (value: string): ProxyHandler<object> => ({
  get: () => value,
  has: () => true,
  getOwnPropertyDescriptor: () => ({ value, enumerable: true, configurable: true }),
});
