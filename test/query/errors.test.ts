import { recordKinds } from '../../src/kinds/index.ts';
import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../src/app/core/check-config.ts';
import { CrmError } from '../../src/domain/errors.ts';
import type { Kind } from '../../src/domain/kinds.ts';
import { compileText } from '../../src/query/compile.ts';
import { derivedFields } from '../../src/query/derived.ts';
import { specialTerms } from '../../src/query/special.ts';
import { languages } from '../languages.ts';
import { bind, config, configOf, crmYaml, files, stateOf } from './world.ts';

function errorOf(run: () => unknown): { kind: string; message: string; hint: string | undefined } {
  try {
    run();
  } catch (error) {
    if (error instanceof CrmError) return { kind: error.kind, message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error('no error');
}

const anyField = 'fields of deals: id, title, value, currency, pipeline, stage, status, owner, contact';
const days =
  'accepted: 2026-12-01, today, tomorrow, yesterday, monday, next friday, 3 dec, in 3 days, eow, eom, eoq, eoy, +2d, -2w, +1m, +1y, this-month, last-quarter, 2026-12, 2026Q3, 2026 (crm help dates)';

describe('what a query refuses when it is compiled', () => {
  it.each<[Kind, string, string, string | RegExp | undefined]>([
    // Fields.
    ['deal', 'stagee:proposal', 'stagee:proposal: unknown field "stagee" of deals', 'did you mean stage?'],
    ['deal', 'stage-aeg:>3d', 'stage-aeg:>3d: unknown field "stage-aeg" of deals', 'did you mean stage-age?'],
    [
      'deal',
      'nextaction:none',
      'nextaction:none: unknown field "nextaction" of deals',
      'did you mean next-action?',
    ],
    [
      'deal',
      'invoices.payed:1',
      'invoices.payed:1: unknown field "invoices.payed" of deals',
      'did you mean invoices.paid?',
    ],
    ['deal', 'prodct:oak', 'prodct:oak: unknown field "prodct" of deals', 'did you mean product?'],
    ['deal', 'zzzzzz:1', 'zzzzzz:1: unknown field "zzzzzz" of deals', new RegExp(`^${anyField}`)],
    ['deal', 'has:tasks', 'has:tasks: unknown field "tasks" of deals', /^did you mean /],
    ['deal', 'no:ownr', 'no:ownr: unknown field "ownr" of deals', 'did you mean owner?'],
    ['deal', 'not:ownr:ana', 'ownr:ana: unknown field "ownr" of deals', 'did you mean owner?'],
    ['deal', 'contact.emial:x', 'contact.emial:x: unknown field "emial" of contacts', 'did you mean email?'],
    [
      'deal',
      'has:account.domian',
      'has:account.domian: unknown field "domian" of accounts',
      'did you mean domain?',
    ],
    ['deal', 'constructor:1', 'constructor:1: unknown field "constructor" of deals', /^fields of deals/],
    ['contact', 'stage:proposal', 'stage:proposal: unknown field "stage" of contacts', /./],
    ['contact', 'contact-tag:x', 'contact-tag:x: unknown field "contact-tag" of contacts', /./],
    ['task', 'assigne:ana', 'assigne:ana: unknown field "assigne" of tasks', 'did you mean assignee?'],
    ['event', 'props.form:x', 'props.form:x: unknown field "props.form" of events', /./],
    ['invoice', 'amout:1', 'amout:1: unknown field "amout" of invoices', 'did you mean amount?'],
    ['event', 'chairs', 'chairs: events have no text to search', 'crm help query'],
    ['invoice', 'chairs', 'chairs: invoices have no text to search', 'crm help query'],
    // Values of closed sets.
    ['deal', 'stage:propsal', 'stage:propsal: unknown stage "propsal"', 'did you mean proposal?'],
    [
      'deal',
      'stage:proposal,won',
      'stage:proposal,won: unknown stage "won"',
      'stage is one of: to-contact, proposal, customer, intake',
    ],
    ['deal', 'closed-stage:intak', 'closed-stage:intak: unknown stage "intak"', 'did you mean intake?'],
    ['deal', 'pipeline:sale', 'pipeline:sale: unknown pipeline "sale"', 'did you mean sales?'],
    ['deal', 'status:opne', 'status:opne: unknown status "opne"', 'did you mean open?'],
    ['deal', 'group:customer', 'group:customer: unknown group "customer"', 'did you mean customers?'],
    ['deal', 'is:opne', 'is:opne: unknown is: "opne"', 'did you mean open?'],
    ['deal', 'owner:an', 'owner:an: unknown user "an"', 'did you mean ana?'],
    ['deal', 'owner:team:nort', 'owner:team:nort: unknown team "nort"', 'did you mean north?'],
    [
      'deal',
      'qualification:targt',
      'qualification:targt: unknown qualification "targt"',
      'did you mean target group?',
    ],
    ['deal', 'qualification:none', 'qualification:none: unknown qualification "none"', /unknown/],
    ['deal', 'regions:nort', 'regions:nort: unknown regions "nort"', 'did you mean north?'],
    [
      'deal',
      'next-action:overdu',
      'next-action:overdu: unknown next-action "overdu"',
      'did you mean overdue?',
    ],
    ['contact', 'level:lead', 'level:lead: unknown level "lead"', 'level is one of: junior, senior'],
    ['contact', 'is:open', 'is:open: unknown is: "open"', 'is: is one of: overdue'],
    [
      'contact',
      'consent:maybe',
      'consent:maybe: consent: "maybe" is neither yes nor no',
      'accepted: true, yes, 1, false, no, 0',
    ],
    ['task', 'type:cal', 'type:cal: unknown type "cal"', 'did you mean call?'],
    ['task', 'status:won', 'status:won: unknown status "won"', 'status is one of: open, done'],
    ['activity', 'type:todo', 'type:todo: unknown type "todo"', 'type is one of: call, email, meeting, note'],
    ['deal', '@hott', 'unknown view @hott', 'did you mean hot?'],
    ['contact', '@hot', 'the view @hot is of deals, not of contacts', undefined],
    // Values of the wrong type.
    ['deal', 'value:lots', 'value:lots: value: "lots" is not a number', 'accepted: 1200, 0.5, 10k or 2m'],
    ['deal', 'value:1e5', 'value:1e5: value: "1e5" is not a number', 'accepted: 1200, 0.5, 10k or 2m'],
    ['deal', 'value:5..1', 'value:5..1: the range ends before it begins', 'value:1..5'],
    ['deal', 'close:5', 'close:5: "5" is not a day, month, quarter or year', days],
    [
      'deal',
      'close:tomorow',
      'close:tomorow: "tomorow" is not a day, month, quarter or year',
      `did you mean tomorrow? ${days}`,
    ],
    [
      'deal',
      'close:30d',
      'close:30d: "30d" is not a day, month, quarter or year',
      `did you mean +30d? ${days}`,
    ],
    ['deal', 'close:2026-02-30', 'close:2026-02-30: "2026-02-30" is not a day, month, quarter or year', days],
    ['deal', 'close:eoy..today', 'close:eoy..today: the range ends before it begins', 'close:today..eoy'],
    ['deal', 'created:nwo', 'created:nwo: "nwo" is not a day, period or instant', /^did you mean now\?/],
    [
      'deal',
      'next-action:2026-13-01',
      'next-action:2026-13-01: "2026-13-01" is not a day, month, quarter or year',
      days,
    ],
    [
      'deal',
      'next-action:>overdue',
      'next-action:>overdue: "overdue" is not a day, month, quarter or year',
      days,
    ],
    [
      'deal',
      'idle:30',
      'idle:30: "30" is not a duration',
      'accepted: 14d, 2w, 6h, 30min, 3mo (30 days each) or 1y (365 days)',
    ],
    [
      'deal',
      'idle.over:1m',
      'idle.over:1m: "1m" is not a duration',
      'accepted: 14d, 2w, 6h, 30min, 3mo (30 days each) or 1y (365 days)',
    ],
    [
      'deal',
      'event:form.submitted@month',
      'event:form.submitted@month: "month" is not a duration',
      'accepted: 14d, 2w, 6h, 30min, 3mo (30 days each) or 1y (365 days)',
    ],
    ['deal', 'id:12', 'id:12: "12" is not a deal ID', 'for example D12'],
    ['deal', 'id:C1', 'id:C1: "C1" is not a deal ID', 'for example D12'],
    [
      'event',
      'prop.amount:>x',
      'prop.amount:>x: prop.amount: "x" is not a number',
      'accepted: 1200, 0.5, 10k or 2m',
    ],
    // Operators.
    [
      'deal',
      'stage:>proposal',
      'stage:>proposal: stage has no order',
      'stage:value, or stage:a,b for any of them',
    ],
    ['deal', 'title.over:x', 'title.over:x: title has no order', 'title:value, or title:a,b for any of them'],
    ['deal', 'owner:a..b', 'owner:a..b: owner has no order', 'owner:value, or owner:a,b for any of them'],
    ['deal', 'tag:<x', 'tag:<x: tag has no order', 'tag:value, or tag:a,b for any of them'],
    [
      'deal',
      'contact:>C1',
      'contact:>C1: contact has no order',
      'contact:value, or contact:a,b for any of them',
    ],
    ['deal', 'is:>open', 'is:>open: is has no order', 'is:value, or is:a,b for any of them'],
    ['deal', 'has:>close', 'has:>close: has has no order', 'has:value, or has:a,b for any of them'],
    ['deal', 'trial:>yes', 'trial:>yes: trial has no order', 'trial:value, or trial:a,b for any of them'],
    ['deal', 'event:>x', 'event:>x: event has no order', 'event:value, or event:a,b for any of them'],
    ['deal', 'group:>x', 'group:>x: group has no order', 'group:value, or group:a,b for any of them'],
    [
      'deal',
      'contact-tag:>x',
      'contact-tag:>x: contact-tag has no order',
      'contact-tag:value, or contact-tag:a,b for any of them',
    ],
    ['deal', 'id:>D1', 'id:>D1: id has no order', 'id:value, or id:a,b for any of them'],
    ['deal', 'text:>x', 'text:>x: text has no order', 'text:value, or text:a,b for any of them'],
  ])('%s: %s', (kind, query, message, hint) => {
    const error = errorOf(() => compileText(query, kind, config));
    expect(error.kind).toBe('USAGE');
    expect(error.message).toBe(message);
    if (hint instanceof RegExp) expect(error.hint).toMatch(hint);
    else expect(error.hint).toBe(hint);
  });

  it('names the term even if the error is known only when the query is asked', () => {
    expect(errorOf(() => bind('owner:me', 'deal', stateOf([]), 'tester'))).toEqual({
      kind: 'USAGE',
      message: 'owner:me: owner: you act as "tester", who is not in users',
      hint: 'crm user add tester',
    });
  });

  it('a group if no stage has one', () => {
    const noGroups = configOf(
      new Map([
        ['crm.yaml', crmYaml.replace(/views:[\s\S]*/, '')],
        ['pipelines/service.yaml', files.get('pipelines/service.yaml')!],
      ]),
    );
    expect(errorOf(() => compileText('group:sales', 'deal', noGroups)).message).toBe(
      'group:sales: no stage has a group',
    );
  });
});

describe('what the settings may not ask', () => {
  const problemsOf = (path: string, text: string) =>
    checkConfig(new Map([...files, [path, text]]), recordKinds, languages).problems.map(
      p => `${p.file}:${p.line}: ${p.message}`,
    );
  const withTransition = (when: string) =>
    `name: Sales\nstages:\n  - { id: a, name: A }\n  - { id: b, name: B }\ntransitions:\n  - { to: b, when: ${JSON.stringify(when)} }\n`;
  const plain = crmYaml.replace(/views:[\s\S]*/, '');

  it('a transition: who asks, also through a view', () => {
    expect(problemsOf('pipelines/a.yaml', withTransition('owner:me'))).toEqual([
      'pipelines/a.yaml:6: owner:me: nobody asks a transition, so me is nobody',
    ]);
    expect(
      problemsOf('pipelines/a.yaml', withTransition('is:open not (tag:x or contact.owner:me)')),
    ).toHaveLength(1);
    expect(problemsOf('pipelines/a.yaml', withTransition('@mine'))).toEqual([
      'pipelines/a.yaml:6: @mine: nobody asks a transition, so me is nobody',
    ]);
  });

  it('a transition: what is wrong, with its line', () => {
    expect(problemsOf('pipelines/a.yaml', withTransition('tasks.doen:>=1'))).toEqual([
      'pipelines/a.yaml:6: tasks.doen:>=1: unknown field "tasks.doen" of deals',
    ]);
  });

  it('a score: a score, and who asks', () => {
    const scored = (rule: string) => `${plain}`.replace("'tag:vip'", JSON.stringify(rule));
    for (const rule of ['score:>5', 'has:score', 'tag:vip or not score:0'])
      expect(problemsOf('crm.yaml', scored(rule)).at(0)).toContain('would depend on a score');
    expect(problemsOf('crm.yaml', scored('owner:me')).at(0)).toContain('a score is the same for everybody');
    // Of another record it may.
    expect(problemsOf('crm.yaml', plain.replace("'is:won'", "'contact.score:>5'"))).toEqual([]);
  });

  it('a view: itself', () => {
    const views = "views:\n  a: { of: deals, query: '@b' }\n  b: { of: deals, query: '@a' }\n";
    expect(problemsOf('crm.yaml', plain + views)[0]).toMatch(
      /the view @[ab] refers to itself: (a → b → a|b → a → b)$/,
    );
  });

  it('a custom field: the name of what queries mean by another thing', () => {
    const words = [
      ...Object.keys(specialTerms),
      ...['has', 'no', 'not'],
      ...(['deal', 'contact'] as const).flatMap(kind =>
        derivedFields(kind)
          .map(f => f.name)
          .filter(name => !recordKinds.of(kind).fields.some(f => f.name === name && f.yields)),
      ),
    ]
      .filter(name => !name.includes('.'))
      // A field of that name was possible before, and goes before what queries mean by it.
      .filter(name => name !== 'weighted');
    for (const name of words)
      expect(problemsOf('crm.yaml', plain.replace('level:', `${name}:`)), name).toEqual([
        `crm.yaml:23: ${name}: has another meaning in queries`,
      ]);
  });
});
