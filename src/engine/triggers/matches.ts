import { compileText } from '../../query/compile.ts';
import { asksForClosed, makesTrue } from '../rules/plain-terms.ts';
import type { StateTrigger } from './trigger.ts';

export const matches: StateTrigger = {
  name: 'matches',
  summary: 'a record begins to match a query, by a change or by time alone',
  type: 'state',
  short: 'query',
  params: {
    query: { type: 'query', description: 'the query' },
    view: { type: 'view', description: 'or a saved view' },
  },
  check: ({ query, view }) =>
    (query === undefined) === (view === undefined)
      ? { message: 'matches needs a query or a view', hint: matches.example }
      : undefined,
  causedBy: (effect, { query }, subject) => makesTrue(effect, query, subject),
  comesFor: (_added, { query }) => !asksForClosed(query),
  example: "matches: { query: 'is:open idle.over:14d' }",
  query: ({ query, view }, subject, config) =>
    compileText(typeof view === 'string' ? `@${view}` : String(query), subject, config),
};
