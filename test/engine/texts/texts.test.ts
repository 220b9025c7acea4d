import { expect, test } from 'vitest';
import { zone } from '../../../src/domain/zone.ts';
import { makeTexts } from '../../../src/engine/texts/liquid.ts';
import { strftime } from '../../../src/engine/texts/strftime.ts';

const now = Date.parse('2026-09-14T01:05:09.000Z');
const data = {
  deal: { title: 'Chairs', expectedClose: '2026-12-01', lostReason: null, tags: ['a', 'b'], none: [] },
  contact: { name: 'Jane' },
  now: '2026-09-14T01:05:09.000Z',
};
const texts = makeTexts('America/New_York');
/** Field by field where that can be done, the same comes out. */
const field = (name: string, path: string): unknown =>
  (data as { readonly [name: string]: unknown } as Record<string, Record<string, unknown>>)[name]?.[path];
function render(text: string): string {
  const rendered = texts.render(text, { all: data }, now);
  expect(texts.render(text, { all: data, field }, now)).toBe(rendered);
  return rendered;
}

test.each([
  ['{{ deal.title }}', 'Chairs'],
  ['{{ deal.tags }}', 'a, b'],
  ['{{ deal.tags.first }}', 'a'],
  ['{{ deal.lostReason | default: "no reason" }}', 'no reason'],
  ['[{{ deal.lostReason | default: "" }}]', '[]'],
  ['{{ account.name | default: "nobody" }}', 'nobody'],
  ['{% if account %}with{% else %}without{% endif %}', 'without'],
  ['{% for t in deal.tags %}{{ t | upcase }}{% endfor %}', 'AB'],
  // A day is that day in every zone; an instant is what clocks showed there.
  ["{{ deal.expectedClose | date: '%-d %B %Y' }}", '1 December 2026'],
  ["{{ now | date: '%a %e %b, %-I:%M %p' }}", 'Sun 13 Sep, 9:05 PM'],
  ["{{ 'now' | date }} {{ 'today' | date: '%R' }}", '2026-09-13 21:05'],
  ["{{ now | date: '%F %T', 'Europe/Amsterdam' }}", '2026-09-14 03:05:09'],
  ["{{ deal.lostReason | date: '%F' | default: 'never' }}", 'never'],
])('%s is %s', (text, expected) => {
  expect(render(text)).toBe(expected);
  expect(texts.check(text, () => true)).toBeUndefined();
});

const empty = 'is empty for this record; say what then with | default: "..."';

test.each([
  ['Dear {{ deal.lostReason }}', `{{ deal.lostReason }} ${empty}`],
  ['{{ deal.lostReason | upcase }}', `{{ deal.lostReason | upcase }} ${empty}`],
  ['{{ account.name }}', `{{ account.name }} ${empty}`],
  ['{{ deal.none }}', `{{ deal.none }} ${empty}`],
  ['{% assign x = deal.lostReason %}{{ x }}', `{{ x }} ${empty}`],
  ['{% echo deal.lostReason %}', `{% echo deal.lostReason %} ${empty}`],
  ['{{ deal }}', '{{ deal }} is several values; name one of them'],
  [
    "{{ deal.title | date: '%F' }}",
    `{{ deal.title | date: '%F' }} date: "Chairs" is neither a day nor an instant`,
  ],
  ['{% for i in (1..90000000) %}x{% endfor %}', '{% for i in (1..90000000) %} memory alloc limit exceeded'],
])('%s fails', (text, error) => {
  expect(() => render(text)).toThrow(error);
});

test.each([
  ['{{ deal.title | sample }}', 'undefined filter: sample'],
  ['{{ deal.lostReason | raw }}', 'undefined filter: raw'],
  ["{{ 'now' | date_to_xmlschema }}", 'undefined filter: date_to_xmlschema'],
  ["{% include 'crm.yaml' %}", 'tag "include" not found'],
  ["{% render 'crm.yaml' %}", 'there is no template "crm.yaml"'],
  ['{% render deal.title %}', 'names no template'],
  ['{{ deal.title', 'not closed'],
])('%s is refused before it is rendered', (text, error) => {
  expect(texts.check(text, () => true)?.message).toContain(error);
  expect(() => render(text)).toThrow(error);
});

test('a problem has its line, and the nearest filter', () => {
  expect(texts.check('a\nb {{ x | upcas }}', () => true)).toEqual({
    message: '{{ x | upcas }} undefined filter: upcas',
    line: 2,
    hint: 'did you mean upcase?',
  });
  expect(texts.check('a\nb\n{{ nope.x }}', path => (path[0] === 'deal' ? true : { hint: 'deal' }))).toEqual({
    message: 'unknown variable {{ nope.x }}',
    line: 3,
    hint: 'deal',
  });
});

test('a text sees the properties of its data, and nothing of their prototypes', () => {
  expect(() => render('{{ deal.constructor.name }}')).toThrow(empty);
  expect(() => render('{{ deal.tags.constructor }}')).toThrow(empty);
});

test('dates follow the clocks of the zone, also when these change', () => {
  const amsterdam = zone('Europe/Amsterdam');
  const at = (instant: string) => strftime(Date.parse(instant), '%a %d %R', amsterdam);
  expect(at('2026-03-29T00:59:00Z')).toBe('Sun 29 01:59');
  expect(at('2026-03-29T01:00:00Z')).toBe('Sun 29 03:00');
  expect(at('2026-10-25T00:59:00Z')).toBe('Sun 25 02:59');
  expect(at('2026-10-25T01:00:00Z')).toBe('Sun 25 02:00');
  expect(() => strftime(0, '%Q', amsterdam)).toThrow('date: unknown %Q; known: %Y');
});

// `{{ deal.title }}` is 16 characters, so 625 of them are the most.
test.each([
  ['outputs', '{{ deal.title }}'.repeat(625), undefined],
  ['one output more', '{{ deal.title }}'.repeat(626), 10_016],
  ['words around them do not count', `${'words and {braces} '.repeat(5000)}{{ deal.title }}`, undefined],
  ['filters', `{{ deal.title${' | upcase'.repeat(20_000)} }}`, 180_016],
  ['tags', '{% if deal.title %}{% endif %}'.repeat(20_000), 600_000],
  ['what is not closed', `{{ deal.title ${'x'.repeat(20_000)}`, 20_014],
])('a text has at most 10,000 characters of Liquid: %s', (_, text, size) => {
  const found = texts.check(text, () => true)?.message;
  expect(found).toBe(
    size === undefined ? undefined : `has ${size} characters of {{ }} and {% %}, more than 10000`,
  );
});
