/** The records that lint makes up to try texts with: everything filled in, or only what no record lacks. */
import { describe, expect, it } from 'vitest';
import { subjectKinds } from '../../../src/domain/automation.ts';
import { makeTexts } from '../../../src/engine/texts/liquid.ts';
import { bareSample, fullSample, sampleProps } from '../../../src/engine/texts/sample-data.ts';
import { knownVariables } from '../../../src/engine/texts/text-data.ts';
import { Desk } from '../desk.ts';
import { NOW, SETTINGS } from '../swept.ts';

type Data = Record<string, Record<string, unknown>>;

const CUSTOM = `fields:
  deal:
    product: { type: text }
    website: { type: link }
    size: { type: number }
    budget: { type: money }
    renewal: { type: date }
    trial: { type: boolean }
    level: { type: choice, options: [low, high] }
    regions: { type: choices, options: [north, south] }
  contact:
    rank: { type: choice, options: [junior, senior] }
`;
const settings = (currency = 'EUR', users = SETTINGS) =>
  users.replace('currency: EUR', `currency: ${currency}`).replace(/fields:\n( .*\n)+(?=scores)/, CUSTOM);
const configOf = (text: string) => {
  const desk = Desk.make({ 'crm.yaml': text });
  desk.ok('task add Make');
  return desk.state.config;
};
const config = configOf(settings());
const rendering = { texts: makeTexts('UTC'), now: Date.parse(NOW) };
/** Made in each test: what is made when the file is loaded, no mutant changes. */
const fullOne = () => fullSample(config, rendering, '3') as Data;
const bare = (...kinds: (typeof subjectKinds)[number][]) =>
  bareSample(config, rendering, new Set(kinds)) as Data;

describe('a full sample', () => {
  it('has a value in every field that lint knows, of each kind', () => {
    const full = fullOne();
    const knows = knownVariables(config);
    for (const kind of subjectKinds)
      for (const [name, value] of Object.entries(full[kind]!)) {
        expect(knows([kind, name]), `${kind}.${name}`).toBe(true);
        expect(value, `${kind}.${name}`).not.toBeNull();
      }
    for (const user of [full.owner!, full.user!]) expect(Object.values(user)).not.toContain(null);
  });

  it('has what a record of crm has: ids of their kinds, stored forms, one of the options', () => {
    const full = fullOne();
    expect(full.deal).toMatchObject({
      id: 'D1',
      title: 'Example',
      currency: 'EUR',
      pipeline: 'a-sales',
      owner: 'ana',
      account: 'A1',
      contacts: ['C1'],
      status: 'open',
      tags: ['example'],
      expectedClose: '2026-01-15',
      createdAt: '2026-01-15T09:30:00.000Z',
      product: 'Example',
      website: 'https://example.com/',
      size: 3,
      renewal: '2026-01-15',
      trial: true,
      level: 'low',
      regions: ['north'],
    });
    expect(full.deal!.fields).toMatchObject({
      product: 'Example',
      size: 3,
      level: 'low',
      regions: ['north'],
    });
    expect([`${full.deal!.value}`, `${full.deal!.budget}`]).toEqual(['1200.00', '1200.00']);
    expect(full.contact).toMatchObject({
      id: 'C1',
      name: 'Example',
      email: 'jane@example.com',
      phone: '+31 20 123 4567',
      account: 'A1',
      rank: 'junior',
      fields: { rank: 'junior' },
    });
    expect(full.account).toMatchObject({ id: 'A1', name: 'Example', domains: ['Example', 'example.org'] });
    expect(full.account!.fields).toEqual({});
    expect(full.task).toMatchObject({
      ...{ id: 'T1', title: 'Example', type: 'call', assignee: 'ana', due: '2026-01-15', dueTime: '09:30' },
      ...{ repeat: 'weekly', status: 'open' },
    });
    expect(full.task).not.toHaveProperty('fields');
  });

  it('has the present, a user with a signature of the workspace, and an event', () => {
    const full = fullOne();
    expect(full.now).toBe(NOW);
    expect(full.owner).toMatchObject({ id: 'ana', name: 'Ana Ruiz', email: 'ana@example.com' });
    expect(String(full.owner!.signature)).toBe('Ana, Acme');
    expect(full.user).toBe(full.owner);
    expect(full.event).toMatchObject({ name: 'form.submitted', at: NOW, contact: 'C1' });
  });

  it.each(sampleProps)('has any property of the event: %s', prop => {
    const { event } = fullSample(config, rendering, prop) as Data;
    const text = '{{ event.props.anything }}{% if event.props.other == blank %} none{% endif %}';
    expect(rendering.texts.render(text, { all: { event } }, rendering.now)).toBe(prop);
    const props = event!.props as Record<string, string>;
    expect('anything' in props && Object.hasOwn(props, 'anything')).toBe(true);
    expect(Object.getOwnPropertyDescriptor(props, 'x')).toMatchObject({ value: prop, enumerable: true });
  });

  it('tries a number, a day and words for properties', () => {
    expect(sampleProps).toEqual(['3', '2026-01-15', 'Example']);
  });

  it.each([
    ['JPY', '1200'],
    ['EUR', '1200.00'],
    ['KWD', '1200.000'],
  ])('has money of %s with its digits: %s', (currency, value) => {
    const { deal } = fullSample(configOf(settings(currency)), rendering, '3') as Data;
    expect([deal!.currency, `${deal!.value}`]).toEqual([currency, value]);
  });

  it('has a user and a signature, also where the workspace has none', () => {
    const { deal, owner } = fullSample({ ...config, users: {} }, rendering, '3') as Data;
    expect(deal!.owner).toBe('ana');
    expect(String(owner!.signature)).toBe('Example');
  });
});

describe('a bare sample', () => {
  it('has what every record has, and null for the rest', () => {
    const { deal, contact, account, task } = bare(...subjectKinds);
    const filled = (record: object) =>
      Object.entries(record)
        .flatMap(([name, value]) =>
          value === null || name === 'fields' || String(value) === '' ? [] : [name],
        )
        .sort();
    expect(filled(deal!)).toEqual([
      'createdAt',
      'currency',
      'id',
      'pipeline',
      'stage',
      'stageSince',
      'status',
      'title',
      'updatedAt',
      'value',
    ]);
    expect(filled(contact!)).toEqual(['createdAt', 'email', 'emails', 'id', 'name', 'updatedAt']);
    expect(filled(account!)).toEqual(['createdAt', 'id', 'name', 'updatedAt']);
    expect(filled(task!)).toEqual(['createdAt', 'id', 'status', 'title', 'type', 'updatedAt']);
    expect([deal!.id, contact!.id, account!.id, task!.id]).toEqual(['D1', 'C1', 'A1', 'T1']);
    expect(deal).toMatchObject({ owner: null, size: null, fields: { size: null, product: null } });
  });

  it('has no record of a kind that is left out', () => {
    expect(Object.keys(bare('deal', 'contact')).sort()).toEqual([
      'contact',
      'deal',
      'event',
      'now',
      'owner',
      'user',
    ]);
  });

  it('has a user with no more than a name, and an event without properties', () => {
    expect(bare('deal').owner).toEqual({ id: 'ana', name: 'Ana Ruiz', email: null, signature: null });
    expect(bare('deal').event).toEqual({ name: 'form.submitted', at: NOW, contact: 'C1', props: {} });
  });
});
