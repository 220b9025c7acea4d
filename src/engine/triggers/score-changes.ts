import type { Params, SubjectKind } from '../../domain/automation.ts';
import type { Config } from '../../domain/config.ts';
import { compileText } from '../../query/compile.ts';
import { defaultScore, isScored, type ScoredKind, scoreOf } from '../../query/score.ts';
import { isAsked } from '../effect.ts';
import type { StateTrigger } from './trigger.ts';

/** The kind of the scored record: that of the score; left out, the rule's own kind, if it has scores. */
function scored({ score }: Params, subject: SubjectKind, { kinds, scores }: Config): ScoredKind {
  const named = scores.find(s => s.id === score);
  if (named) return named.for;
  const isOwn = isScored(kinds, subject) && (scores.length === 0 || scores.some(s => s.for === subject));
  return isOwn ? subject : 'contact';
}

export const scoreChanges: StateTrigger = {
  name: 'score-changes',
  summary: 'a score reaches a number from below, falls to one from above, or changes by so much',
  type: 'state',
  of: scored,
  params: {
    score: { type: 'score', description: 'the score; left out: the default one' },
    reaches: { type: 'number', description: 'from below it to it or more' },
    'falls-to': { type: 'number', description: 'from above it to it or less' },
    by: { type: 'number', description: 'by so much or more since the last sweep: 10, or -10 for down' },
  },
  check: params => {
    const given = [params.reaches, params['falls-to'], params.by].filter(value => value !== undefined);
    if (given.length !== 1)
      return { message: 'score-changes needs one of reaches, falls-to and by', hint: scoreChanges.example };
    return params.by === 0 ? { message: 'by: 0 is not a change', hint: 'by: 10, or by: -10' } : undefined;
  },
  // A score above the number must fall below it first, so a single step cannot start the rule again and again.
  causedBy: (effect, { score, by }) =>
    'scores' in effect &&
    by !== undefined &&
    isAsked(score, effect.score) &&
    Math.sign(effect.by) === Math.sign(Number(by)),
  example: 'score-changes: { reaches: 80 }',
  query(params, subject, config) {
    const field = typeof params.score === 'string' ? `score.${params.score}` : 'score';
    const bound = params.reaches ?? params['falls-to'] ?? params.by;
    const up = params['falls-to'] === undefined && !(Number(params.by) < 0);
    return compileText(
      `${field}:${up ? '>=' : '<='}${Number(bound)}`,
      scored(params, subject, config),
      config,
    );
  },
  needsFormer: params => params['falls-to'] !== undefined,
  measure(params, subject, config) {
    if (params.by === undefined) return undefined;
    const kind = scored(params, subject, config);
    const name = typeof params.score === 'string' ? params.score : defaultScore(config, kind);
    const by = Number(params.by);
    return {
      bind: scope => scoreOf(scope, kind, name),
      fires: (before, now) => (by > 0 ? now - before >= by : now - before <= by),
    };
  },
};
