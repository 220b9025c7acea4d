import type { Params, SubjectKind } from '../../domain/automation.ts';
import type { Config } from '../../domain/config.ts';
import { compileText } from '../../query/compile.ts';
import type { StateTrigger } from './trigger.ts';

/** The kind of record whose score it is: as the score says; left out, the rule's own where that has scores. */
function scored({ score }: Params, subject: SubjectKind, { scores }: Config): 'contact' | 'deal' {
  const named = scores.find(s => s.id === score);
  if (named) return named.for;
  const has = (kind: string) => scores.some(s => s.for === kind);
  return subject === 'deal' && (has('deal') || !has('contact')) ? 'deal' : 'contact';
}

export const scoreChanges: StateTrigger = {
  name: 'score-changes',
  summary: 'a score reaches a number from below, or falls to one from above',
  type: 'state',
  of: scored,
  params: {
    score: { type: 'score', description: 'the score; left out: the default one' },
    reaches: { type: 'number', description: 'from below it to it or more' },
    'falls-to': { type: 'number', description: 'from above it to it or less' },
  },
  check: params =>
    (params.reaches === undefined) === (params['falls-to'] === undefined)
      ? { message: 'score-changes needs reaches or falls-to', hint: scoreChanges.example }
      : undefined,
  example: 'score-changes: { reaches: 80 }',
  query(params, subject, config) {
    const field = typeof params.score === 'string' ? `score.${params.score}` : 'score';
    const term =
      params['falls-to'] === undefined
        ? `${field}:>=${Number(params.reaches)}`
        : `${field}:<=${Number(params['falls-to'])}`;
    return compileText(term, scored(params, subject, config), config);
  },
};
