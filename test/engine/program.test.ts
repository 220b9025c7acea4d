/** The way through the steps of a rule, as a list of instructions. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Automation, StepSpec } from '../../src/domain/automation.ts';
import { effectsOf } from '../../src/engine/rules/all-steps.ts';
import { type Instruction, placeOf, programOf, reachedIn } from '../../src/engine/program.ts';

const rule = (steps: readonly StepSpec[]): Automation => ({
  id: 'a',
  name: 'a',
  enabled: true,
  for: 'deal',
  on: [],
  runs: 'once',
  limit: { count: 1, per: 1 },
  overlap: false,
  steps,
});

/** Steps in the order in which they stand, with branches in them. */
type Tree = { kind: 'add-note' | 'goal' } | { kind: 'if'; yes?: Tree[] | undefined; no?: Tree[] | undefined };
const trees: fc.Arbitrary<Tree[]> = fc.letrec<{ list: Tree[]; step: Tree }>(tie => ({
  list: fc.array(tie('step'), { maxLength: 3, depthIdentifier: 'list' }),
  step: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'list' },
    fc.record({ kind: fc.constantFrom<('add-note' | 'goal')[]>('add-note', 'goal') }),
    fc.record({
      kind: fc.constant('if' as const),
      yes: fc.option(tie('list'), { nil: undefined }),
      no: fc.option(tie('list'), { nil: undefined }),
    }),
  ),
})).list;

function specsOf(list: readonly Tree[], path = ''): StepSpec[] {
  return list.map((tree, i) => {
    const at = `${path}${i + 1}.`;
    const step = { id: `${at}${tree.kind}`, type: tree.kind, params: { name: at, when: at } };
    if (tree.kind !== 'if') return step;
    const branches: [string, StepSpec[]][] = [];
    if (tree.yes) branches.push(['then', specsOf(tree.yes, `${at}then.`)]);
    if (tree.no) branches.push(['else', specsOf(tree.no, `${at}else.`)]);
    return { ...step, ...Object.fromEntries(branches) };
  });
}

/** The steps that are taken if the branches are these, one after the other; then all are `then`. */
function taken(list: readonly StepSpec[], branches: boolean[]): string[] {
  return list.flatMap(step => {
    if (step.type !== 'if') return [step.id];
    const isThen = branches.shift() ?? true;
    return [step.id, ...taken((isThen ? step.then : step.else) ?? [], branches)];
  });
}

function walked(program: readonly Instruction[], branches: boolean[]): string[] {
  const ids: string[] = [];
  for (let at = 0; at < program.length; ) {
    const { id, spec, next, otherwise } = program[at]!;
    ids.push(id);
    at = spec.type === 'if' && !(branches.shift() ?? true) ? otherwise : next;
  }
  return ids;
}

test('instructions lead through steps and branches as they are nested (property)', () => {
  fc.assert(
    fc.property(trees, fc.array(fc.boolean(), { maxLength: 6 }), (list, branches) => {
      const specs = specsOf(list);
      const program = programOf(rule(specs));
      expect(walked(program, [...branches])).toEqual(taken(specs, [...branches]));
    }),
    { numRuns: 300 },
  );
});

test('a step knows the goals after it, in its list and in those around it (property)', () => {
  fc.assert(
    fc.property(trees, list => {
      const expected = (specs: readonly StepSpec[], around: readonly string[]): [string, string[]][] =>
        specs.flatMap((step, i) => {
          const later = specs.slice(i + 1).flatMap(({ id, type }) => (type === 'goal' ? [id] : []));
          const goals = [...later, ...around];
          return [
            [step.id, goals] as [string, string[]],
            ...expected(step.then ?? [], goals),
            ...expected(step.else ?? [], goals),
          ];
        });
      const specs = specsOf(list);
      expect(programOf(rule(specs)).map(({ id, goals }) => [id, goals.map(goal => goal.id)])).toEqual(
        expected(specs, []),
      );
    }),
    { numRuns: 200 },
  );
});

describe('what can be reached', () => {
  const step = (
    id: string,
    type: string,
    params: StepSpec['params'] = {},
    more: Partial<StepSpec> = {},
  ): StepSpec => ({
    ...{ id, type, params },
    ...more,
  });
  const note = (id: string) => step(id, 'add-note');
  const reached = (
    specs: readonly StepSpec[],
    from?: number,
    stops?: (instruction: Instruction) => boolean,
  ) => {
    const program = programOf(rule(specs));
    return [...reachedIn(program, from, stops)].sort((a, b) => a - b).map(at => program[at]!.id);
  };
  const branch = step(
    'i',
    'if',
    {},
    { ...Object.fromEntries([['then', [note('t')]]]), else: [step('e', 'stop')] },
  );

  it.each<[string, readonly StepSpec[], number, string[]]>([
    ['all, without a stop', [note('a'), note('b')], 0, ['a', 'b']],
    ['from a place on', [note('a'), note('b'), note('c')], 1, ['b', 'c']],
    ['nothing from a place after the last step', [note('a')], 1, []],
    ['both branches, and what follows the one that ends', [branch, note('z')], 0, ['i', 't', 'e', 'z']],
    ['nothing after a stop', [step('s', 'stop'), note('a')], 0, ['s']],
    [
      'where a go-to leads, and nothing after it',
      [step('g', 'go-to', { label: 'c' }), note('b'), note('c')],
      0,
      ['g', 'c'],
    ],
    ['back as well', [note('a'), note('b'), step('g', 'go-to', { label: 'a' })], 1, ['a', 'b', 'g']],
    ['nothing by a label that is not there', [step('g', 'go-to', { label: 'x' }), note('b')], 0, ['g']],
    [
      'a goal after a stop',
      [note('a'), step('s', 'stop'), note('b'), step('G', 'goal'), note('c')],
      0,
      ['a', 's', 'G', 'c'],
    ],
  ])('%s', (_, specs, from, expected) => {
    expect(reached(specs, from)).toEqual(expected);
  });

  it('not past where it stops', () => {
    expect(reached([note('a'), step('w', 'wait'), note('b')], 0, ({ spec }) => spec.type === 'wait')).toEqual(
      ['a', 'w'],
    );
    expect(reached([note('a'), note('b')])).toEqual(['a', 'b']);
  });
});

test.each([
  ['the step of the id', '2.wait', 1],
  ['the step that is now in its place', '2.add-note', 1],
  ['in a branch', '3.then.1.wait', 3],
  ['in a branch within a branch', '3.else.1.then.1.stop', 5],
  ['of two digits', '12.wait', 'end'],
  ['no step that begins with the same digits', '1', undefined],
  ['no place of a label', 'remind', undefined],
  ['no place of a label with a number', 'remind.2.wait', undefined],
  ['the end, where nothing is in its place', '3.then.2.wait', 'end'],
])('an enrolment goes on at %s', (_, id, place) => {
  const step = (type: string, more: object = {}): StepSpec => ({ id: '', type, params: {}, ...more });
  const numbered = (specs: readonly StepSpec[], path = ''): StepSpec[] =>
    specs.map((each, i) => ({
      ...each,
      id: `${path}${i + 1}.${each.type}`,
      ...Object.fromEntries(
        (['then', 'else'] as const).flatMap(name =>
          each[name] ? [[name, numbered(each[name], `${path}${i + 1}.${name}.`)]] : [],
        ),
      ),
    }));
  const both = (yes: StepSpec[], no: StepSpec[]) =>
    Object.fromEntries([
      ['then', yes],
      ['else', no],
    ]);
  const inner = step('if', both([step('add-note')], []));
  const program = programOf(
    rule(
      numbered([step('add-note'), step('wait'), step('if', both([step('add-note')], [inner])), step('stop')]),
    ),
  );
  expect(program.map(each => each.id)).toEqual([
    '1.add-note',
    '2.wait',
    '3.if',
    '3.then.1.add-note',
    '3.else.1.if',
    '3.else.1.then.1.add-note',
    '4.stop',
  ]);
  expect(placeOf(program, id)).toBe(place === 'end' ? program.length : place);
});

test.each<[string, object, object[]]>([
  ['add-deal', { title: 'X' }, [{ adds: 'deal', fields: { title: 'X' } }]],
  ['update', { title: 'X' }, [{ sets: 'deal', fields: { title: 'X' } }]],
  ['update', { on: 'contact', name: 'X' }, [{ sets: 'contact', fields: { name: 'X' } }]],
  ['assign', { to: 'ana' }, [{ sets: 'deal', fields: { owner: 'ana' } }]],
  ['assign', { on: 'task', to: 'ana' }, [{ sets: 'task', fields: { assignee: 'ana' } }]],
  ['add-task', { title: 'X' }, [{ adds: 'task', fields: { title: 'X' } }]],
  ['complete-tasks', {}, [{ sets: 'task', fields: { status: 'done' } }]],
  ['repeat-task', {}, [{ adds: 'task', fields: {} }]],
  ['add-note', { text: 'X' }, [{ adds: 'activity', fields: { type: 'note' } }]],
  ['log', { type: 'call', text: 'X' }, [{ adds: 'activity', fields: { type: 'call' } }]],
  ['add-tag', { tag: 'a' }, [{ tags: 'deal', names: 'a', isGone: false }]],
  ['remove-tag', { on: 'contact', tag: 'a' }, [{ tags: 'contact', names: 'a', isGone: true }]],
  ['adjust-score', { by: '5', on: 'contact' }, [{ scores: 'contact', score: undefined, by: 5 }]],
  ['adjust-score', { by: -5, score: 'heat' }, [{ scores: 'deal', score: 'heat', by: -5 }]],
  ['add-event', { name: 'x', props: {} }, [{ adds: 'event', fields: { name: 'x' } }]],
  ['send-email', { to: 'contact' }, [{ sends: 'email' }]],
  ['start', { automation: 'b' }, [{ starts: 'b' }]],
  ['goal', { name: 'Bought' }, [{ reaches: 'Bought', of: 'a' }]],
  ...['notify', 'webhook', 'run', 'wait', 'if', 'label', 'go-to', 'end', 'stop'].map(
    (type): [string, object, object[]] => [type, { on: 'deal' }, []],
  ),
])('%s %j may cause %j', (type, params, effects) => {
  expect(effectsOf(rule([]), { id: '1', type, params: params as StepSpec['params'] })).toEqual(effects);
});
