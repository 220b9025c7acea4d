/** Fields of what a record points to, named with a dot: `account.name`, `contact.email`, `owner.name`. */
import type { Config, User } from '../../domain/config.ts';
import { usage } from '../../domain/errors.ts';
import type { Kind } from '../../domain/kinds.ts';
import { suggestion } from '../../domain/nearest.ts';
import { isEmpty, type Json } from '../../domain/records.ts';
import type { Field } from '../../kinds/field.ts';
import { findField, readField } from '../../kinds/fields.ts';
import type { View } from '../core/view.ts';

/** A field as it is shown, as much of it as counts here. */
interface Shown {
  readonly name: string;
  readonly align?: 'left' | 'right';
  readonly whole?: boolean;
  json(row: number): Json;
  text(row: number): string;
  human(row: number): string;
}

type ShowField = (view: View, kind: Kind, name: string) => Shown;

/** Returns the field that a dotted name means; undefined where the part before the dot points to nothing. USAGE for an unknown part after it. */
export function throughField(view: View, kind: Kind, name: string, showField: ShowField): Shown | undefined {
  const dot = name.indexOf('.');
  const field = dot < 0 ? undefined : findField(view.state.config, kind, name.slice(0, dot));
  if (!field) return undefined;
  const rest = name.slice(dot + 1);
  if (field.refs) return ofRecords(view, kind, { field, name, rest }, showField);
  return field.type === 'user' || field.name === 'by' ? ofUser(view, kind, { field, name, rest }) : undefined;
}

interface Through {
  readonly field: Field;
  /** As it was typed. */
  readonly name: string;
  /** What comes after the dot. */
  readonly rest: string;
}

function ofRecords(view: View, kind: Kind, { field, name, rest }: Through, showField: ShowField): Shown {
  const table = view.state.table(kind);
  const known = new Map<Kind, Shown>();
  const failures: unknown[] = [];
  for (const target of field.refs ?? [])
    try {
      known.set(target, showField(view, target, rest));
    } catch (error) {
      failures.push(error);
    }
  const [first] = known.values();
  if (!first) throw failures[0];
  const each = <T>(row: number, read: (shown: Shown, row: number) => T): T[] => {
    const ids = view.references(readField(field, table.record(row)));
    return (Array.isArray(ids) ? ids : isEmpty(ids) ? [] : [ids]).flatMap(id => {
      const { kind: of, number } = view.kinds.parseId(String(id))!;
      const shown = known.get(of);
      const target = view.state.table(of).row(number);
      return shown && target >= 0 ? [read(shown, target)] : [];
    });
  };
  const isList = field.type === 'refs';
  const joined = (parts: readonly string[]) => parts.filter(part => part !== '').join(isList ? ', ' : '');
  return {
    name,
    ...(first.align && { align: first.align }),
    ...(first.whole && { whole: first.whole }),
    json: row => {
      const values = each(row, (shown, target) => shown.json(target));
      return isList ? values : (values[0] ?? null);
    },
    text: row => joined(each(row, (shown, target) => shown.text(target))),
    human: row => joined(each(row, (shown, target) => shown.human(target))),
  };
}

/** What there is to read of a user. */
const userFields: { readonly [name: string]: (id: string, user: User) => string | undefined } = {
  id: id => id,
  name: (_, user) => user.name,
  email: (_, user) => user.email,
  role: (_, user) => user.role,
};

function ofUser(view: View, kind: Kind, { field, name, rest }: Through): Shown {
  const read = Object.hasOwn(userFields, rest) ? userFields[rest] : undefined;
  if (!read)
    throw usage(
      `unknown field ${JSON.stringify(rest)} of users`,
      suggestion(rest, Object.keys(userFields), 'fields'),
    );
  const table = view.state.table(kind);
  const json = (row: number): Json => {
    const id = readField(field, table.record(row));
    const user = typeof id === 'string' ? userNamed(view.state.config, id) : undefined;
    return user ? (read(String(id), user) ?? null) : null;
  };
  const text = (row: number) => String(json(row) ?? '');
  return { name, json, text, human: text };
}

const userNamed = ({ users }: Config, id: string): User | undefined =>
  Object.hasOwn(users, id) ? users[id] : undefined;
