/**
 * Decides which queued messages may leave now. A workspace that has queued for months, a rule that has gone wild, or
 * a copy must send nothing unexpected: doubtful messages are held until a person releases them. Only the journal and
 * the time decide, not chance or another machine.
 */
import { formatInstant } from '../../domain/dates.ts';
import type { Config } from '../../domain/config.ts';
import type { State } from '../../state/state.ts';
import type { CodeColumn, NumberColumn } from '../../state/columns/column.ts';
import { formOfEarlier } from './form-mails.ts';
import { type Hold, isMail, type Message } from './message.ts';
import { mayLeaveFrom } from './sending-times.ts';
import { Suppression } from './suppression.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What limits delivery; `crm.yaml` may say other values. */
export interface Limits {
  /** The age in milliseconds beyond which a queued message is held until a person releases it. */
  readonly maxAge: number;
  /** E-mails that one rule may send within 24 hours. */
  readonly maxPerRun: number;
  /** Milliseconds within which the same recipient does not get the same e-mail again. */
  readonly dedupe: number;
}

const usualLimits: Limits = { maxAge: 3 * DAY, maxPerRun: 50, dedupe: HOUR };

/** Returns the limits of a workspace: those in its `mail:`, or else the defaults. */
export const limitsOf = ({ mail }: Config): Limits => ({
  maxAge: mail?.maxAge ?? usualLimits.maxAge,
  maxPerRun: mail?.maxPerRun ?? usualLimits.maxPerRun,
  dedupe: mail?.dedupe ?? usualLimits.dedupe,
});

/** The longest that a message waits for its next attempt, ms: one that would wait longer met a clock that was put back. */
export const LONGEST_WAIT = DAY;

export type Verdict =
  | { readonly verdict: 'go' }
  | { readonly verdict: 'wait' }
  | { readonly verdict: 'held'; readonly hold: Hold; readonly reason: string }
  | { readonly verdict: 'suppressed'; readonly reason: string };

export interface Ground {
  readonly state: State;
  readonly now: number;
  readonly limits: Limits;
  /** Why this machine may send nothing: the workspace is a copy. */
  readonly copy?: string | undefined;
  /** Since when a message could leave, ms: when its channel was trusted. Earlier ones are held. */
  since(message: Message): number | undefined;
  /** Returns the file of a message that has changed; undefined if none has. */
  changed(message: Message): string | undefined;
}

/** Decides on each queued message, in their order. */
export function judge(queued: readonly Message[], ground: Ground): Map<string, Verdict> {
  const { state, now, limits } = ground;
  const recent = recentMails(state, now);
  const suppression = new Suppression(state);
  const wild = wildRules(queued, recent, limits);
  const verdicts = new Map<string, Verdict>();
  const earlier = [...recent];
  for (const message of queued) {
    const verdict = verdictOn(message, { ...ground, suppression, wild, earlier });
    verdicts.set(message.id, verdict);
    // Only e-mails are checked for repetition.
    const mayLeave = verdict.verdict === 'go' || verdict.verdict === 'wait';
    if (mayLeave && message.channel === 'email') earlier.push(message);
  }
  return verdicts;
}

interface Known extends Ground {
  readonly suppression: Suppression;
  readonly wild: ReadonlyMap<string, number>;
  readonly earlier: readonly Message[];
}

function verdictOn(message: Message, known: Known): Verdict {
  const { state, now, limits, copy, suppression, wild, earlier } = known;
  const why = suppression.why(message);
  if (why !== undefined) return { verdict: 'suppressed', reason: why };
  if (copy !== undefined) return { verdict: 'held', hold: 'copy', reason: copy };
  if (message.releasedAt === undefined) {
    const queuedAt = Date.parse(message.createdAt!);
    // The time that a message waits for sending hours does not count as age.
    if (message.attempts === undefined && now - mayLeaveFrom(state, message, queuedAt) > limits.maxAge)
      return {
        verdict: 'held',
        hold: 'age',
        reason: `it was queued ${formatInstant(queuedAt)}, and is too old to leave unasked`,
      };
    const since = known.since(message);
    if (since !== undefined && queuedAt < since)
      return { verdict: 'held', hold: 'trust', reason: 'it was queued before its channel was trusted' };
    const changed = known.changed(message);
    if (changed !== undefined) return { verdict: 'held', hold: 'file', reason: changed };
    const count = message.automation === undefined ? undefined : wild.get(message.automation);
    if (isMail(message) && count !== undefined && message.attempts === undefined)
      return {
        verdict: 'held',
        hold: 'many',
        reason: `${message.automation} would send ${count} e-mails within 24 hours, and may send ${limits.maxPerRun}`,
      };
    const form = formOfEarlier(known.state, message, earlier);
    if (form !== undefined)
      return {
        verdict: 'suppressed',
        reason: `the form ${form} wrote to ${message.to} within a day already`,
      };
    const same =
      message.channel === 'email' && earlier.find(other => isRepeated(message, other, limits.dedupe));
    if (same)
      return { verdict: 'held', hold: 'twice', reason: `it says to the same recipient what ${same.id} says` };
  }
  const waits = isWaiting(message, now) || mayLeaveFrom(state, message, now) > now;
  return { verdict: waits ? 'wait' : 'go' };
}

/** Whether the next attempt lies ahead. */
function isWaiting({ nextAt }: Message, now: number): boolean {
  const next = nextAt === undefined ? Number.NEGATIVE_INFINITY : Date.parse(nextAt);
  return next > now && next - now <= LONGEST_WAIT;
}

function isRepeated(message: Message, other: Message, within: number): boolean {
  return (
    other.id !== message.id &&
    other.channel === 'email' &&
    other.to.toLowerCase() === message.to.toLowerCase() &&
    other.template === message.template &&
    other.subject === message.subject &&
    Math.abs(Date.parse(message.createdAt!) - Date.parse(other.createdAt!)) <= within
  );
}

const left = new Set(['sending', 'sent', 'filed', 'unknown']);

/** The e-mails that left within the last 24 hours, or may have; also those of a time that is yet to come. */
function recentMails(state: State, now: number): Message[] {
  const table = state.table('message');
  const times = (table.column('updatedAt') as NumberColumn).all();
  const statuses = table.column('status') as CodeColumn;
  const [codes, words] = [statuses.all(), statuses.words];
  const found: Message[] = [];
  for (const row of table.rows === 0 ? [] : table.liveRows()) {
    if (!(times[row]! >= now - DAY) || !left.has(words[codes[row]!] ?? '')) continue;
    const message = table.record(row) as Message;
    if (isMail(message)) found.push(message);
  }
  return found;
}

/** Rules that would send more e-mails than they may, with how many those would be. */
function wildRules(
  queued: readonly Message[],
  recent: readonly Message[],
  { maxPerRun }: Limits,
): Map<string, number> {
  const counts = new Map<string, number>();
  const isNew = ({ releasedAt, attempts }: Message) => releasedAt === undefined && attempts === undefined;
  for (const message of [...recent, ...queued.filter(isNew)]) {
    const { automation } = message;
    if (isMail(message) && automation !== undefined)
      counts.set(automation, (counts.get(automation) ?? 0) + 1);
  }
  return new Map([...counts].filter(([, count]) => count > maxPerRun));
}
