/** Texts that know which parts of them are values, templates within templates, and trials of every branch. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeTexts } from '../../src/engine/liquid.ts';
import { type MarkedText, Written } from '../../src/engine/texts.ts';

const bodies = new Map([
  ['footer', 'Yours, {{ contact.name }}'],
  ['outer', "[{% render 'footer' %}]"],
  ['round', "{% render 'round' %}"],
]);
const texts = makeTexts('UTC', bodies);
const signature = new Written(
  texts.renderMarked('**{{ user.name }}**', { all: { user: { name: 'Ana' } } }, 0),
);
const all = { contact: { name: 'Jane *Roe*', tags: ['a', 'b'] }, user: { name: 'Ana', signature } };

const valuesOf = ({ text, inserted }: MarkedText): string[] =>
  inserted.flatMap((at, i) => (i % 2 === 0 ? [text.slice(at, at + inserted[i + 1]!)] : []));

test.each([
  ['Dear {{ contact.name }},', 'Dear Jane *Roe*,', ['Jane *Roe*']],
  ['{{ contact.name }}{{ contact.name }}', 'Jane *Roe*Jane *Roe*', ['Jane *Roe*', 'Jane *Roe*']],
  ['{% for t in contact.tags %}- {{ t | upcase }}\n{% endfor %}', '- A\n- B\n', ['A', 'B']],
  ['{% capture x %}*{{ contact.name }}*{% endcapture %}{{ x }}', '*Jane *Roe**', ['*Jane *Roe**']],
  ['{% echo contact.name %}', 'Jane *Roe*', ['Jane *Roe*']],
  ['{% cycle contact.name, "x" %}', 'Jane *Roe*', ['Jane *Roe*']],
  // A signature is a text of its author; what is inserted into it is a value.
  ['-- \n{{ user.signature }}', '-- \n**Ana**', ['Ana']],
  ['{{ user.signature | upcase }}', '**ANA**', ['**ANA**']],
  ["{% render 'outer' %}!", '[Yours, Jane *Roe*]!', ['Jane *Roe*']],
])('%j: the values are known', (text, rendered, values) => {
  const marked = texts.renderMarked(text, { all }, 0);
  expect([marked.text, valuesOf(marked)]).toEqual([rendered, values]);
  expect(texts.render(text, { all }, 0)).toBe(rendered);
});

test('every value is found at its position, even one that contains our marks', () => {
  const odd = fc.string({
    unit: fc.constantFrom('\ufdd0', '\ufdd1', 'a', '*', '\n', ' ', '{{', '😀'),
    minLength: 1,
  });
  fc.assert(
    fc.property(odd, odd, (name, title) => {
      const kept = (text: string) => text.replace(/[\ufdd0\ufdd1]/g, '');
      fc.pre(kept(name) !== '' && kept(title).trim() !== '');
      const source = { all: { contact: { name }, deal: { title } } };
      const marked = texts.renderMarked(
        'A {{ contact.name }} B {{ deal.title | strip }}{{ deal.title }}',
        source,
        0,
      );
      const values = valuesOf(marked);
      expect(values.filter(value => value === kept(name))).not.toEqual([]);
      expect(values.at(-1)).toBe(kept(title));
      expect(marked.text).toMatch(/^A /);
    }),
  );
});

test('a template within a template: unknown, without end, and what fails in it', () => {
  const knows = () => true as const;
  expect(texts.check("{% render 'foter' %}", knows)).toMatchObject({
    message: `{% render 'foter' %} there is no template "foter"`,
    hint: 'did you mean footer?',
  });
  expect(() => texts.render("{% render 'round' %}", { all }, 0)).toThrow('the template round renders itself');
  expect(() => texts.render("{% render 'footer' %}", { all: {} }, 0)).toThrow(
    "{% render 'footer' %} in footer: {{ contact.name }} is empty for this record",
  );
  expect(texts.partsOf("{% if contact %}{% render 'outer' %}{% endif %}")).toEqual(['outer']);
});

test.each([
  ['{% if contact %}x{% else %}{{ "now" | date: "%z" }}{% endif %}', '%z'],
  ['{% unless contact %}{{ contact.name | divided_by: 0 }}{% endunless %}', 'divided_by'],
  ['{% case contact.name %}{% when "x" %}{{ contact.name | date }}{% endcase %}', 'neither a day'],
  ['{% for t in contact.tags %}{% break %}{{ t | date }}{% endfor %}', 'neither a day'],
])('%s: a trial of every branch finds what fails', (text, message) => {
  expect(texts.trial(text, { all }, 0, false)).toBeUndefined();
  expect(texts.trial(`\n${text}`, { all }, 0, true)).toMatchObject({ line: 2, isEmpty: false });
  expect(texts.trial(text, { all }, 0, true)?.message).toContain(message);
});

test('a trial reports empty values, unless it tries every branch', () => {
  const text = '{% if account %}a{% else %}{{ account.name }}{% endif %}';
  expect(texts.trial(text, { all }, 0, false)).toMatchObject({ isEmpty: true, line: 1 });
  expect(texts.trial(text, { all }, 0, true)).toBeUndefined();
});
