import { withArticle } from '../../domain/article.ts';
import { formatInstant, parseDuration } from '../../domain/dates.ts';
import {
  defaultScore,
  isScored,
  type ScoredKind,
  scoredKinds,
  scoreNames,
  withAdjustment,
} from '../../query/score.ts';
import type { Step } from './step.ts';
import { actsOn, on } from './step.ts';

export const adjustScore: Step = {
  name: 'adjust-score',
  summary: 'adds points to a score, or takes them off',
  params: {
    on,
    score: { type: 'score', description: 'the score; left out: the default one' },
    by: { type: 'number', description: 'the points: 10 or -5', required: true },
    expires: { type: 'duration', description: 'after how long they are gone' },
  },
  short: 'by',
  effects: (params, rule) => [
    { scores: actsOn(params, rule.for), score: params.score, by: Number(params.by) },
  ],
  check({ score }, acts, config) {
    if (!isScored(config.kinds, acts))
      return { message: `${withArticle(acts)} has no score`, hint: 'on: contact, or on: deal' };
    if (score === undefined || scoreNames(config, acts).includes(String(score))) return undefined;
    return {
      message: `the score ${String(score)} is not one of ${config.kinds.pluralOf(acts)}`,
      hint: `on: ${scoredKinds.find(kind => kind !== acts)!}`,
    };
  },
  example: 'adjust-score: { by: 10, expires: 90d }',
  run({ params, writer, why, on: find, scope }) {
    const id = find(params.on);
    const kind = scope.state.kinds.kindOf(id) as ScoredKind;
    const score = typeof params.score === 'string' ? params.score : defaultScore(scope.state.config, kind);
    const { now } = scope.clock;
    const expires =
      typeof params.expires === 'string' ? { until: formatInstant(now + parseDuration(params.expires)) } : {};
    const adjustment = { score, by: Number(params.by), at: formatInstant(now), ...expires };
    writer.set(id, { adjustments: withAdjustment(writer.view.record(id), adjustment) }, why);
    return { did: `${adjustment.by < 0 ? 'took' : 'added'} ${Math.abs(adjustment.by)} points of ${id}` };
  },
};
