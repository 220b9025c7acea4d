/** The kinds of record. A new kind is one file and one line here. */
import type { Kind } from '../domain/kinds.ts';
import { account } from './account.ts';
import { activity } from './activity.ts';
import { contact } from './contact.ts';
import { deal } from './deal.ts';
import type { KindDefinition } from './define.ts';
import { enrolment } from './enrolment.ts';
import { event } from './event.ts';
import { invoice } from './invoice.ts';
import { message } from './message.ts';
import { task } from './task.ts';

export const definitions: readonly KindDefinition[] = [
  deal,
  contact,
  account,
  task,
  activity,
  event,
  invoice,
  message,
  enrolment,
];

const byName = new Map(definitions.map(definition => [definition.name, definition]));

export const definitionOf = (kind: Kind): KindDefinition => byName.get(kind)!;

/** Returns the names of kinds in an order in which each comes after those that its records point to. */
export function byReference(kinds: readonly KindDefinition[]): Kind[] {
  const sorted = new Set<Kind>();
  const visit = ({ name, fields }: KindDefinition, on: readonly Kind[]): void => {
    if (sorted.has(name) || on.includes(name)) return;
    const pointedTo = new Set(fields.flatMap(field => field.refs ?? []));
    for (const each of kinds) if (pointedTo.has(each.name)) visit(each, [...on, name]);
    sorted.add(name);
  };
  for (const each of kinds) visit(each, []);
  return [...sorted];
}
