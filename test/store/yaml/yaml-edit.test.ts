/** The text of a YAML file is the user's: an edit touches the lines of what it changes, and no others. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { CrmError } from '../../../src/domain/errors.ts';
import { editYaml } from '../../../src/store/yaml/yaml-edit.ts';
import type { YamlTree } from '../../../src/store/yaml/yaml-tree.ts';
import { type Drawn, type Edit, edited, type Steps } from '../yaml-documents.ts';
import { runs } from '../../effort.ts';

type Data = { [key: string]: unknown } & unknown[];

const valueIn = (text: string): unknown => parseDocument(text).toJS();

function onTree(tree: YamlTree, change: Edit): void {
  if (change.op === 'put') tree.put(change.path, change.value);
  else if (change.op === 'add') tree.add(change.path, change.value, change.at);
  else if (change.op === 'take') tree.take(change.path);
  else {
    const list = tree.list(change.path);
    list.splice(change.to, 0, list.splice(change.from, 1)[0]!);
  }
}

/** The same edit on plain data. */
function onData(data: unknown, change: Edit): unknown {
  const root = { root: structuredClone(data) ?? {} } as unknown as Data;
  const at = (path: Steps, empty: () => unknown): Data => {
    let node = root;
    let step: string | number = 'root';
    for (const next of path) {
      node[step as never] ??= {} as never;
      node = node[step as never] as Data;
      step = next;
    }
    node[step as never] ??= empty() as never;
    return node[step as never] as Data;
  };
  const above = () => at(change.path.slice(0, -1), () => ({}));
  const last = change.path.at(-1)! as never;
  if (change.op === 'put') above()[last] = change.value as never;
  else if (change.op === 'add') at(change.path, () => []).splice(change.at, 0, change.value);
  else if (change.op === 'take') {
    const holder = above();
    if (Array.isArray(holder)) holder.splice(last, 1);
    else delete holder[last];
  } else {
    const list = at(change.path, () => []);
    list.splice(change.to, 0, list.splice(change.from, 1)[0]);
  }
  return root.root;
}

const startsWith = (path: Steps | undefined, start: Steps): boolean =>
  path !== undefined && start.every((step, i) => path[i] === step);

/** The entries that an edit may touch, with what is below them: of two neighbours that change places, either one. */
function touched(change: Edit, drawn: Drawn): (owner: Steps | undefined) => boolean {
  const each = entriesOf(change, drawn).map(entry => touchedBy(change, entry, drawn));
  return owner => each.some(touches => touches(owner));
}

const entriesOf = (change: Edit, { hasAnchor }: Drawn): Steps[] => {
  // An alias and what it stands for are equal: of the two, the one that goes is not the one that was named.
  if (hasAnchor && typeof change.path.at(-1) === 'number') return [change.path.slice(0, -1)];
  if (change.op !== 'move') return [change.path];
  const { path, from, to } = change;
  return Math.abs(from - to) === 1
    ? [
        [...path, from],
        [...path, to],
      ]
    : [[...path, from]];
};

function touchedBy(
  change: Edit,
  entry: Steps,
  { places, lines }: Drawn,
): (owner: Steps | undefined) => boolean {
  // What is in a flow collection has no lines of its own: the lines are the collection's.
  const written = entry.findLastIndex((_, i) =>
    lines.some(({ owner }) => same(owner, entry.slice(0, i + 1))),
  );
  const own = entry.slice(0, written + 1);
  // A collection that becomes empty, or is no longer, is written on the line of its key.
  const above = entry.slice(0, -1);
  const emptied = change.op === 'take' && places.some(({ path, size }) => same(path, above) && size === 1);
  return owner => startsWith(owner, own) || (emptied && same(owner, above));
}

const same = (a: Steps | undefined, b: Steps): boolean =>
  a !== undefined && a.length === b.length && startsWith(a, b);

const commentsIn = (text: string): string[] => text.match(/# c\d+/g) ?? [];

/** The comments that may go: those inside what is taken out or replaced, and right above it. */
function mayGo(change: Edit, drawn: Drawn): Set<string> {
  if (change.op === 'add' || change.op === 'move') return new Set();
  const isTouched = touched({ ...change, path: change.path }, drawn);
  const gone = new Set<string>();
  const within = entriesOf(change, drawn);
  // A collection inside a flow collection takes its comments along.
  const isInner = drawn.places.some(
    ({ path, kind }) => same(path, change.path) && (kind === 'map' || kind === 'list'),
  );
  drawn.lines.forEach(({ text, owner }, i) => {
    const isWithin = within.some(entry => startsWith(owner, entry));
    const isAround = isInner && isTouched(owner) && owner!.length < change.path.length;
    if (isWithin || isAround) for (const comment of commentsIn(text)) gone.add(comment);
    if (!isWithin) return;
    if (change.op !== 'take') return;
    for (let j = i - 1; j >= 0 && drawn.lines[j]!.owner === undefined; j--)
      for (const comment of commentsIn(drawn.lines[j]!.text)) gone.add(comment);
  });
  return gone;
}

function check({ drawn, change }: { drawn: Drawn; change: Edit }): void {
  const { text } = drawn;
  fc.pre(parseDocument(text).errors.length === 0);
  let after: string;
  try {
    after = editYaml('crm.yaml', text, tree => onTree(tree, change));
  } catch (error) {
    // Only what others share may be refused.
    if (drawn.hasAnchor && error instanceof CrmError && error.kind === 'FAILED') {
      expect(error.message).toMatch(/^crm\.yaml:\d+: /);
      return;
    }
    throw error;
  }
  expect(valueIn(after)).toEqual(onData(valueIn(text), change));
  const isTouched = touched(change, drawn);
  if (!/(^|[^\r])\n/.test(text)) expect(after).not.toMatch(text.includes('\r\n') ? /(^|[^\r])\n/ : /\r/);
  const plain = (lines: string) => lines.replace('\uFEFF', '').replaceAll('\r\n', '\n').split('\n');
  const stay = plain(text).filter((line, at) => {
    const owner = drawn.lines[at]?.owner;
    return line !== '' && drawn.lines[at] && !isTouched(owner) && !isAbove(change, drawn, at);
  });
  const now = plain(after);
  let from = 0;
  for (const line of stay) {
    const at = now.indexOf(line, from);
    expect(at, `${JSON.stringify(line)} was changed:\n${after}`).toBeGreaterThanOrEqual(0);
    from = at + 1;
  }
  const kept = new Set(commentsIn(after));
  const gone = mayGo(change, drawn);
  expect(commentsIn(text).filter(comment => !kept.has(comment) && !gone.has(comment))).toEqual([]);
}

/** Whether a line is a comment right above what is taken out or moved. */
function isAbove(change: Edit, drawn: Drawn, at: number): boolean {
  const { lines } = drawn;
  if (change.op !== 'take' && change.op !== 'move') return false;
  const next = lines.slice(at).find(({ owner }) => owner !== undefined);
  return (
    lines[at]!.owner === undefined && entriesOf(change, drawn).some(entry => startsWith(next?.owner, entry))
  );
}

describe('a flow list', () => {
  const texts = ['a', 'b', 'c', 'd'];
  const lists = texts.flatMap((_, i) => [texts.slice(0, i + 1)]);
  const wanted = fc.subarray(texts).chain(some => fc.constantFrom(some, [...some, 'new'], ['new', ...some]));

  test('becomes any other, with entries side by side that go while new ones come', () => {
    fc.assert(
      fc.property(fc.constantFrom(...lists), wanted, (now, then) => {
        const text = `# above\nlist: [ ${now.join(', ')} ] # beside\nafter: 1\n`;
        const after = editYaml('x.yaml', text, tree => tree.put(['list'], then));
        expect(valueIn(after)).toEqual({ list: then, after: 1 });
        expect(after).toMatch(/^# above\nlist: \[.*\] # beside\nafter: 1\n$/);
      }),
    );
  });
});

describe('an edit of YAML', () => {
  test('touches only the lines of its entry, makes exactly the requested change, and keeps all other comments', () => {
    fc.assert(fc.property(edited(false), check), { numRuns: runs(100) });
  });

  test('never changes what an anchor shares: it is made right, or refused with the line', () => {
    fc.assert(fc.property(edited(true), check), { numRuns: runs(60) });
  });
});
