import type { Brief } from '../app/history/brief.ts';
import { nameOf } from '../app/reading/said.ts';
import { parseLimit } from '../app/reading/list.ts';
import { shown } from '../app/reading/shape.ts';
import type { View } from '../app/core/view.ts';
import type { Kind } from '../domain/kinds.ts';
import { records } from './args/declare.ts';
import { command } from './line/command.ts';
import { formatFor, printJson } from './printing/output.ts';
import { recordMeant } from './record-meant.ts';

/** The default number of each that is shown, so that a brief fits on one screen. */
const SHOWN = 5;

/** `crm brief C3|A7|D12` */
export const brief = command({
  summary:
    'what to know before a meeting, on one screen: people, open deals, promises, last contacts, invoices',
  effect: 'reads',
  args: { words: records(['deal', 'contact', 'account'], { asks: 'whom do you meet' }) },
  options: [{ flags: '--limit <N>', description: `at most N of each (default: ${SHOWN}; JSON: all)` }],
  examples: ['brief D12', 'brief jane@example.com', 'brief acme --limit 20', 'brief A7 --json'],
  jsonFields: [
    'id',
    'kind',
    'name',
    'account',
    'people',
    'deals',
    'promised',
    'contacts',
    'unanswered',
    'invoices',
    'files',
    'transaction',
  ],
  async run(context, { words }, options) {
    const limitText = options.text('limit');
    const limit = limitText === undefined ? undefined : parseLimit(limitText);
    const { briefKinds, briefOf } = await import('../app/history/brief.ts');
    const view = await (await context.workspace()).view();
    const id = await recordMeant(context, view, briefKinds, words.join(' '));
    const isDrawn = !['json', 'jsonl', 'yaml'].includes(formatFor(context));
    const found = briefOf(view, id, limit ?? (isDrawn ? SHOWN : 20));
    if (await printJson(context, toJson(view, found, limit))) return;
    const { drawBrief } = await import('../screens/brief.ts');
    await drawBrief(context, view, found, limit ?? SHOWN);
  },
});

function toJson(view: View, found: Brief, limit: number | undefined): object {
  const { state } = view;
  const first = <T>(all: readonly T[]) => (limit === undefined ? all : all.slice(0, limit));
  const records = (kind: Kind, rows: readonly number[], names: readonly string[]) => {
    const fields = shown(view, kind, 'list', names);
    return first(rows).map(row => Object.fromEntries(fields.map(field => [field.name, field.json(row)])));
  };
  const dealsNext = (rows: readonly number[]) =>
    records('deal', rows, [
      'id',
      'title',
      'stage',
      'value',
      'currency',
      'owner',
      'expectedClose',
      'nextAction',
    ]);
  return {
    id: found.id,
    kind: found.kind,
    name: nameOf(view, found.id),
    account: found.account === null ? null : { id: found.account, name: nameOf(view, found.account) },
    people: records('contact', found.people, ['id', 'name', 'email', 'phone', 'account']).map(person => ({
      ...person,
      relations: found.relations.get(String(person.id)) ?? [],
    })),
    deals: dealsNext(found.deals),
    promised: records('task', found.promised, ['id', 'title', 'type', 'for', 'due', 'dueTime', 'assignee']),
    contacts: first(found.contacts).map(({ at, what, text, by, about }) => ({
      at: new Date(at).toISOString(),
      what,
      text,
      by: by === '' ? null : by,
      about,
    })),
    unanswered: records('activity', found.unanswered, ['id', 'at', 'for', 'from', 'subject']),
    invoices: records('invoice', found.invoices, ['id', 'for', 'amount', 'currency', 'issued', 'paid']),
    files: first(found.files),
    transaction: state.seq,
  };
}
