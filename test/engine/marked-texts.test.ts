/** Texts that know which parts of them are values, templates within templates, and trials of every branch. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeTexts } from '../../src/engine/texts/liquid.ts';
import { originalOf, reasonOf, tokenOf } from '../../src/engine/texts/liquid-tags.ts';
import { EmptyValue, type MarkedText, TextError, Written } from '../../src/engine/texts/texts.ts';

const bodies = new Map([
  ['footer', 'Yours, {{ contact.name }}'],
  ['outer', "[{% render 'footer' %}]"],
  ['round', "{% render 'round' %}"],
  ['dates', "a\n{{ contact.name | date: '%F' }}"],
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
  // A template may stand twice, one after the other; only in itself it has no end.
  [
    "{% render 'footer' %}; {% render 'footer' %}",
    'Yours, Jane *Roe*; Yours, Jane *Roe*',
    ['Jane *Roe*', 'Jane *Roe*'],
  ],
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
  expect(texts.check("{% render 'zzzzzzzz' %}", knows)).toMatchObject({
    message: `{% render 'zzzzzzzz' %} there is no template "zzzzzzzz"`,
    hint: 'crm template list',
  });
  for (const text of ['{% render footer %}', '{% render %}', "{% render 'footer' with contact %}"])
    expect(texts.check(text, knows)).toMatchObject({
      message: `${text} names no template`,
      hint: "{% render 'footer' %} renders templates/footer.md",
    });
  expect(() => texts.render("{% render 'round' %}", { all }, 0)).toThrow('the template round renders itself');
  expect(() => texts.render("{% render 'dates' %}", { all }, 0)).toThrow(
    "in dates: {{ contact.name | date: '%F' }} date:",
  );
  expect(() => texts.render("{% render 'footer' %}", { all: {} }, 0)).toThrow(
    "{% render 'footer' %} in footer: {{ contact.name }} is empty for this record",
  );
  const failure = (text: string, source: object) => {
    try {
      return texts.render(text, { all: source as { [name: string]: unknown } }, 0);
    } catch (error) {
      return error;
    }
  };
  expect(failure("{% render 'footer' %}", {})).toBeInstanceOf(EmptyValue);
  expect(failure("{% render 'dates' %}", all)).not.toBeInstanceOf(EmptyValue);
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

test('a trial of every branch prints each of them, in order, and the whole of a loop', () => {
  for (const text of [
    '{% if contact %}{% endif %}{% unless contact %}{% endunless %}{% case user.name %}{% endcase %}',
    '{% if nothing.at.all %}{% elsif contact %}a{% endif %}',
    '{% case nothing %}{% when "x" %}a{% else %}b{% endcase %}',
    '{% for t in contact.tags %}{% if t %}{% continue %}{% endif %}{{ t }}{% endfor %}',
  ])
    expect(texts.trial(text, { all }, 0, true), text).toBeUndefined();
  // The condition itself is tried as well.
  for (const [open, close] of [
    ['if', 'endif'],
    ['unless', 'endunless'],
    ['case', 'endcase'],
  ])
    expect(
      texts.trial(`{% ${open} contact.name | date %}{% ${close} %}`, { all }, 0, true)?.message,
    ).toContain('neither a day');
  // A usual rendering goes on after a trial as before it.
  expect(texts.render('{% if contact %}a{% else %}b{% endif %}', { all }, 0)).toBe('a');
  expect(() => texts.render('{{ account.name }}', { all }, 0)).toThrow('is empty');
});

test('the reason of an error is its first line, without the place', () => {
  const positioned = (message: string, token?: object) => Object.assign(new Error(message), { token });
  expect(reasonOf('words')).toBe('words');
  expect(reasonOf(undefined)).toBe('undefined');
  expect(reasonOf({ originalError: new Error('x'), token: {} })).toBe('[object Object]');
  expect(reasonOf(new Error('one\ntwo'))).toBe('one');
  expect(reasonOf(new Error('failed, line:12, col:34'))).toBe('failed');
  expect(reasonOf(new Error('failed, line:1, col:2 and more'))).toBe('failed, line:1, col:2 and more');
  expect(reasonOf(positioned('failed', { getText: () => '{{ x }}' }))).toBe('{{ x }} failed');
  expect(reasonOf(positioned('{{ x }} failed', { getText: () => '{{ x }}' }))).toBe('{{ x }} failed');
  expect(reasonOf(positioned('failed', {}))).toBe('failed');
  expect(reasonOf(positioned('failed'))).toBe('failed');
  const inner = new TextError('of ours, line:1, col:2');
  expect(reasonOf(Object.assign(new Error('theirs'), { originalError: inner }))).toBe('of ours');
  expect(reasonOf(Object.assign(new Error('theirs'), { originalError: new Error('x') }))).toBe('theirs');
  const plain = { originalError: inner, token: {} };
  expect([originalOf(plain), tokenOf(plain), tokenOf(undefined)]).toEqual([plain, undefined, undefined]);
  expect(originalOf(inner)).toBe(inner);
});

test('a trial reports empty values, unless it tries every branch', () => {
  const text = '{% if account %}a{% else %}{{ account.name }}{% endif %}';
  expect(texts.trial(text, { all }, 0, false)).toMatchObject({ isEmpty: true, line: 1 });
  expect(texts.trial('{{ contact.name | date }}', { all }, 0, false)).toMatchObject({
    isEmpty: false,
    line: 1,
  });
  expect(texts.trial(text, { all }, 0, true)).toBeUndefined();
});
