/** Reads the actions of a case: each item of `given` and `steps` is a map with one word, which names the action. */
import { definitionOf } from '../../../kinds/define.ts';
import { clockIn } from '../../../domain/clock.ts';
import type { Config } from '../../../domain/config.ts';
import { isDuration, parseDuration } from '../../../domain/dates.ts';
import type { Kind } from '../../../domain/kinds.ts';
import { suggestion } from '../../../domain/nearest.ts';
import { parseWhen } from '../../../domain/typed-dates.ts';
import { addable, CaseFields } from './case-fields.ts';
import { type CaseProblems, isMap, type Path, type YamlMap } from './case-problems.ts';
import type { Action } from './cases.ts';
import { readSweep } from './read-sweep.ts';

/** The tools for reading an action. */
interface Reading {
  readonly problems: CaseProblems;
  readonly fields: CaseFields;
  readonly config: Config;
}

type ReadAction = (value: unknown, path: Path, line: number, reading: Reading) => Action[];

/** Reads the fields of a record that is added; an event has properties beside them. */
const adds =
  (kind: (typeof addable)[number]): ReadAction =>
  (value, path, line, { fields, config }) => {
    const { props, ...rest } =
      isMap(value) && definitionOf(config.kinds, kind).hasProps ? value : { ...(value as YamlMap) };
    const given = fields.read(path, kind, isMap(value) ? rest : value, 'given');
    if (!given) return [];
    return [
      {
        ...{ type: 'add', kind, fields: given, line },
        ...(props !== undefined && { props: fields.props(path, props) }),
      },
    ];
  };

/** Sets the status of records, and nothing else. */
const setsStatus =
  (kind: Kind, status: string): ReadAction =>
  (value, path, line, { problems }) =>
    problems.records(path, value).map(record => ({ type: 'set', record, kind, fields: { status }, line }));

const changesScore: ReadAction = (value, path, line, { problems }) =>
  problems.byRecord(path, value).flatMap(([record, points]): Action[] => {
    const match = /^(=|\+)?(-?\d+(?:\.\d+)?)$/.exec(String(points));
    if (match)
      return [
        { type: 'score', record, how: match[1] === '=' ? 'set' : 'add', points: Number(match[2]), line },
      ];
    problems.say(
      [...path, record],
      `${JSON.stringify(points)} is not a change of a score`,
      'accepted: +10, -5, =80',
    );
    return [];
  });

/** The action of each word. */
const words: Readonly<Record<string, ReadAction>> = {
  ...Object.fromEntries(addable.map(kind => [kind, adds(kind)])),
  set: (value, path, line, { problems, fields }) =>
    problems.byRecord(path, value).flatMap(([record, each]) => {
      const given = fields.read([...path, record], undefined, each, 'given');
      return given ? [{ type: 'set' as const, record, fields: given, line }] : [];
    }),
  win: setsStatus('deal', 'won'),
  lose: setsStatus('deal', 'lost'),
  reopen: setsStatus('deal', 'open'),
  done: setsStatus('task', 'done'),
  score: changesScore,
  remove: (value, path, line, { problems }) =>
    problems.records(path, value).map(record => ({ type: 'remove', record, line })),
  wait: (value, path, line, { problems }) => {
    if (typeof value === 'string' && isDuration(value))
      return [{ type: 'wait', ms: parseDuration(value), line }];
    problems.say(path, `wait: ${JSON.stringify(value)} is not a duration`, 'for example 3d, 2w or 6h');
    return [];
  },
  until: (value, path, line, { problems, config }) => {
    const when = String(value);
    problems.caught(path, () => parseWhen(when, clockIn(config, 0)));
    return [{ type: 'until', when, line }];
  },
};

/** Reads an item of `steps`, or of `given`, where nothing sweeps; returns nothing for a wrong item. */
export function readActions(
  path: Path,
  item: unknown,
  sweeps: boolean,
  problems: CaseProblems,
  config: Config,
): Action[] {
  const known = [...Object.keys(words), ...(sweeps ? ['sweep'] : [])];
  const map = typeof item === 'string' ? { [item]: null } : item;
  const [word, ...more] = isMap(map) ? Object.keys(map) : [];
  if (word === undefined || more.length > 0) {
    problems.say(path, 'one thing that happens is a map of one word', 'win: Chairs');
    return [];
  }
  const at = [...path, word];
  if (!known.includes(word)) {
    const hint = word === 'sweep' ? 'the rule is not there yet' : suggestion(word, known, 'known');
    problems.say(at, word === 'sweep' ? 'given has no sweeps' : `unknown word ${JSON.stringify(word)}`, hint);
    return [];
  }
  const value = (map as YamlMap)[word];
  const fields = new CaseFields(problems, config);
  if (word === 'sweep') return readSweep(at, value, problems, fields);
  return words[word]!(value, at, problems.lineOf(at), { problems, fields, config });
}
