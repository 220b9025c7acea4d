/** A small workspace for the kinds alone: settings, and what a kind may ask when it completes a record. */
import type { Config, Pipeline, User } from '../../src/domain/config.ts';
import { noSettings } from '../../src/domain/config.ts';
import { failed } from '../../src/domain/errors.ts';
import type { Rec } from '../../src/domain/records.ts';
import { definitionOf } from '../../src/kinds/define.ts';
import { fieldsOf, findField } from '../../src/kinds/fields.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import type { Fields, Writing } from '../../src/kinds/writing.ts';

const user = (id: string, name: string): User => ({ id, name, role: 'normal', active: id !== 'old' });

const pipeline: Omit<Pipeline, 'id' | 'name'> = {
  currency: 'EUR',
  assign: { by: 'none', among: [] },
  card: [],
  entry: 'new',
  requires: [],
  stages: [
    { id: 'new', name: 'New' },
    { id: 'offer', name: 'Offer sent', requires: ['owner', 'size'] },
    { id: 'shared', name: 'Shared' },
  ],
  transitions: [],
};

export const config: Config = {
  ...noSettings(recordKinds),
  users: {
    ana: { ...user('ana', 'Ana Ruiz'), email: 'ana@example.com' },
    ben: user('ben', 'Ben Bos'),
    old: user('old', 'Old Hand'),
    ben2: user('ben2', 'Ben Bos'),
  },
  taskTypes: { call: { id: 'call', contact: true }, todo: { id: 'todo', contact: false } },
  fields: {
    deal: [
      { name: 'size', type: 'number' },
      { name: 'budget', type: 'money' },
      { name: 'colour', type: 'choice', options: ['Red', 'red', 'blue'] },
    ],
    contact: [{ name: 'linkedin', type: 'handle', label: 'LinkedIn' }],
  },
  pipelines: [
    { ...pipeline, id: 'sales', name: 'Sales', lostReasons: ['price', 'timing'], requiresReason: true },
    {
      ...pipeline,
      id: 'service',
      name: 'Service desk',
      currency: 'USD',
      entry: 'intake',
      access: ['ana'],
      stages: [
        { id: 'intake', name: 'Intake' },
        { id: 'fix', name: 'Shared' },
      ],
    },
    { ...pipeline, id: 'strict', name: 'Strict', requires: ['contact', 'account'], currency: 'JPY' },
  ],
  automations: [{ id: 'follow-up' } as Config['automations'][number]],
  broken: [{ id: 'half', problems: [] }],
};

export const AT = '2026-09-14T08:00:00.000Z';

interface Options {
  readonly records?: readonly Rec[];
  readonly user?: string;
  readonly config?: Config;
  readonly assigned?: string;
  readonly hidden?: readonly string[];
}

/** What a kind may ask: of these records, for this user. */
export function writing(options: Options = {}): Writing {
  const { records = [], user = 'ana', config: settings = config, assigned, hidden = [] } = options;
  return {
    config: settings,
    visible: settings,
    user,
    at: AT,
    today: '2026-09-14',
    fields: kind => fieldsOf(settings, kind),
    field: (kind, name) => findField(settings, kind, name),
    get: id => records.find(record => record.id === id),
    actorSees: id => !hidden.includes(id),
    pipeline: name => settings.pipelines.find(({ id }) => name === undefined || id === name)!,
    stage: (pipeline, name) => {
      const stage = pipeline.stages.find(({ id }) => id === name);
      if (!stage) throw failed(`${pipeline.id} has no stage ${name}`);
      return stage;
    },
    mayAccess: ({ access }, user) => access === undefined || access.includes(user),
    requireActive: user => {
      if (!settings.users[user]?.active) throw failed(`${user} is not active`);
    },
    assign: () => assigned,
  };
}

/** The fields of a record once its kind has completed them: what is set on `before`, or of a new record. */
export function completed(kind: string, fields: Fields, before?: Rec, options?: Options): Fields {
  const complete = { ...fields };
  definitionOf(recordKinds, kind).complete?.(complete, before, writing(options));
  return complete;
}
