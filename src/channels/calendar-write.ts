/** Calendars as iCalendar text (RFC 5545): events, which every calendar shows, and to-dos, which few do. */
import ical from 'ical.js';
import { wholeSeconds } from './whole-seconds.ts';

/** An entry of a calendar, on a day or at a time of day. */
export interface Entry {
  /** The identity of the entry, which stays when the entry changes. */
  readonly uid: string;
  readonly title: string;
  readonly notes?: string | undefined;
  readonly categories: readonly string[];
  /** A day, `YYYY-MM-DD`, or the instant at which it begins, ISO 8601 in UTC; left out for a to-do that is due on no day. */
  readonly at?: string | undefined;
  /** When it was added and last changed: ISO 8601, UTC. */
  readonly created: string;
  readonly changed: string;
  /** When a task was done. */
  readonly done?: string | undefined;
}

type EntryKind = 'event' | 'todo';

/** The length of an event at a time of day, since no task has one: half an hour, as most calendars propose. */
const USUAL_LENGTH = 30 * 60_000;

/**
 * Returns a whole calendar of that name as text, with CRLF at its end. `refresh` says how often a program that subscribed
 * to it may look again: an ISO 8601 duration.
 */
export function calendarText(
  name: string,
  entries: readonly Entry[],
  kind: EntryKind,
  refresh?: string,
): string {
  const head = [
    ['version', {}, 'text', '2.0'],
    ['prodid', {}, 'text', '-//crm//terminal-crm//EN'],
    ['calscale', {}, 'text', 'GREGORIAN'],
    ['x-wr-calname', {}, 'unknown', escaped(name)],
    ...(refresh === undefined
      ? []
      : [
          ['refresh-interval', {}, 'duration', refresh],
          ['x-published-ttl', {}, 'unknown', refresh],
        ]),
  ];
  const components = entries.map(componentOf[kind]);
  return `${ical.stringify.component(['vcalendar', head, components] as never, ical.design.icalendar)}\r\n`;
}

/** A text of a property that the library writes as it is. */
const escaped = (text: string): string => text.replace(/[\\;,]/g, '\\$&').replace(/\s*[\r\n]+\s*/g, ' ');

const eventOf = (entry: Entry): unknown => [
  'vevent',
  [
    ...shared(entry, entry.done === undefined ? entry.title : `✓ ${entry.title}`),
    ...timesOf(entry),
    // A task on a day does not make its assignee busy.
    ['transp', {}, 'text', 'TRANSPARENT'],
  ],
  [],
];

const todoOf = (entry: Entry): unknown => [
  'vtodo',
  [
    ...shared(entry, entry.title),
    ...(entry.at === undefined ? [] : [momentOf('due', entry.at)]),
    ...(entry.done === undefined
      ? [['status', {}, 'text', 'NEEDS-ACTION']]
      : [
          ['status', {}, 'text', 'COMPLETED'],
          ['completed', {}, 'date-time', wholeSeconds(entry.done)],
          ['percent-complete', {}, 'integer', 100],
        ]),
  ],
  [],
];

const componentOf: Readonly<Record<EntryKind, (entry: Entry) => unknown>> = { event: eventOf, todo: todoOf };

/** A day, which ends where the next begins; or the usual length from an instant. */
function timesOf({ at }: Entry): unknown[] {
  if (at === undefined) return [];
  if (!at.includes('T')) return [momentOf('dtstart', at)];
  const end = new Date(Date.parse(at) + USUAL_LENGTH).toISOString();
  return [momentOf('dtstart', at), momentOf('dtend', end)];
}

const momentOf = (property: string, at: string): unknown =>
  at.includes('T') ? [property, {}, 'date-time', wholeSeconds(at)] : [property, {}, 'date', at];

const shared = ({ uid, notes, categories, created, changed }: Entry, title: string): unknown[] => [
  ['uid', {}, 'text', uid],
  ['dtstamp', {}, 'date-time', wholeSeconds(changed)],
  ['created', {}, 'date-time', wholeSeconds(created)],
  ['last-modified', {}, 'date-time', wholeSeconds(changed)],
  ['sequence', {}, 'integer', sequenceOf(created, changed)],
  ['summary', {}, 'text', title],
  ...(notes === undefined || notes === '' ? [] : [['description', {}, 'text', notes]]),
  ...(categories.length === 0 ? [] : [['categories', {}, 'text', ...categories]]),
];

/**
 * Returns a number that grows with every change, by which calendars recognise the later version: the seconds from the
 * creation to the last change.
 */
const sequenceOf = (created: string, changed: string): number =>
  Math.max(0, Math.floor((Date.parse(changed) - Date.parse(created)) / 1000));
