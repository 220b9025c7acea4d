import { compileText } from '../../query/compile.ts';
import type { StateTrigger } from './trigger.ts';

export const scoreChanges: StateTrigger = {
  name: 'score-changes',
  summary: 'a score reaches a number from below, or falls to one from above',
  type: 'state',
  params: {
    score: { type: 'score', description: 'the score; left out: the default one' },
    reaches: { type: 'number', description: 'from below it to it or more' },
    'falls-to': { type: 'number', description: 'from above it to it or less' },
  },
  example: 'score-changes: { reaches: 80 }',
  query(params, subject, config) {
    const id = typeof params.score === 'string' ? params.score : 'default';
    // A score belongs to contacts, unless it says that it is for deals.
    const of = config.scores.find(s => s.id === id)?.for ?? (subject === 'deal' ? 'deal' : 'contact');
    const field = id === 'default' ? 'score' : `score.${id}`;
    const term =
      params['falls-to'] === undefined
        ? `${field}:>=${Number(params.reaches ?? 0)}`
        : `${field}:<=${Number(params['falls-to'])}`;
    return { kind: of, query: compileText(term, of, config) };
  },
};
