/** What a deal needs to be complete: its stage, its amounts, how it was closed, and whose it is. */
import { describe, expect, test } from 'vitest';
import type { Rec } from '../../src/domain/records.ts';
import { deal, defaultOwner } from '../../src/kinds/deal.ts';
import { AT, completed, config, writing } from './writing.ts';

const error = (kind: string, message: string, hint?: string) =>
  expect.objectContaining({ kind, message, hint });
const usage = (message: string, hint?: string) => error('USAGE', message, hint);

const open: Rec = {
  id: 'D1',
  title: 'Chairs',
  value: '10.50',
  currency: 'EUR',
  pipeline: 'sales',
  stage: 'new',
  status: 'open',
  owner: 'ana',
};
const won: Rec = { ...open, status: 'won', closedAt: '2026-01-01', closedStage: 'new' };
const lost: Rec = { ...won, status: 'lost', lostReason: 'price' };

describe('a new deal', () => {
  test('begins in the entry of the first pipeline, worth nothing, and belongs to the user who adds it', () => {
    expect(completed('deal', { title: 'Chairs' })).toEqual({
      title: 'Chairs',
      pipeline: 'sales',
      stage: 'new',
      currency: 'EUR',
      value: '0.00',
      status: 'open',
      owner: 'ana',
    });
  });

  test('has the currency and the entry of its pipeline, unless it says others', () => {
    expect(completed('deal', { pipeline: 'service' })).toMatchObject({ stage: 'intake', currency: 'USD' });
    const fields = {
      pipeline: 'service',
      stage: 'fix',
      currency: 'JPY',
      value: '12',
      owner: 'ana',
      status: 'won',
    };
    expect(completed('deal', fields)).toMatchObject({ ...fields, closedAt: AT, closedStage: 'fix' });
    expect(() => completed('deal', { stage: 'intake' })).toThrow('sales has no stage intake');
  });

  test('was closed where and when an import says, and stands there', () => {
    const closing = { status: 'won', closedAt: '2025-01-01', closedStage: 'shared' };
    expect(completed('deal', closing)).toMatchObject({ ...closing, stage: 'shared' });
    expect(completed('deal', { ...closing, stage: 'new' })).toMatchObject({ ...closing, stage: 'new' });
    expect(() => completed('deal', { ...closing, closedStage: 'intake' })).toThrow('no stage intake');
  });

  test('takes the account of its primary contact, if the user may see it and names no other', () => {
    const records = [{ id: 'C1', account: 'A1' }, { id: 'C2', account: 'A2' }, { id: 'C3' }];
    const accountOf = (fields: object, hidden: string[] = []) =>
      completed('deal', { ...fields }, undefined, { records, hidden }).account;
    expect(accountOf({ contacts: ['C1', 'C2'] })).toBe('A1');
    expect(accountOf({ contacts: ['C1'], account: 'A9' })).toBe('A9');
    expect(accountOf({ contacts: ['C1'] }, ['A1'])).toBeUndefined();
    expect(accountOf({ contacts: ['C3'] })).toBeUndefined();
    expect(accountOf({ contacts: ['C9'] })).toBeUndefined();
    expect(accountOf({ contacts: [] })).toBeUndefined();
    expect(accountOf({})).toBeUndefined();
    expect('account' in completed('deal', { contacts: ['C1'] }, open, { records })).toBe(false);
  });

  test('is assigned by the pipeline, otherwise to the user who adds it, if they are one and have access', () => {
    const [sales, service] = config.pipelines;
    const ownerFor = (pipeline: typeof sales, user: string, assigned?: string) =>
      defaultOwner(pipeline!, writing({ user, ...(assigned && { assigned }) }));
    expect(ownerFor(sales, 'ben')).toBe('ben');
    expect(ownerFor(service, 'ben')).toBeNull();
    expect(ownerFor(service, 'ana')).toBe('ana');
    expect(ownerFor(sales, 'guest')).toBeNull();
    expect(ownerFor(sales, 'ana', 'ben')).toBe('ben');
    expect(completed('deal', { owner: null }).owner).toBeNull();
    expect(completed('deal', {}, undefined, { user: 'guest' }).owner).toBeNull();
  });
});

describe('the stage of a deal', () => {
  test('stays, even if the pipeline has it no more, and is the entry of a pipeline to which it is moved', () => {
    expect(completed('deal', { title: 'x' }, { ...open, stage: 'gone' })).not.toHaveProperty('stage');
    expect(completed('deal', { stage: 'gone' }, { ...open, stage: 'gone' })).toMatchObject({ stage: 'gone' });
    expect(completed('deal', { pipeline: 'service' }, open)).toMatchObject({
      stage: 'intake',
      currency: 'EUR',
    });
    expect(() => completed('deal', { pipeline: 'service', stage: 'shared' }, open)).toThrow(
      'no stage shared',
    );
    expect(() => completed('deal', { stage: 'gone' }, open)).toThrow('sales has no stage gone');
  });

  test('requires its fields of a deal that enters it, and while it is there', () => {
    const needs = (name: string, hint: string) =>
      usage(`a deal in offer needs ${name === 'owner' ? 'an' : 'a'} ${name}`, hint);
    const sized = { ...open, fields: { size: 3 } };
    expect(completed('deal', { stage: 'offer' }, sized)).toMatchObject({ stage: 'offer' });
    expect(completed('deal', { stage: 'offer', 'fields.size': 0 }, open)).toMatchObject({ stage: 'offer' });
    expect(() => completed('deal', { stage: 'offer' }, open)).toThrow(
      needs('size', 'crm deal set D1 size=...'),
    );
    expect(() => completed('deal', { stage: 'offer', owner: null }, sized)).toThrow(
      needs('owner', 'crm deal set D1 owner=...'),
    );
    expect(() => completed('deal', { stage: 'offer' })).toThrow(needs('size', '--field size=...'));
    const there = { ...open, stage: 'offer' };
    expect(() => completed('deal', { title: 'x' }, there)).not.toThrow();
    expect(() => completed('deal', { title: 'x', 'fields.size': null }, there)).toThrow(
      needs('size', 'crm deal set D1 size=...'),
    );
    expect(() =>
      completed('deal', { pipeline: 'strict', stage: 'offer', contacts: ['C1'], account: 'A1' }, there),
    ).toThrow(needs('size', 'crm deal set D1 size=...'));
  });

  test.each([
    ['contact', { account: 'A1' }],
    ['contact', { account: 'A1', contacts: [] }],
    ['account', { contacts: ['C1'] }],
  ])('is of a pipeline that may require a %s', (what, fields) => {
    expect(() => completed('deal', { pipeline: 'strict', ...fields })).toThrow(
      usage(`a deal in strict needs a ${what}`, `--${what}`),
    );
    expect(() => completed('deal', { pipeline: 'strict', account: 'A1', contacts: ['C1'] })).not.toThrow();
  });
});

describe('the amounts of a deal', () => {
  test('are exact in its currency, and go along when it changes', () => {
    expect(completed('deal', { value: '7' }, open).value).toBe('7.00');
    expect(completed('deal', { currency: 'USD' }, open)).toMatchObject({ currency: 'USD', value: '10.50' });
    const budgeted = { ...open, value: '10.00', fields: { budget: '7.00' } };
    expect(completed('deal', { currency: 'JPY' }, budgeted)).toMatchObject({
      value: '10',
      'fields.budget': '7',
    });
    expect(completed('deal', { currency: 'JPY', 'fields.budget': '8.00' }, budgeted)['fields.budget']).toBe(
      '8',
    );
    expect(
      completed('deal', { currency: 'JPY', 'fields.budget': null }, budgeted)['fields.budget'],
    ).toBeNull();
    expect('fields.budget' in completed('deal', { currency: 'EUR' }, budgeted)).toBe(false);
    expect('fields.budget' in completed('deal', { title: 'x' }, budgeted)).toBe(false);
  });

  test('name the field that the new currency has no decimals for', () => {
    expect(() => completed('deal', { currency: 'JPY' }, open)).toThrow(
      expect.objectContaining({
        kind: 'USAGE',
        message: expect.stringMatching(/^value: 10\.50 EUR cannot be JPY: /),
        hint: 'set value with it: value=...',
      }),
    );
  });

  test.each([
    [-1, false],
    [0, true],
    [100, true],
    [101, false],
    [null, true],
    ['x', true],
  ])('are likely by a percentage, such as %s: %s', (probability, isOne) => {
    const act = () => completed('deal', { probability }, open);
    if (isOne) expect(act().probability).toBe(probability);
    else
      expect(act).toThrow(
        usage(
          `probability: ${probability} is not a percentage`,
          'accepted: 0 to 100, or nothing for its stage',
        ),
      );
  });
});

describe('a deal that is closed', () => {
  test('was closed now, in its stage', () => {
    expect(completed('deal', { status: 'won' }, open)).toMatchObject({ closedAt: AT, closedStage: 'new' });
    expect(completed('deal', { status: 'won', closedAt: '2026-02-02' }, open).closedAt).toBe('2026-02-02');
    expect(completed('deal', { status: 'lost', lostReason: 'price' })).toMatchObject({
      closedAt: AT,
      closedStage: 'new',
    });
  });

  test('keeps when and where, if the other outcome is the right one; a won deal has no reason', () => {
    expect(completed('deal', { status: 'won' }, lost)).toMatchObject({
      closedAt: '2026-01-01',
      closedStage: 'new',
      lostReason: null,
    });
    expect(completed('deal', { status: 'lost', lostReason: 'price' }, won)).toMatchObject({
      closedAt: '2026-01-01',
      closedStage: 'new',
    });
    expect(completed('deal', { title: 'x' }, won)).not.toHaveProperty('lostReason');
    expect(completed('deal', { title: 'x' }, won)).not.toHaveProperty('closedAt');
  });

  test('is open again without any of it', () => {
    const none = { closedAt: null, closedStage: null, lostReason: null };
    expect(completed('deal', { status: 'open' }, lost)).toMatchObject(none);
    expect(completed('deal', { status: 'open' }, open)).not.toHaveProperty('closedAt');
    expect(completed('deal', { status: 'open' })).not.toHaveProperty('closedAt');
  });

  test.each([
    ['an open deal has no closing date', 'status=won or status=lost', { closedAt: AT }, open],
    ['an open deal has no closedStage', 'status=won or status=lost', { closedStage: 'new' }, open],
    ['a won deal has a closing date', 'crm deal reopen', { closedAt: null }, won],
    ['a lost deal has a closing date', 'crm deal reopen', { closedAt: '' }, lost],
    ['only a lost deal has a lostReason', 'status=lost, or crm deal lose', { lostReason: 'price' }, won],
    ['only a lost deal has a lostReason', 'status=lost, or crm deal lose', { lostReason: 'price' }, open],
  ])('is not what contradicts it: %s', (message, hint, fields, before) => {
    expect(() => completed('deal', fields, before)).toThrow(usage(message, hint));
  });

  test('keeps a date that an import gives it', () => {
    expect(completed('deal', { closedAt: '2026-02-02' }, won).closedAt).toBe('2026-02-02');
    expect(completed('deal', { closedStage: 'shared' }, won).closedStage).toBe('shared');
    expect(completed('deal', { closedStage: 'gone' }, { ...won, closedStage: 'gone' }).closedStage).toBe(
      'gone',
    );
    expect(() => completed('deal', { closedStage: 'gone' }, won)).toThrow('sales has no stage gone');
  });
});

describe('the reason of a lost deal', () => {
  const reasonOf = (fields: object, before?: Rec) => completed('deal', { ...fields }, before).lostReason;

  test('is one of those of its pipeline, as the settings write it', () => {
    expect(reasonOf({ status: 'lost', lostReason: 'PRICE' }, open)).toBe('price');
    expect(reasonOf({ status: 'lost', lostReason: 'whim', pipeline: 'service' })).toBe('whim');
    expect(() => reasonOf({ status: 'lost', lostReason: 'pric' }, open)).toThrow(
      usage('unknown reason "pric"', 'did you mean price?'),
    );
    // As it was before the settings listed the reasons.
    expect(reasonOf({ lostReason: 'whim' }, { ...lost, lostReason: 'whim' })).toBe('whim');
    const own = { ...config, lostReasons: ['taste'] };
    expect(() =>
      completed('deal', { status: 'lost', lostReason: 'whim', pipeline: 'service' }, undefined, {
        config: own,
      }),
    ).toThrow('unknown reason "whim"');
  });

  test('may be required: when a deal is lost, and when the reason is taken away', () => {
    const missing = usage('a deal in sales is lost for a reason', '--reason price|timing');
    expect(() => reasonOf({ status: 'lost' })).toThrow(missing);
    expect(() => reasonOf({ status: 'lost' }, open)).toThrow(missing);
    expect(() => reasonOf({ status: 'lost' }, won)).toThrow(missing);
    expect(() => reasonOf({ status: 'lost', lostReason: '' }, open)).toThrow(missing);
    expect(() => reasonOf({ lostReason: null }, lost)).toThrow(missing);
    const { lostReason: _, ...unexplained } = lost;
    expect(reasonOf({ title: 'x' }, unexplained)).toBeUndefined();
    expect(reasonOf({ lostReason: null }, unexplained)).toBeNull();
    expect(reasonOf({ title: 'x' }, lost)).toBeUndefined();
    expect(reasonOf({ status: 'lost', pipeline: 'service' })).toBeUndefined();
    const { lostReasons: __, ...anyReason } = config.pipelines[0]!;
    const settings = { ...config, pipelines: [anyReason] };
    expect(() => completed('deal', { status: 'lost' }, undefined, { config: settings })).toThrow(
      usage('a deal in sales is lost for a reason', '--reason TEXT'),
    );
  });
});

describe('the owner of a deal', () => {
  const noAccess = error('FAILED', 'ben has no access to the pipeline service', 'access: ana');

  test('has access to its pipeline, and is active when they get it', () => {
    expect(() => completed('deal', { pipeline: 'service', owner: 'ben' })).toThrow(noAccess);
    expect(() => completed('deal', { owner: 'old' })).toThrow('old is not active');
    expect(() => completed('deal', { owner: 'old' }, open)).toThrow('old is not active');
    expect(completed('deal', { owner: 'ben' }, open).owner).toBe('ben');
  });

  test('stays, though they left, until the deal moves to a pipeline that is closed to them', () => {
    const service = { ...open, pipeline: 'service', stage: 'intake', owner: 'ben' };
    expect(() => completed('deal', { title: 'x' }, { ...open, owner: 'old' })).not.toThrow();
    expect(() => completed('deal', { title: 'x' }, service)).not.toThrow();
    expect(() => completed('deal', { pipeline: 'service' }, { ...open, owner: 'ben' })).toThrow(noAccess);
    expect(() =>
      completed('deal', { pipeline: 'strict', contacts: ['C1'], account: 'A1' }, { ...open, owner: 'old' }),
    ).not.toThrow();
    expect(completed('deal', { owner: null }, service).owner).toBeNull();
  });
});

test('the columns of a deal say for which answer it is held, and how often its score was adjusted', () => {
  const [adjusted, held] = deal.columns!;
  const answers = [undefined, { stage: null }, { stage: 'new' }].map(held => ({
    id: 'D1',
    ...(held && { held }),
  }));
  expect(answers.map(record => held!.cell(record))).toEqual([undefined, '', 'new']);
  expect(
    [undefined, [], [{}, {}]].map(adjustments =>
      adjusted!.cell({ id: 'D1', ...(adjustments && { adjustments }) }),
    ),
  ).toEqual([0, 0, 2]);
});

test('the contact of a deal is the first of its contacts', () => {
  const { read } = deal.fields.find(({ name }) => name === 'contact')!;
  expect([{ id: 'D1', contacts: ['C2', 'C1'] }, { id: 'D1', contacts: [] }, { id: 'D1' }].map(read!)).toEqual(
    ['C2', undefined, undefined],
  );
});

test('the choices of a deal are the pipelines, their stages, each once, and three states', () => {
  const optionsOf = (name: string) => deal.fields.find(field => field.name === name)!.options!(config);
  const namesOf = (name: string) =>
    deal.fields.find(field => field.name === name)!.names!(config).map(each => each.name);
  expect(optionsOf('pipeline')).toEqual(['sales', 'service', 'strict']);
  expect(namesOf('pipeline')).toEqual(['Sales', 'Service desk', 'Strict']);
  for (const name of ['stage', 'closedStage']) {
    expect(optionsOf(name)).toEqual(['new', 'offer', 'shared', 'intake', 'fix']);
    expect(namesOf(name)).toEqual([
      'New',
      'Offer sent',
      'Shared',
      'Intake',
      'Shared',
      'New',
      'Offer sent',
      'Shared',
    ]);
  }
  expect(optionsOf('status')).toEqual(['open', 'won', 'lost']);
});
