/**
 * Answers `/calendar/TOKEN.ics`: the tasks of a user, for calendar programs that subscribe to them. Anybody with the
 * address reads what the user may read. Every other token gets the answer of a path that does not exist.
 */
import { createHash } from 'node:crypto';
import { View } from '../app/core/view.ts';
import { viewerOf } from '../app/core/viewer.ts';
import type { FeedOptions } from '../app/reading/calendar-feed.ts';
import { calendarAddresses, calendarHash } from '../app/settings/calendar-addresses.ts';
import { type Answer, answer } from './answer.ts';
import type { Asked, Tools } from './request.ts';
import { isSame } from './secrets.ts';

/** Programs may keep the calendar but must revalidate it each time; proxies may not keep it. */
const CACHING = 'private, no-cache';

/** Answers with the calendar; 304 if the program has the present version, 404 for an unknown token. */
export async function showCalendar(token: string, { headers, query }: Asked, tools: Tools): Promise<Answer> {
  const { view: server, id } = await tools.read();
  const { state, clock } = server;
  const hash = calendarHash(token);
  // Every hash is compared in constant time, so that the time of the answer says nothing of the token.
  const [found] = calendarAddresses(state).filter(each => isSame(hash, each.hash));
  if (!found) return answer(404);
  const view = new View(state, viewerOf(state.config, found.user), clock);
  const { calendarFeed } = await import('../app/reading/calendar-feed.ts');
  const text = calendarFeed(view, id, optionsIn(query));
  const tag = `"${createHash('sha256').update(text).digest('base64url')}"`;
  const caching = { 'Cache-Control': CACHING, ETag: tag };
  if (hasTag(headers['if-none-match'], tag)) return { status: 304, headers: caching };
  return {
    status: 200,
    headers: {
      ...caching,
      'Content-Type': 'text/calendar; charset=utf-8',
      'Content-Disposition': 'inline; filename="crm.ics"',
    },
    body: text,
  };
}

/** Reads `?kind=todo&closes`. Other parameters are ignored, because programs add their own. */
const optionsIn = (query: URLSearchParams): FeedOptions => ({
  kind: query.get('kind') === 'todo' ? 'todo' : 'event',
  closes: query.has('closes') && !/^(0|no|false)$/.test(query.get('closes')!),
});

/** Whether an If-None-Match header has the tag; a proxy that compressed an answer marks its tag as weak (`W/`). */
const hasTag = (header = '', tag: string): boolean =>
  header.split(',').some(each => each.trim() === '*' || each.trim().replace(/^W\//, '') === tag);
