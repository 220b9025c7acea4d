import { describe, expect, it } from 'vitest';
import { type Kind, numberOf } from '../../src/domain/kinds.ts';
import { records } from './records.ts';
import { withoutValues, withValuesOf } from '../../src/query/compile.ts';
import { bind, stateOf } from './world.ts';

const state = stateOf(records);
const explain = (query: string, kind: Kind, id: string) =>
  bind(query, kind, state).explain(state.table(kind).row(numberOf(id)));

describe('what a term says a record has', () => {
  it.each<[Kind, string, string, boolean, string]>([
    ['deal', 'D1', 'id:D1', true, 'D1'],
    ['deal', 'D2', 'title:=cafe', false, '"cafe tables"'],
    ['deal', 'D6', 'description:x', false, '""'],
    ['deal', 'D1', 'chairs', true, '"40 chairs, 10 tables / ergonomic, for the office"'],
    ['deal', 'D1', 'oak', true, 'note "prefers oak"'],
    ['deal', 'D3', 'value:>2k', false, '1500.5'],
    ['deal', 'D3', 'currency:EUR', false, 'USD'],
    ['deal', 'D3', 'stage:intake', false, 'proposal'],
    ['deal', 'D1', 'group:sales', true, 'sales'],
    ['deal', 'D3', 'group:sales', false, 'none'],
    ['deal', 'D3', 'has:group', false, 'no group'],
    ['deal', 'D3', 'is:open', false, 'won'],
    ['deal', 'D1', 'is:won,overdue', true, 'open, has an overdue task'],
    ['deal', 'D5', 'is:rotting', true, 'rotting'],
    ['deal', 'D1', 'is:rotting', false, 'not rotting'],
    ['deal', 'D1', 'owner:ben', false, 'ana'],
    ['deal', 'D3', 'owner:ben', false, 'none'],
    ['deal', 'D1', 'contact:C9', false, 'C1,C2'],
    ['deal', 'D4', 'contact:C1', false, 'none'],
    ['deal', 'D1', 'contact.name:jose', false, '"jane roe"'],
    ['deal', 'D4', 'contact.name:jose', false, 'no contact'],
    ['deal', 'D1', 'account:acme', true, 'A1'],
    ['deal', 'D2', 'account.parent.name:acme', true, '"acme"'],
    ['deal', 'D2', 'tag:vip', true, 'cold,vip'],
    ['deal', 'D3', 'tag:vip', false, 'none'],
    ['deal', 'D1', 'contact-tag:cold', true, 'newsletter,vip,cold'],
    ['deal', 'D6', 'score:0', false, '3'],
    ['deal', 'D2', 'created:2026', true, '2026-03-29T21:59:59.999Z'],
    ['deal', 'D3', 'close:2026', false, 'none'],
    ['deal', 'D1', 'close:<eom', false, '2026-09-30'],
    ['deal', 'D1', 'idle.over:30d', false, '30d'],
    ['deal', 'D6', 'idle.over:30d', true, '322d 9h'],
    ['deal', 'D6', 'stage-age:>1d', false, '1h'],
    ['deal', 'D5', 'stage-age:>1d', true, '1d 1ms'],
    ['contact', 'C2', 'deals.value:>15k', true, '15200.00 EUR'],
    ['contact', 'C3', 'has:deals.value', true, '1500.50 USD'],
    ['account', 'A3', 'deals.value:>1', false, 'none'],
    ['account', 'A1', 'deals.open:1', false, '2'],
    ['contact', 'C1', 'idle:<1d', true, '10h'],
    ['account', 'A1', 'idle:<1d', true, '1min'],
    ['deal', 'D1', 'tasks.open:>=3', false, '2'],
    ['deal', 'D6', 'has:task', false, '0'],
    ['deal', 'D6', 'no:task', true, '0'],
    ['deal', 'D1', 'has:task,close', true, '2, has expectedClose'],
    ['deal', 'D3', 'no:close', true, 'no expectedClose'],
    ['deal', 'D1', 'next-action:today', false, 'overdue (2026-09-13)'],
    ['deal', 'D4', 'next-action:today', false, 'scheduled'],
    ['deal', 'D6', 'next-action:today', false, 'none'],
    ['deal', 'D1', 'event:form.submitted@30d', true, 'last 2026-08-15T08:00:00.000Z'],
    ['deal', 'D2', 'event:form.submitted@30d', false, 'last 2026-08-15T07:59:59.999Z'],
    ['deal', 'D2', 'event:email.opened', false, 'never'],
    ['deal', 'D1', 'invoices.paid:>=5', false, '3'],
    ['deal', 'D1', 'trial:no', false, 'yes'],
    ['deal', 'D2', 'trial:yes', false, 'no'],
    ['deal', 'D3', 'trial:yes', false, 'none'],
    ['deal', 'D1', 'seats:>50', false, '40'],
    ['deal', 'D3', 'seats:>50', false, 'none'],
    ['deal', 'D1', 'regions:none', false, 'north,south'],
    ['deal', 'D1', 'has:contact', true, 'has contact'],
    ['contact', 'C1', 'consent:yes', true, 'yes'],
    ['task', 'T1', 'for:D1', true, 'D1'],
    ['task', 'T1', 'deal:D2', false, 'D1'],
    ['task', 'T9', 'deal:D2', false, 'none'],
    ['task', 'T9', 'has:deal', false, 'no deal'],
    ['task', 'T1', 'is:overdue', true, 'due 2026-09-13'],
    ['activity', 'V3', 'by:me', false, 'tester'],
    ['event', 'E1', 'prop.amount:>2000', false, '1500'],
    ['event', 'E2', 'prop.size:40', false, 'none'],
    ['event', 'E1', 'has:prop.size', true, '"40"'],
    ['invoice', 'I1', 'for:D1', true, 'D1,A1,C1'],
    ['invoice', 'I4', 'is:paid', false, 'paid 2026-09-15'],
    ['invoice', 'I5', 'is:paid', false, 'paid none'],
  ])('%s %s, %s: %s, %s', (kind, id, query, holds, actual) => {
    expect(explain(query, kind, id)).toEqual({ holds, term: query, actual });
  });
});

describe('how terms are joined', () => {
  it('as they were written', () => {
    expect(explain('is:open not (tag:cold or tag:vip) @hot', 'deal', 'D1')).toEqual({
      holds: false,
      term: 'and',
      parts: [
        { holds: true, term: 'is:open', actual: 'open' },
        {
          holds: false,
          term: 'not',
          parts: [
            {
              holds: true,
              term: 'or',
              parts: [
                { holds: false, term: 'tag:cold', actual: 'vip' },
                { holds: true, term: 'tag:vip', actual: 'vip' },
              ],
            },
          ],
        },
        {
          holds: true,
          term: 'and',
          parts: [
            { holds: true, term: 'is:open', actual: 'open' },
            { holds: true, term: 'value.over:5k', actual: '5200' },
          ],
        },
      ],
    });
  });

  it('an empty query holds, for no reason', () => {
    expect(explain('', 'deal', 'D1')).toEqual({ holds: true, term: 'and', parts: [] });
  });
});

describe('an explanation for somebody who does not see all', () => {
  const leaf = { holds: true, term: 'is:open', actual: 'open' };
  const whole = {
    holds: false,
    term: 'and',
    parts: [leaf, { holds: false, term: 'not', parts: [{ ...leaf, actual: 'won' }] }],
  };

  it('says what holds, with no values', () => {
    const plain = { holds: true, term: 'is:open' };
    expect(withoutValues(leaf)).toEqual(plain);
    expect(withoutValues(whole)).toEqual({
      holds: false,
      term: 'and',
      parts: [plain, { holds: false, term: 'not', parts: [plain] }],
    });
  });

  it('says what holds of everything, with the values that they see', () => {
    const seen = {
      holds: true,
      term: 'and',
      parts: [
        { ...leaf, holds: false, actual: 'none' },
        { holds: true, term: 'not', parts: [{ holds: true, term: 'is:open' }] },
      ],
    };
    expect(withValuesOf(whole, seen)).toEqual({
      holds: false,
      term: 'and',
      parts: [
        { holds: true, term: 'is:open', actual: 'none' },
        { holds: false, term: 'not', parts: [{ holds: true, term: 'is:open', actual: 'won' }] },
      ],
    });
  });
});
