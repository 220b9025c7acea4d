import { compileText } from '../../query/compile.ts';
import type { StateTrigger } from './trigger.ts';

export const matches: StateTrigger = {
  name: 'matches',
  summary: 'a record begins to match a query, by a change or by time alone',
  type: 'state',
  params: {
    query: { type: 'query', description: 'the query' },
    view: { type: 'text', description: 'or a saved view' },
  },
  example: "matches: { query: 'is:open idle.over:14d' }",
  query: ({ query, view }, subject, config) => ({
    kind: subject,
    query: compileText(typeof view === 'string' ? `@${view}` : String(query ?? ''), subject, config),
  }),
};
