/** Reads one or several sweeps in a case, and the changes that are expected of them. */
import { isDuration, parseDuration } from '../../../domain/dates.ts';
import { suggestion } from '../../../domain/nearest.ts';
import { type CaseFields, expectable } from './case-fields.ts';
import { type CaseProblems, isMap, isScalar, type Path, type YamlMap } from './case-problems.ts';
import type { Action, Expected } from './cases.ts';

const outcomes = ['failed', 'waiting', 'completed'] as const;

export function readSweep(path: Path, value: unknown, problems: CaseProblems, fields: CaseFields): Action[] {
  const line = problems.lineOf(path);
  const several = isMap(value);
  const known = ['every', 'for', 'expect'];
  if (several) problems.unknownKeys(path, value, known);
  const duration = (name: string): number => {
    const given = several ? value[name] : undefined;
    if (typeof given === 'string' && isDuration(given) && parseDuration(given) > 0)
      return parseDuration(given);
    if (several)
      problems.say([...path, name], `several sweeps need ${name}: a duration`, '{ every: 1d, for: 14d }');
    return 1;
  };
  const every = duration('every');
  const span = duration('for');
  const wanted = several ? value.expect : value;
  const at = several ? [...path, 'expect'] : path;
  if (wanted === undefined || wanted === null)
    return [
      { type: 'sweep', expected: undefined, every, times: several ? Math.floor(span / every) : 1, line },
    ];
  const expected =
    wanted === 'nothing'
      ? []
      : Array.isArray(wanted)
        ? (wanted as unknown[]).flatMap((item, i) => readExpected([...at, i], item, problems, fields))
        : undefined;
  if (!expected) problems.say(at, 'what a sweep does is nothing, or a list of changes', 'sweep: nothing');
  return [
    { type: 'sweep', expected: expected ?? [], every, times: several ? Math.floor(span / every) : 1, line },
  ];
}

function readExpected(path: Path, item: unknown, problems: CaseProblems, fields: CaseFields): Expected[] {
  const line = problems.lineOf(path);
  const [word, ...more] = isMap(item) ? Object.keys(item) : [];
  if (word === undefined || more.length > 0) {
    problems.say(path, 'one change is a map of one word', 'task: { title: Call back, due: +1d }');
    return [];
  }
  const value = (item as YamlMap)[word];
  const at = [...path, word];
  const kind = expectable.find(k => k === word);
  if (kind) {
    const given = fields.read(at, kind, value, 'expected');
    return given ? [{ type: 'added', kind, fields: given, line }] : [];
  }
  const outcome = outcomes.find(o => o === word);
  if (outcome || word === 'removed') {
    if (isScalar(value))
      return [
        outcome
          ? { type: 'outcome', outcome, text: String(value), line }
          : { type: 'removed', record: String(value), line },
      ];
    problems.say(at, `${word}: which record?`, `${word}: D1`);
    return [];
  }
  // Any other word is the id or the name of a record, and must have something to be expected of it.
  if (!isMap(value)) {
    problems.say(
      at,
      `unknown word ${JSON.stringify(word)}`,
      suggestion(word, [...expectable, ...outcomes, 'removed'], 'known'),
    );
    return [];
  }
  const given = fields.read(at, undefined, value, 'expected');
  return given ? [{ type: 'changed', record: word, fields: given, line }] : [];
}
