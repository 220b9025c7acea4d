/** What to do now: one list over open tasks, open deals that lack something, and mails that wait, the most urgent first. */
import { dayFromNumber, dayNumber } from '../../domain/dates.ts';
import type { Kind } from '../../domain/kinds.ts';
import { type Deal, isEmpty, type Rec } from '../../domain/records.ts';
import { definitionOf } from '../../kinds/define.ts';
import { compileText } from '../../query/compile.ts';
import { compileAsked } from '../../query/former.ts';
import { type Node, parseArguments, parseQuery } from '../../query/parse.ts';
import { mayRot } from '../../query/rotting.ts';
import type { CodeColumn, NumberColumn } from '../../state/columns/column.ts';
import { BLOCK } from '../../state/table.ts';
import type { View } from '../core/view.ts';
import { dealsOfOpenTasks, nextTasks, type NextTasks } from './next-task.ts';
import { nameOf } from './said.ts';
import {
  ALL,
  dealFactors,
  type Factor,
  isConcern,
  mailFactor,
  mostOf,
  pointsOf,
  taskFactors,
  type Term,
  termOf,
  termsOf,
} from './urgency.ts';
import { heldMessages, unansweredMails, type WaitingMails } from './waiting-mail.ts';

export interface NextItem {
  readonly id: string;
  /** A task, a deal, or a contact or account whose mail waits. */
  readonly kind: Kind;
  readonly title: string;
  /** The sum of the terms, with two decimals. */
  readonly urgency: number;
  /** The reasons, the weightiest first: `3 days overdue`. */
  readonly why: readonly string[];
  /** The record that a task is for; null for other items, and if the viewer may not see it. */
  readonly for: string | null;
  readonly deal: string | null;
  /** YYYY-MM-DD. */
  readonly due: string | null;
  readonly value: string | null;
  readonly currency: string | null;
  /** The task's assignee, else the owner of the deal. */
  readonly owner: string | null;
  /** The mail or message that waits. */
  readonly mail: string | null;
  readonly terms: readonly Term[];
}

export interface NextOptions {
  /** The user whose work is listed; left out: everybody's. */
  readonly user?: string | undefined;
  /** Arguments of a query of deals, ANDed; with one, only deals that it finds and their tasks are listed. */
  readonly query: readonly string[];
  readonly limit: number;
  /** Only what is due by today: tasks, expected closes, mails that wait. */
  readonly today: boolean;
}

/** Returns the most urgent items, and how many there are. */
export function nextItems(
  view: View,
  options: NextOptions,
): { readonly items: readonly NextItem[]; readonly count: number } {
  const { state } = view;
  const next = nextTasks(view);
  const deals = dealsAsked(view, options.query);
  const waiting = { unanswered: unansweredMails(view), held: heldMessages(view) };
  const best = new Best(options.limit);
  const ofDeal = dealFactors(view, next);
  rankTasks(view, options, deals, ofDeal, best);
  rankDeals(view, options, deals, ofDeal, next, waiting, best);
  if (options.query.length === 0) rankCustomers(view, options, waiting, best);
  const items = best.items.map(({ kind, row, terms, mail }) =>
    itemOf(view, kind, state.table(kind).record(row), terms(), mail),
  );
  return { items, count: best.count };
}

interface Waiting {
  readonly unanswered: WaitingMails;
  readonly held: WaitingMails;
}

interface Ranked {
  readonly kind: Kind;
  readonly row: number;
  readonly points: number;
  readonly mail: string | undefined;
  terms(): readonly Term[];
}

/** Keeps the items with the most points; of equal ones those that came first. */
class Best {
  readonly #most: number;
  readonly items: Ranked[] = [];
  /** The number of items that were ranked, including those that are not kept. */
  count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** The points that an item must exceed to be kept. */
  get least(): number {
    if (this.#most === 0) return Number.POSITIVE_INFINITY;
    return this.items.length < this.#most ? Number.NEGATIVE_INFINITY : this.items.at(-1)!.points;
  }

  add(item: Ranked): void {
    // Of equal points, what came first stays before what comes later.
    let [low, high] = [0, this.items.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.items[middle]!.points < item.points) high = middle;
      else low = middle + 1;
    }
    this.items.splice(low, 0, item);
    if (this.items.length > this.#most) this.items.pop();
  }
}

/** Has 1 for each visible open deal that the query finds. */
function dealsAsked(view: View, query: readonly string[]): Uint8Array {
  const asked: Node = { type: 'and', nodes: [parseQuery('is:open'), parseArguments(query)] };
  const found = new Uint8Array(view.state.table('deal').rows);
  for (const { among, from } of view.blocks(compileAsked(asked, 'deal', view.scope, view.config)))
    found.set(among, from);
  return found;
}

function rankTasks(
  view: View,
  { user, query, today: onlyToday }: NextOptions,
  deals: Uint8Array,
  ofDeal: readonly Factor[],
  best: Best,
): void {
  const { state, clock } = view;
  const table = state.table('task');
  if (table.rows === 0) return;
  const due = table.column('due') as NumberColumn;
  const today = dayNumber(clock.zone.day(clock.now));
  const isMine = workOf(view, user);
  const ofTasks = dealsOfTasks(view, deals);
  const dealOf = (task: number) => ofTasks[task]!;
  const factors = taskFactors(view, dealOf, ofDeal);
  const isAny = query.length === 0 && !onlyToday && user === undefined;
  const rank = ranking(best, 'task', factors);
  for (const { among, from } of view.blocks(compileText('is:open', 'task', state.config))) {
    if (onlyToday) due.part(from, among.length);
    for (let i = 0; i < among.length && !isAny; i++) {
      const row = from + i;
      if (among[i] === 0) continue;
      const isAsked = query.length === 0 || dealOf(row) >= 0;
      if (!isAsked || (onlyToday && !(due.get(row) <= today)) || !isMine.task(row, dealOf(row))) among[i] = 0;
    }
    rank(among, from);
  }
}

/** Returns the row of each open task's deal; -1 for a task without one of these deals. */
function dealsOfTasks(view: View, among: Uint8Array): Int32Array {
  const all = new Int32Array(view.state.table('task').rows);
  for (const { deals, from } of dealsOfOpenTasks(view)) copyDeals(all, deals, among, from);
  return all;
}

function copyDeals(into: Int32Array, deals: Int32Array, among: Uint8Array, from: number): void {
  for (let i = 0; i < deals.length; i++)
    into[from + i] = deals[i]! >= 0 && among[deals[i]!] === 1 ? deals[i]! : -1;
}

function rankDeals(
  view: View,
  { user, today: onlyToday }: NextOptions,
  deals: Uint8Array,
  factors: readonly Factor[],
  next: NextTasks,
  waiting: Waiting,
  best: Best,
): void {
  const { state, clock } = view;
  const table = state.table('deal');
  const isMine = workOf(view, user);
  const today = dayNumber(clock.zone.day(clock.now));
  const of = (name: string) => factors.find(({ term }) => term === name)!.of;
  const [pastClose, isRotting] = [of('past-close'), of('rotting')];
  const mails = mailTerms(view, 'deal', waiting);
  // A deal whose next task is due is in the list by that task.
  const lacks = (row: number) =>
    !onlyToday && (next.task(row) < 0 || (next.due(row) > today && isRotting(row) > 0));
  const rank = ranking(best, 'deal', factors, mails);
  const paths = ['expectedClose', ...(mayRot(state.config) ? ['stageSince'] : [])];
  const columns = paths.map(path => table.column(path) as NumberColumn);
  for (let from = 0; from < deals.length; from += BLOCK) {
    const among = deals.subarray(from, from + BLOCK);
    // Reads at once what is asked of single rows below.
    for (const column of columns) column.part(from, among.length);
    for (let i = 0; i < among.length; i++) {
      const row = from + i;
      if (among[i] === 0) continue;
      if (!(lacks(row) || pastClose(row) > 0 || mails.has(row)) || !isMine.deal(row)) among[i] = 0;
    }
    rank(among, from);
  }
}

/** Contacts and accounts of which a mail waits. */
function rankCustomers(view: View, { user }: NextOptions, waiting: Waiting, best: Best): void {
  for (const kind of ['contact', 'account'] as const) {
    const mails = mailTerms(view, kind, waiting);
    const owner = view.state.table(kind).column('owner') as CodeColumn;
    for (const [row, { mail, terms }] of mails) {
      if (user !== undefined && (owner.words[owner.get(row)] ?? user) !== user) continue;
      const points = terms.reduce((sum, each) => sum + each.points, 0);
      best.count++;
      if (points > best.least) best.add({ kind, row, points, mail, terms: () => terms });
    }
  }
}

/** The terms of waiting mails, by the rows of the records of a kind that they are about. */
function mailTerms(view: View, kind: Kind, { unanswered, held }: Waiting): MailTermsByRow {
  const table = view.state.table(kind);
  const found = new Map<number, { mail: string; terms: Term[] }>();
  for (const [term, mails] of [
    ['unanswered', unanswered],
    ['held', held],
  ] as const)
    for (const [id, mail] of mails) {
      const parsed = view.kinds.parseId(id)!;
      const row = parsed.kind === kind ? table.row(parsed.number) : -1;
      if (row < 0) continue;
      const since = dayFromNumber(dayNumber(view.clock.zone.day(mail.at)));
      const what = term === 'held' ? `${mail.id} is held` : `mail ${mail.id} of ${since} is not answered`;
      const its = termOf(term, term === 'held' ? ALL : mailFactor(view, mail), () => what)!;
      const known = found.get(row);
      if (known) known.terms.push(its);
      else found.set(row, { mail: mail.id, terms: [its] });
    }
  return found;
}

/** Whether a task or deal is a user's: a task is its assignee's, else its deal's owner's. */
function workOf(view: View, user: string | undefined) {
  const { state } = view;
  const codeOf = (column: CodeColumn) => (user === undefined ? undefined : column.words.indexOf(user));
  const assignee = state.table('task').column('assignee') as CodeColumn;
  const owner = state.table('deal').column('owner') as CodeColumn;
  const [own, owned] = [codeOf(assignee), codeOf(owner)];
  const [assignees, owners] = [assignee.all(), owner.all()];
  const deal = (row: number) => owned === undefined || (owned >= 0 && owners[row] === owned);
  return {
    deal,
    task: (row: number, itsDeal: number) => {
      if (own === undefined) return true;
      const code = assignees[row]!;
      return code < 0 ? itsDeal >= 0 && deal(itsDeal) : code === own;
    },
  };
}

/** What a record's waiting mails add to its urgency: the ID of the first one, and a term for each. */
interface MailTerms {
  readonly mail: string;
  readonly terms: readonly Term[];
}

type MailTermsByRow = ReadonlyMap<number, MailTerms>;

/**
 * Returns a function that ranks the chosen rows of a block, one factor after the other. After each factor, it leaves out
 * the rows that the factors to come cannot bring among the best.
 */
function ranking(
  best: Best,
  kind: Kind,
  factors: readonly Factor[],
  mails: MailTermsByRow = new Map(),
): (among: Uint8Array, from: number) => void {
  const points = new Float64Array(BLOCK);
  const thousandths = new Int32Array(BLOCK);
  const rests = factors.map((_, i) => mostOf(factors.slice(i + 1)));
  return (among, from) => {
    best.count += countRows(among);
    points.fill(0);
    for (const [i, { term, fill }] of factors.entries()) {
      if (fill(thousandths, among, from)) addPoints(points, thousandths, among, pointsOf(term, 1));
      // Waiting mails may add any number of points.
      if (mails.size === 0) leaveOut(among, points, best.least - rests[i]! - INEXACT);
    }
    for (const [row, { terms }] of mails)
      if (among[row - from] === 1) for (const { points: its } of terms) points[row - from]! += its;
    for (let i = among.indexOf(1); i >= 0; i = among.indexOf(1, i + 1))
      if (points[i]! > best.least) best.add(ranked(kind, from + i, points[i]!, factors, mails.get(from + i)));
  };
}

/** More points than rounding can add to a sum. */
const INEXACT = 1e-6;

function ranked(
  kind: Kind,
  row: number,
  points: number,
  factors: readonly Factor[],
  waiting: MailTerms | undefined,
): Ranked {
  const terms = () =>
    [...termsOf(factors, row), ...(waiting?.terms ?? [])].sort((a, b) => b.points - a.points);
  return { kind, row, points, mail: waiting?.mail, terms };
}

function countRows(among: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < among.length; i++) count += among[i]!;
  return count;
}

function addPoints(points: Float64Array, thousandths: Int32Array, among: Uint8Array, each: number): void {
  for (let i = 0; i < among.length; i++) if (among[i] === 1) points[i]! += each * thousandths[i]!;
}

function leaveOut(among: Uint8Array, points: Float64Array, least: number): void {
  for (let i = 0; i < among.length; i++) if (points[i]! < least) among[i] = 0;
}

function itemOf(
  view: View,
  kind: Kind,
  record: Rec,
  terms: readonly Term[],
  mail: string | undefined,
): NextItem {
  const seen = (id: unknown) => (typeof id === 'string' && view.seesId(id) ? id : null);
  const { isWork, inPipelines, owner = 'owner' } = definitionOf(view.kinds, kind);
  const subject = isWork ? seen(record.for) : null;
  const about = inPipelines ? record.id : subject;
  const dealId =
    about !== null && definitionOf(view.kinds, view.kinds.kindOf(about)).inPipelines ? about : null;
  const deal = dealId === null ? undefined : (view.state.get(dealId) as Deal | undefined);
  const text = (value: unknown) => (typeof value === 'string' && !isEmpty(value) ? value : null);
  return {
    id: record.id,
    kind,
    title: text(record.title) ?? nameOf(view, record.id),
    urgency: Math.round(terms.reduce((sum, { points }) => sum + points, 0) * 100) / 100,
    why: terms.filter(isConcern).map(({ why }) => why),
    for: subject,
    deal: dealId,
    due: text(record.due),
    value: deal?.value ?? null,
    currency: deal?.currency ?? null,
    owner: text(record[owner]) ?? text(deal?.owner),
    mail: mail ?? null,
    terms: terms.map(term => ({ ...term, points: Math.round(term.points * 100) / 100 })),
  };
}
