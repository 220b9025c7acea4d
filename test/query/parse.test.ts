import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CrmError } from '../../src/domain/errors.ts';
import { everything, type Node, parseArguments, parseQuery, type Term } from '../../src/query/parse.ts';
import { runs } from '../effort.ts';

/** A tree on one line: `and(stage : proposal, not(tag : cold))`. */
function show(node: Node): string {
  if (node.type === 'term') return `${node.field} ${node.operator} ${node.values.join('|')}`;
  if (node.type === 'view') return `@${node.name}`;
  if (node.type === 'not') return `not(${show(node.node)})`;
  return `${node.type}(${node.nodes.map(show).join(', ')})`;
}

function errorOf(parse: () => unknown): { kind: string; message: string; hint: string | undefined } {
  try {
    parse();
  } catch (error) {
    if (error instanceof CrmError) return { kind: error.kind, message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error('no error');
}

describe('the tree', () => {
  it.each([
    ['', 'and()'],
    ['   ', 'and()'],
    ['()', 'and()'],
    ['a:1', 'a : 1'],
    ['a:1 b:2', 'and(a : 1, b : 2)'],
    ['a:1 and b:2', 'and(a : 1, b : 2)'],
    ['a:1 AND b:2 OR NOT c:3', 'or(and(a : 1, b : 2), not(c : 3))'],
    ['a:1 b:2 or c:3 d:4', 'or(and(a : 1, b : 2), and(c : 3, d : 4))'],
    ['a:1 or b:2 or c:3', 'or(a : 1, b : 2, c : 3)'],
    ['a:1 (b:2 or c:3)', 'and(a : 1, or(b : 2, c : 3))'],
    ['not a:1 b:2', 'and(not(a : 1), b : 2)'],
    ['not a:1 or b:2', 'or(not(a : 1), b : 2)'],
    ['not (a:1 or b:2)', 'not(or(a : 1, b : 2))'],
    ['not not a:1', 'not(not(a : 1))'],
    ['not:a:1 b:2', 'and(not(a : 1), b : 2)'],
    ['not:not:a:1', 'not(not(a : 1))'],
    ['not:chairs', 'not(text : chairs)'],
    ['not:@hot', 'not(@hot)'],
    ['((a:1))', 'a : 1'],
    ['a:1(b:2)c:3', 'and(a : 1, b : 2, c : 3)'],
    ['@hot or is:won', 'or(@hot, is : won)'],
    ['nothing order android', 'and(text : nothing, text : order, text : android)'],
  ])('%s', (text, tree) => {
    expect(show(parseQuery(text))).toBe(tree);
  });
});

describe('a term', () => {
  it.each([
    ['chairs', 'text : chairs'],
    ['"office chairs"', 'text : office chairs'],
    ['"or"', 'text : or'],
    ['"(a)"', 'text : (a)'],
    ['"stage:won"', 'text : stage:won'],
    ['text:a,b', 'text : a|b'],
    ['a,b', 'text : a,b'],
    ['owner:ana,ben', 'owner : ana|ben'],
    ['owner:ana,,ben,', 'owner : ana|ben'],
    ['title:"a, b",c', 'title : a, b|c'],
    ['title:a" "b', 'title : a b'],
    ['title:"a""b"', 'title : a"b'],
    ['title:"12"" vinyl, ""new""",b', 'title : 12" vinyl, "new"|b'],
    ['a"b c"d', 'text : ab cd'],
    ['title:=x', 'title = x'],
    ['title:="=x"', 'title = =x'],
    ['title:"<5"', 'title : <5'],
    ['value:>10k', 'value > 10k'],
    ['value:>=10k', 'value >= 10k'],
    ['value:<10k', 'value < 10k'],
    ['value:<=10k', 'value <= 10k'],
    ['value:10..20', 'value .. 10|20'],
    ['value:..20', 'value .. |20'],
    ['value:10..', 'value .. 10|'],
    ['created:"2026-01-01".."today"', 'created .. 2026-01-01|today'],
    ['title:"wait..."', 'title : wait...'],
    ['title:x,"wait.."', 'title : x|wait..'],
    ['value.over:10k', 'value > 10k'],
    ['value.under:10k', 'value < 10k'],
    ['close.after:eom', 'close > eom'],
    ['close.before:eom', 'close < eom'],
    ['contact.score.over:5', 'contact.score > 5'],
    ['tasks.open:>=2', 'tasks.open >= 2'],
    ['fields.constructor:1', 'fields.constructor : 1'],
    ['event:email.opened@30d', 'event : email.opened@30d'],
    ['contact:jane@example.com', 'contact : jane@example.com'],
    ['at:>=2026-05-03T10:00Z', 'at >= 2026-05-03T10:00Z'],
    ['größe:5', 'größe : 5'],
    ['@hot', '@hot'],
    ['@', 'text : @'],
    ['10:30', 'text : 10:30'],
  ])('%s', (text, term) => {
    expect(show(parseQuery(text))).toBe(term);
  });

  it('keeps how it was written', () => {
    const node = parseQuery('not value.over:"10k"') as { node: Term };
    expect(node.node.source).toBe('value.over:"10k"');
  });
});

describe('several arguments', () => {
  it.each([
    [[], 'and()'],
    [['a:1 or b:2'], 'or(a : 1, b : 2)'],
    [['a:1 or b:2', 'c:3'], 'and(or(a : 1, b : 2), c : 3)'],
    [['a:1', 'or', 'b:2', 'c:3'], 'or(a : 1, and(b : 2, c : 3))'],
    [['not', 'a:1 or b:2', 'c:3'], 'and(not(or(a : 1, b : 2)), c : 3)'],
    [['(', 'a:1', 'or', 'b:2', ')', 'c:3'], 'and(or(a : 1, b : 2), c : 3)'],
    [['(a:1', 'or', 'b:2)', 'c:3'], 'and(or(a : 1, b : 2), c : 3)'],
    [['', 'a:1'], 'a : 1'],
    [['office chairs', 'is:open'], 'and(and(text : office, text : chairs), is : open)'],
  ])('%j', (args, tree) => {
    expect(show(parseArguments(args))).toBe(tree);
  });

  it('does not let an argument reach into the next one', () => {
    expect(errorOf(() => parseArguments(['a:1) or (b:2', 'c:3'])).message).toBe(
      'a parenthesis is closed but not opened in "a:1) or (b:2 c:3"',
    );
  });
});

describe('errors', () => {
  const help = 'crm help query';
  it.each([
    ['or', 'nothing to search for at the beginning in "or"', help],
    ['and a:1', 'nothing to search for at the beginning in "and a:1"', help],
    [')', 'nothing to search for at the beginning in ")"', help],
    ['a:1 or', 'nothing to search for after or in "a:1 or"', help],
    ['a:1 or or b:2', 'nothing to search for after or in "a:1 or or b:2"', help],
    ['a:1 and', 'nothing to search for after and in "a:1 and"', help],
    ['a:1 and or b:2', 'nothing to search for after and in "a:1 and or b:2"', help],
    ['not', 'nothing to search for after not in "not"', help],
    ['a:1 not or b:2', 'nothing to search for after not in "a:1 not or b:2"', help],
    ['(', 'nothing to search for after ( in "("', help],
    ['(a:1', 'a parenthesis is not closed in "(a:1"', undefined],
    ['(a:1 or (b:2)', 'a parenthesis is not closed in "(a:1 or (b:2)"', undefined],
    ['a:1)', 'a parenthesis is closed but not opened in "a:1)"', undefined],
    ['title:"office', 'a quote is not closed in "title:\\"office"', undefined],
    ['"', 'a quote is not closed in "\\""', undefined],
    ['""', '"" has no text to search for', help],
    ['not:', 'nothing after not:', 'for example not:tag:cold'],
    ['value:', 'value: has no value', 'for example value:x, has:value or no:value'],
    ['value:>', 'value:> has no value', 'for example value:x, has:value or no:value'],
    ['value.over:', 'value.over: has no value', 'for example value:x, has:value or no:value'],
    ['tag:,', 'tag:, has no value', 'for example tag:x, has:tag or no:tag'],
    ['tag:""', 'tag:"" has no value', 'for example tag:x, has:tag or no:tag'],
    ['value:..', 'value:.. has no value', 'for example value:1..5'],
    ['value:>1,2', 'value:>1,2: a comma means any of, which goes with value:a,b only', undefined],
    ['value.over:1,2', 'value.over:1,2: a comma means any of, which goes with value:a,b only', undefined],
  ])('%s', (text, message, hint) => {
    expect(errorOf(() => parseQuery(text))).toEqual({ kind: 'USAGE', message, hint });
  });

  it.each(['(', 'not ', 'not:'])('a query of 100,000 %j is refused', piece => {
    const { message } = errorOf(() => parseQuery(`${piece.repeat(100_000)}a:1`));
    expect(message).toBe('the query is nested more than 100 deep');
  });

  it('of any text there is a tree or a usage error', () => {
    const words = fc.constantFrom(
      'or',
      'not',
      'and',
      '(',
      ')',
      '"',
      'a:',
      ':',
      '..',
      ',',
      '<',
      'not:',
      '@',
      'x',
    );
    const texts = fc.array(fc.oneof(words, fc.string()), { maxLength: 12 });
    fc.assert(
      fc.property(texts, fc.constantFrom('', ' '), (parts, space) => {
        try {
          parseQuery(parts.join(space));
        } catch (error) {
          expect(error).toMatchObject({ name: 'CrmError', kind: 'USAGE' });
        }
      }),
      { numRuns: runs(500) },
    );
  });
});

// ---- what is printed is read back

const value = fc
  .string({ unit: fc.constantFrom(...'aé1 ,()<=>.:@-'), minLength: 1, maxLength: 8 })
  .filter(text => text.trim() !== '');
const field = fc.constantFrom('stage', 'value', 'tasks.open', 'contact.email', 'stage-age', 'größe');
const quoted = (text: string) => `"${text}"`;
const bare = /^[aé1@-]+$/;
const suffixes: Record<string, string> = { '.over': '>', '.under': '<', '.after': '>', '.before': '<' };
const printValue = (text: string) => (bare.test(text) ? text : quoted(text));

const term: fc.Arbitrary<Node> = fc.oneof(
  value.map((text): Node => {
    const source = bare.test(text) && !text.startsWith('@') ? text : quoted(text);
    return { type: 'term', field: 'text', operator: ':', values: [text], source };
  }),
  fc
    .tuple(
      field,
      fc.constantFrom(':', '=') as fc.Arbitrary<':' | '='>,
      fc.array(value, { minLength: 1, maxLength: 3 }),
    )
    .map(
      ([name, operator, values]): Node => ({
        type: 'term',
        field: name,
        operator,
        values,
        source: `${name}:${operator === '=' ? '=' : ''}${values.map(printValue).join(',')}`,
      }),
    ),
  fc
    .tuple(field, fc.constantFrom('>', '>=', '<', '<=', '.over', '.under', '.after', '.before'), value)
    .map(([name, operator, text]): Node => {
      const sign = suffixes[operator] ?? operator;
      const source = operator.startsWith('.')
        ? `${name}${operator}:${printValue(text)}`
        : `${name}:${operator}${printValue(text)}`;
      return { type: 'term', field: name, operator: sign as '>', values: [text], source };
    }),
  fc.tuple(field, fc.oneof(value, fc.constant('')), value, fc.boolean()).map(([name, a, b, swap]): Node => {
    const values = swap ? [b, a] : [a, b];
    const source = `${name}:${values.map(v => (v === '' ? '' : printValue(v))).join('..')}`;
    return { type: 'term', field: name, operator: '..', values, source };
  }),
  fc.constantFrom('hot', 'mine').map((name): Node => ({ type: 'view', name, source: `@${name}` })),
);

const { tree } = fc.letrec<{ tree: Node }>(tie => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    term,
    fc
      .tuple(
        fc.constantFrom('and', 'or') as fc.Arbitrary<'and' | 'or'>,
        fc.array(tie('tree'), { minLength: 2, maxLength: 4 }),
      )
      .map(([type, nodes]): Node => ({ type, nodes })),
    tie('tree').map((node): Node => ({ type: 'not', node })),
  ),
}));

/** With parentheses only where they are needed. */
function print(node: Node, inside: 'or' | 'and' | 'not' = 'or'): string {
  switch (node.type) {
    case 'term':
    case 'view':
      return node.source;
    case 'not':
      return `not ${print(node.node, 'not')}`;
    case 'and': {
      const text = node.nodes.map(each => print(each, 'and')).join(' ');
      return inside === 'or' ? text : `(${text})`;
    }
    case 'or': {
      // An or within an or is not another tree than with parentheses, so it needs them.
      const text = node.nodes
        .map(each => (each.type === 'or' ? `(${print(each)})` : print(each)))
        .join(' or ');
      return inside === 'or' ? text : `(${text})`;
    }
  }
}

describe('what is printed', () => {
  it('is read back as the same tree', () => {
    fc.assert(
      fc.property(tree, node => {
        expect(parseQuery(print(node))).toEqual(node);
      }),
      { numRuns: runs(300) },
    );
  });

  it('is the same as several arguments', () => {
    fc.assert(
      fc.property(fc.array(tree, { minLength: 2, maxLength: 4 }), nodes => {
        expect(parseArguments(nodes.map(node => print(node)))).toEqual({ type: 'and', nodes });
      }),
    );
  });

  it('an empty query is true of everything', () => {
    expect(parseArguments([])).toEqual(everything);
  });
});
