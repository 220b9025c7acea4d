/** What the variables of a text are: for a record, for one about to be added, and what lint says of them. */
import { describe, expect, it, test } from 'vitest';
import { makeTexts } from '../../../src/engine/texts/liquid.ts';
import {
  dataOfNew,
  knownInSignature,
  knownVariables,
  linkData,
  recordData,
  textSource,
  userData,
} from '../../../src/engine/texts/text-data.ts';
import { Written } from '../../../src/engine/texts/texts.ts';
import { Desk } from '../desk.ts';
import { NOW, SETTINGS } from '../swept.ts';

const NAMELESS = 'dan: { name: Dan }';
const settings = SETTINGS.replace(
  "signature: 'Ana, Acme' }",
  `signature: '{{ user.name }} of Acme' }\n  ${NAMELESS}\n  eve: { name: Eve, signature: '{{ user.email }}' }`,
).replace('fields:\n', 'fields:\n  contact:\n    level: { type: text }\n');

/**
 * A1 Acme; C1 Jane of A1, ana's; C2 Joe. D1 Chairs for C1, ben's; D2 Old for C1, won; D3 New for C1. T1 for D1, cat's;
 * T2 for nothing. E1 of C1 with properties, E2 of C2 without.
 */
const desk = Desk.make({ 'crm.yaml': settings });
for (const line of [
  'account add Acme',
  'contact add --email jane@example.com --name Jane --account A1 --owner ana --tags a,b',
  'contact add --email joe@example.com --name Joe',
  'deal add Chairs --value 500 --contact C1 --owner ben --field size=3',
  'deal add Old --contact C1',
  'deal win D2',
  'deal add New --contact C1',
  'task add Call --for D1 --assignee cat',
  'task add Water',
  'event add form.submitted --contact C1 --prop plan=gold',
  'event add page.visited --contact C2',
])
  desk.ok(line);
const { state } = desk;
const rendering = { texts: makeTexts('UTC'), now: Date.parse(NOW) };
const source = (about: Parameters<typeof textSource>[1], lens?: Parameters<typeof textSource>[3]) =>
  textSource(state, about, rendering, lens);
const rendered = (text: string, about: Parameters<typeof textSource>[1]) =>
  rendering.texts.render(text, source(about), rendering.now);

describe('a text names', () => {
  it.each([
    ['the record itself', '{{ deal.title }}', { subject: 'D1' }, 'Chairs'],
    ['its contact', '{{ contact.name }}', { subject: 'D1' }, 'Jane'],
    ['the account of that', '{{ account.name }}', { subject: 'D1' }, 'Acme'],
    ['the record of a task', '{{ deal.title }} {{ contact.name }}', { subject: 'T1' }, 'Chairs Jane'],
    ['the newest open deal of a contact', '{{ deal.title }}', { subject: 'C1' }, 'New'],
    ['the deal that a step made before that', '{{ deal.title }}', { subject: 'C1', deal: 'D1' }, 'Chairs'],
    ['a deal that was made for no other kind', '{{ contact.name }}', { subject: 'C2', deal: 'D1' }, 'Joe'],
    [
      'what the cause has and the subject has not',
      '{{ task.title }}',
      { subject: 'D1', cause: 'T2' },
      'Water',
    ],
    [
      'what the subject has, whatever the cause',
      '{{ contact.name }}',
      { subject: 'C1', cause: 'E2' },
      'Jane',
    ],
    ['the owner, also as a user', '{{ owner.name }}, {{ user.id }}', { subject: 'D1' }, 'Ben Bos, ben'],
    ['the assignee of a task as its owner', '{{ owner.name }}', { subject: 'T1' }, 'Cat Low'],
    ['the owner of the deal that was made', '{{ owner.id }}', { subject: 'C1', deal: 'D1' }, 'ben'],
    ['the event that started it', '{{ event.name }}', { subject: 'C1', cause: 'E1' }, 'form.submitted'],
    ['its contact', '{{ event.contact }}', { subject: 'C1', cause: 'E1' }, 'C1'],
    ['its time', '{{ event.at }}', { subject: 'C1', cause: 'E1' }, NOW],
    ['its properties', '{{ event.props.plan }}', { subject: 'C1', cause: 'E1' }, 'gold'],
    ['the present', '{{ now }}', { subject: 'C1' }, NOW],
    ['money with its digits', '{{ deal.value }}', { subject: 'D1' }, '500.00'],
    ['money that one can count with', '{{ deal.value | times: 2 }}', { subject: 'D1' }, '1000.00'],
    ['a custom field', '{{ deal.size }} {{ deal.fields.size }}', { subject: 'D1' }, '3 3'],
    ['a signature, over its user', '{{ owner.signature }}', { subject: 'C1' }, 'Ana Ruiz of Acme'],
    ['a link', '{{ confirmUrl }}', { subject: 'C1', confirmUrl: 'https://x/y' }, 'https://x/y'],
    ['nothing that is not there', '{{ event.name | default: "-" }}', { subject: 'C1' }, '-'],
    ['no record without one', '{% if task %}task{% else %}none{% endif %}', { subject: 'D1' }, 'none'],
    [
      'no event where the cause is none',
      '{% if event %}event{% else %}none{% endif %}',
      { subject: 'D1', cause: 'T1' },
      'none',
    ],
    ['no link without one', '{% if confirmUrl %}link{% else %}none{% endif %}', { subject: 'C1' }, 'none'],
    ['no owner without one', '{% if owner %}owner{% else %}none{% endif %}', { subject: 'A1' }, 'none'],
  ])('%s', (_what, text, about, expected) => {
    expect(rendered(text, about)).toBe(expected);
  });

  it('nothing of a removed record', () => {
    const copy = desk.copy();
    copy.ok('deal rm D3');
    copy.ok('contact rm C1');
    expect(Object.keys(textSource(copy.state, { subject: 'C1' }, rendering).all)).toEqual(['now']);
  });
});

test('a field that is read alone is the one of the whole data, of every record and the owner', () => {
  for (const subject of ['A1', 'C1', 'C2', 'D1', 'T1', 'T2']) {
    const { all, field } = source({ subject });
    for (const name of ['deal', 'contact', 'account', 'task', 'owner', 'user'])
      for (const [key, value] of Object.entries((all[name] ?? { title: null, name: null }) as object)) {
        const alone = field!(name, key);
        // Objects are read from the whole, and money gets its digits where it is printed.
        if (key !== 'fields') expect(String(alone ?? null), `${subject} ${name}.${key}`).toBe(String(value));
        else expect(alone, `${subject} ${name}.${key}`).toBeUndefined();
      }
  }
  expect(source({ subject: 'D1' }).field!('event', 'name')).toBeUndefined();
  expect(source({ subject: 'D1' }).field!('deal', 'nothing')).toBeUndefined();
});

test('a custom field comes before one of crm with its name', () => {
  expect(recordData(desk.state.config, 'contact', { id: 'C1', fields: { level: 'own' } }).level).toBe('own');
});

describe('readers', () => {
  const named: string[] = [];
  const lens = (hidden: readonly string[]) => ({
    sees: (id: string) => !hidden.includes(id),
    named: (kind: string, id: string) => {
      named.push(`${kind} ${id}`);
    },
  });
  const read = (text: string, hidden: readonly string[], about: Parameters<typeof textSource>[1]) => {
    named.length = 0;
    return rendering.texts.render(text, source(about, lens(hidden)), rendering.now);
  };

  it.each([
    ['{{ contact.name }}', [], ['contact C1'], 'Jane'],
    ['{{ contact.name }} {{ deal.title }}', [], ['contact C1', 'deal D1'], 'Jane Chairs'],
    ['{{ contact.name | default: "-" }}', ['C1'], [], '-'],
    ['{{ owner.name | default: "-" }}', ['D1'], [], '-'],
    ['{{ owner.name | default: "-" }}', ['C1'], [], 'Ben Bos'],
    ['{{ event.name | default: "-" }}', [], ['contact C1'], 'form.submitted'],
    ['{{ event.name | default: "-" }}', ['E1'], [], '-'],
    ['hello', [], [], 'hello'],
  ] as const)('%s, without %j, names %j', (text, hidden, names, expected) => {
    expect(read(text, hidden, { subject: 'D1', cause: 'E1' })).toBe(expected);
    expect([...new Set(named)]).toEqual(names);
  });
});

describe('a record that is about to be added', () => {
  const of = (kind: 'deal' | 'task', record: object, text: string) =>
    rendering.texts.render(text, { all: dataOfNew(state, kind, record as never, rendering) }, rendering.now);

  it.each([
    ['deal', { title: 'X', contacts: ['C1', 'C2'] }, '{{ contact.name }} {{ account.name }}', 'Jane Acme'],
    ['deal', { title: 'X', account: 'A1' }, '{{ account.name }}', 'Acme'],
    [
      'deal',
      { title: 'X', contacts: ['C2'], account: 'A1' },
      '{{ contact.name }} {{ account.name }}',
      'Joe Acme',
    ],
    [
      'deal',
      { value: '5.00', currency: 'EUR', owner: 'ben' },
      '{{ deal.value }} {{ owner.name }} {{ user.id }}',
      '5.00 Ben Bos ben',
    ],
    ['deal', { title: 'X' }, '{{ deal.title }} {{ now }}', `X ${NOW}`],
    // The deal that is added is the deal, and not the one of its contact.
    ['deal', { title: 'X', contacts: ['C1'] }, '{{ deal.title }}', 'X'],
    [
      'task',
      { title: 'Y', for: 'D1', assignee: 'cat' },
      '{{ deal.title }} {{ task.title }} {{ owner.name }}',
      'Chairs Y Cat Low',
    ],
    // Without an assignee it is the owner of the record that it is for.
    ['task', { title: 'Y', for: 'D1' }, '{{ owner.name }}', 'Ben Bos'],
    ['task', { title: 'Y' }, '{% if owner or contact or account %}some{% else %}none{% endif %}', 'none'],
  ] as const)('%s %j: %s', (kind, record, text, expected) => {
    expect(of(kind, record, text)).toBe(expected);
  });
});

describe('every field of a kind is there', () => {
  it('null without a value, and custom fields twice', () => {
    const data = recordData(state.config, 'deal', { id: 'D9', title: 'X' });
    expect(data).toMatchObject({
      ...{ id: 'D9', title: 'X', value: null, owner: null, account: null, size: null },
      fields: { product: null, size: null, level: null },
    });
    expect(recordData(state.config, 'task', { id: 'T9' })).not.toHaveProperty('fields');
  });

  it('money is of the currency of its record, or of the workspace', () => {
    const value = (currency?: string) => {
      const record = { id: 'D9', value: '5', ...(currency && { currency }) };
      const { value: money } = recordData(state.config, 'deal', record) as { value: { currency: string } };
      return `${money} ${money.currency}`;
    };
    expect([value(), value('JPY')]).toEqual(['5 EUR', '5 JPY']);
  });
});

describe('users', () => {
  const of = (id: string | undefined) => userData(state.config, id, rendering);

  it('have an id, a name, an e-mail and a signature', () => {
    expect(of('ben')).toEqual({ id: 'ben', name: 'Ben Bos', email: 'ben@example.com', signature: null });
    expect(of('cat')).toEqual({ id: 'cat', name: 'Cat Low', email: null, signature: null });
    expect(String(of('ana')!.signature)).toBe('Ana Ruiz of Acme');
    expect(of(undefined)).toBeUndefined();
    expect(of('constructor')).toBeUndefined();
  });

  it("a signature's values are values, its words are the author's", () => {
    const signed = of('ana')!.signature as Written;
    expect(signed).toBeInstanceOf(Written);
    expect(signed.marked).toEqual({ text: 'Ana Ruiz of Acme', inserted: [0, 8] });
    const plain = userData(
      { users: { x: { id: 'x', name: 'X', signature: 'By *X*' } as never } },
      'x',
      rendering,
    )!;
    expect((plain.signature as Written).marked).toEqual({ text: 'By *X*', inserted: [] });
  });

  it('a signature that renders to nothing is none; one that cannot be rendered says whose it is', () => {
    const with_ = (signature: string) =>
      userData({ users: { x: { id: 'x', name: 'X', signature } as never } }, 'x', rendering)!.signature;
    expect(with_("{{ user.email | default: '' }}")).toBeNull();
    expect(() => of('eve')!.signature).toThrow(
      'the signature of eve: {{ user.email }} is empty for this record; say what then with | default: "..."',
    );
  });

  it('an error that is no fault of the text is not hidden', () => {
    const texts = {
      renderMarked: () => {
        throw new RangeError('broken');
      },
    } as never;
    expect(() => userData(state.config, 'ana', { texts, now: 0 })!.signature).toThrow(RangeError);
  });
});

test("a link counts as the author's words", () => {
  expect((linkData('https://x/y') as Written).marked).toEqual({ text: 'https://x/y', inserted: [] });
});

describe('lint knows', () => {
  const knows = knownVariables(state.config);
  const confirming = knownVariables(state.config, true);
  const isFor = 'it is for the template that a form names: confirm: TEMPLATE in crm.yaml';

  it.each([
    'now',
    'deal',
    'event',
    'owner',
    'deal.title',
    'deal.value',
    'deal.size',
    'deal.fields',
    'deal.fields.size',
    'deal.title.size',
    'contact.tags.first',
    'contact.tags.last',
    'contact.tags.0',
    'contact.tags.-1',
    'contact.tags.12',
    'contact.tags.size',
    'contact.fields.level',
    'task.due',
    'account.name',
    'owner.name',
    'owner.signature',
    'user.email',
    'user.id',
    'event.name',
    'event.at',
    'event.contact',
    'event.props',
    'event.props.anything.below',
  ])('%s', path => {
    expect(knows(path.split('.'))).toBe(true);
  });

  it.each([
    ['now.year', '{{ now }}'],
    ['dael', 'did you mean deal?'],
    ['zzzzzz', 'variables: deal, contact, account, task, owner, user, event, now'],
    ['deal.titel', 'did you mean title?'],
    ['deal.fields.sizes', 'did you mean size?'],
    ['deal.fields.zzzzzzzzz', 'a deal has: product, size, level'],
    ['deal.title.first', '{{ deal.title }}'],
    ['deal.title.size.size', '{{ deal.title }}'],
    ['contact.tags.1x', '{{ contact.tags }}'],
    ['contact.tags.x1', '{{ contact.tags }}'],
    ['contact.tags.first.size', '{{ contact.tags }}'],
    ['owner.nam', 'did you mean name?'],
    ['owner.zzzzzzzzz', 'owner has: id, name, email, signature'],
    ['user.zzzzzzzzz', 'user has: id, name, email, signature'],
    ['owner.name.size', 'did you mean name?'],
    ['event.zzzzzzzzz', 'event has: name, at, contact, props'],
    ['confirmUrl', isFor],
  ])('not %s: %s', (path, hint) => {
    expect(knows(path.split('.'))).toEqual({ hint });
  });

  it('the address of a confirmation in its template alone', () => {
    expect(confirming(['confirmUrl'])).toBe(true);
    expect(confirming(['confirmUrl', 'host'])).toEqual({ hint: isFor });
  });

  it.each(['user', 'owner', 'user.name', 'owner.email', 'user.id'])('%s in a signature', path => {
    expect(knownInSignature(path.split('.'))).toBe(true);
  });

  it.each([
    ['deal.title', '{{ user.name }}'],
    ['', '{{ user.name }}'],
    ['user.signature', 'user has: id, name, email'],
    ['user.nam', 'did you mean name?'],
    ['user.name.size', 'did you mean name?'],
  ])('in a signature not %j: %s', (path, hint) => {
    expect(knownInSignature(path === '' ? [] : path.split('.'))).toEqual({ hint });
  });
});
