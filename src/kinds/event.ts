import { isEmpty, isObject, type Json } from '../domain/records.ts';
import type { KindDefinition } from './define.ts';
import { field } from './field.ts';
import { machineColumn } from './machine-events.ts';
import { byExternalId, created, externalId, id, updated } from './shared.ts';

/** `form=quote page=/chairs` */
const propsText = (props: Json | undefined): string | undefined =>
  isObject(props)
    ? Object.entries(props)
        .filter(([, value]) => !isEmpty(value))
        .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
        .join(' ')
    : undefined;

export const event: KindDefinition = {
  name: 'event',
  letter: 'E',
  plural: 'events',
  summary: 'what was observed outside: forms, page visits, opened mails',
  isMadeByPeople: true,
  fields: [
    id,
    field('name', 'word', { required: true }),
    field('contact', 'ref', { refs: ['contact'], belongs: true, required: true, asks: 'which contact' }),
    field('at', 'instant', { required: true, happened: true, help: 'when it was (default: now)' }),
    externalId,
    created,
    updated,
  ],
  keys: [byExternalId],
  about: ['contact'],
  hasProps: true,
  columns: [machineColumn],
  complete(fields, before, writing) {
    if (!before) fields.at ??= writing.at;
  },
  named: 'name',
  inJson: ['id', 'name', 'contact', 'at', 'props', 'externalId', 'createdAt', 'updatedAt'],
  inLists: ['id', 'name', 'contact', 'at', 'props'],
  moments: [{ at: 'at', what: ({ name }) => String(name), text: ({ props }) => propsText(props) }],
  examples: {
    add: [
      'event add form.submitted --contact jane@example.com --prop form=quote',
      'event add showroom.visited --contact C3 --at yesterday',
    ],
    set: ['event set E12 contact=jane@example.com', 'event set E12 E13 name=showroom.visited'],
  },
};
