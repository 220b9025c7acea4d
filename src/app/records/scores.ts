/** Adjusting scores by hand. */
import type { Score } from '../../domain/config.ts';
import { formatInstant } from '../../domain/dates.ts';
import { usage } from '../../domain/errors.ts';
import { numberOf } from '../../domain/kinds.ts';
import { suggestion } from '../../domain/nearest.ts';
import { defaultScore, scoreNames, scoreOf, withAdjustment, withoutExpiring } from '../../query/score.ts';
import type { Writer } from '../core/writer.ts';

export interface ScoreChange {
  /** The score's name; left out: the default one. */
  readonly score: string | undefined;
  /** Points to add, or what the whole score shall be now. */
  readonly how: 'add' | 'set';
  readonly points: number;
  /** Milliseconds after which the adjustment is gone. */
  readonly expires: number | undefined;
}

export interface ScoreChanged {
  readonly id: string;
  readonly score: string;
  readonly from: number;
  readonly to: number;
}

/** Adjusts a score of a contact or deal; USAGE where its kind has no score of that name. */
export function adjustScore(
  writer: Writer,
  kind: Score['for'],
  id: string,
  change: ScoreChange,
): ScoreChanged {
  const { config, draft, view } = writer;
  const score = change.score ?? defaultScore(config, kind);
  const names = scoreNames(config, kind);
  if (!names.includes(score)) {
    const other = config.scores.find(s => s.id === score);
    if (other)
      throw usage(
        `the score ${score} is of ${writer.config.kinds.pluralOf(other.for)}, and ${id} is a ${kind}`,
      );
    throw usage(
      `unknown score ${JSON.stringify(score)} of ${writer.config.kinds.pluralOf(kind)}`,
      suggestion(score, names, 'scores'),
    );
  }
  // Bound anew each time: the adjustment before it counts.
  const total = () => scoreOf(view.scope, kind, score)(view.state.table(kind).row(numberOf(id)));
  const from = total();
  const { now } = draft.clock;
  // A score that is set stays: points by hand that would expire later are removed now.
  const lasts = change.how === 'set' && change.expires === undefined;
  const { record, gone } = lasts
    ? withoutExpiring(view.record(id), score, now)
    : { record: view.record(id), gone: 0 };
  const by = change.how === 'add' ? change.points : Math.round((change.points - from + gone) * 1e6) / 1e6;
  if (by === 0 && gone === 0) return { id, score, from, to: from };
  const until = change.expires === undefined ? {} : { until: formatInstant(now + change.expires) };
  const adjustments = withAdjustment(record, { score, by, at: draft.at, ...until });
  writer.set(id, { adjustments });
  return { id, score, from, to: total() };
}
