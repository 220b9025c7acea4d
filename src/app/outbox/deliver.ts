/**
 * `crm deliver`: what sweeps queued leaves the workspace, each message at most once.
 *
 *     take the turn of this machine (a lock in the state directory)
 *     one transaction: what was cut off is unknown; what is doubtful is held
 *     for each message that may go
 *       a transaction: sending          the journal knows of the attempt before it begins,
 *       the state directory: stands on  and so does this machine: a restored journal is found out
 *       the channel tries once
 *       a transaction: the answer
 *
 * A process that is killed on the way leaves `sending`, which the next delivery makes `unknown`. Nothing resends that.
 */
import type { Answer, Channel } from '../../channels/channel.ts';
import { CrmError } from '../../domain/errors.ts';
import { DELIVERY, SWEEPER } from '../../domain/sweeper.ts';
import type { Draft } from '../../state/draft.ts';
import type { State } from '../../state/state.ts';
import { stateOf } from '../../store/checkpoint/opened.ts';
import { commit, type CommitOptions, type Committed } from '../core/commit.ts';
import { Holding } from '../core/commit/holding.ts';
import { Refusal } from '../core/commit/hooks.ts';
import { workspaceId } from '../core/origin.ts';
import { withOwnRequests } from '../core/own-requests.ts';
import type { Workspace } from '../core/workspace.ts';
import { answered, begun, cutOff, fieldsAfter, statusAfter } from './attempt.ts';
import { type Delivery, DeliveryLog } from './delivery-log.ts';
import { judge, limitsOf, type Verdict } from './brakes.ts';
import { queueCopy } from './copies.ts';
import { MailFiles, mailPartsOf } from './mail-parts.ts';
import { isCall, isMail, type Message, messagesIn, whyOf } from './message.ts';
import { domainOf, fromOf, outgoingOf } from './outgoing.ts';
import { payloadOf } from './payload.ts';
import { besideOf, hasToken } from './recipient-links.ts';
import { nameSender, Sender } from './sender.ts';
import type { Way, Ways } from './ways.ts';

const options: CommitOptions = { via: DELIVERY, by: SWEEPER, online: 'a delivery' };

export interface DeliverOptions {
  readonly ways: Ways;
  /** Lets rules send more e-mails than the limit says. */
  readonly mayExceed?: boolean;
  /** Aborts the delivery: attempts under way are given up, and no other begins. */
  readonly abort?: AbortSignal;
  /** In a dry run: the state of which messages would leave; left out: the journal's. */
  readonly state?: State;
}

/**
 * For how many milliseconds a delivery begins webhooks and commands. The rest goes with the next delivery, after the e-mails
 * that were queued meanwhile.
 */
const CALLS_FOR = 5 * 60_000;

const UNDER_WAY = 'status:queued or status:sending';

/** Delivers what is due. In a dry run the same is decided, and nothing is written or sent. */
export async function deliver(asked: Workspace, how: DeliverOptions): Promise<Delivery> {
  const state = how.state ?? stateOf(await asked.open(), asked.config);
  const query = how.mayExceed ? `${UNDER_WAY} or status:held` : UNDER_WAY;
  if (messagesIn(state, asked.clock, query).length === 0) return new DeliveryLog().delivery([]);
  const workspace = await withOwnRequests(asked);
  const sender = await Sender.of(workspace);
  if (workspace.world.dryRun) return new Delivering(workspace, sender, how).rehearse(state);
  const lock = await sender.hold();
  if (!lock) return { ...new DeliveryLog().delivery([]), isBusy: true };
  try {
    return await new Delivering(workspace, sender, how).run();
  } finally {
    lock.release();
  }
}

class Delivering {
  readonly #workspace: Workspace;
  readonly #sender: Sender;
  readonly #how: DeliverOptions;
  /** The workspace's id, read on first use. */
  #id: string | undefined;
  readonly #files: MailFiles;
  readonly #abort: AbortSignal;
  readonly #log = new DeliveryLog();
  /** Channels that may hold something open. */
  readonly #used = new Set<Channel>();
  /** The state stays open between the commits: to open it for each would take time and files, and there are thousands. */
  readonly #holding = new Holding();

  constructor(workspace: Workspace, sender: Sender, how: DeliverOptions) {
    this.#workspace = workspace;
    this.#sender = sender;
    this.#how = how;
    this.#abort = how.abort ?? new AbortController().signal;
    this.#files = new MailFiles(workspace);
  }

  async run(): Promise<Delivery> {
    const sender = this.#sender;
    const { world, store } = this.#workspace;
    let named = sender.token;
    const prepared = await this.#commit(async draft => {
      const copy = await sender.whyNot(draft.state, store.journal);
      if (copy === undefined) {
        for (const each of messagesIn(draft.state, draft.clock, 'status:sending'))
          draft.set(each.id, cutOff, whyOf(each));
        if (sender.isFree(draft.state)) nameSender(draft, (named ??= await sender.claim(world.salt())));
      }
      for (const each of messagesIn(draft.state, draft.clock, 'status:queued'))
        if (this.#isRecord(each)) draft.set(each.id, { status: 'filed', sentAt: draft.at }, whyOf(each));
      const verdicts = this.#judged(draft.state, copy);
      for (const [message, verdict] of verdicts)
        if (draft.get(message.id)!.status !== statusAfter(verdict))
          draft.set(message.id, fieldsAfter(message, verdict, draft.at), whyOf(message));
      return verdicts;
    });
    for (const change of prepared.changes)
      if ('set' in change && change.set.status && change.set.status[1] !== 'queued')
        this.#log.note(prepared.state.get(change.id) as Message);
    try {
      await this.#deliverAll(
        (prepared.result ?? []).flatMap(([{ id }, { verdict }]) =>
          verdict === 'go' ? [prepared.state.get(id) as Message] : [],
        ),
      );
    } finally {
      for (const channel of this.#used) await channel.close?.();
      this.#holding.settle(this.#workspace);
    }
    return this.#report();
  }

  async #commit<T>(
    decide: (draft: Draft) => T | Promise<T>,
    more: Pick<CommitOptions, 'happened'> = {},
  ): Promise<Committed<T>> {
    const committed = await commit(this.#workspace, { ...options, ...more, holding: this.#holding }, decide);
    if (this.#holding.isDue) this.#holding.settle(this.#workspace);
    return committed;
  }

  /** E-mails and notifications go before webhooks and commands, whose duration others decide. */
  async #deliverAll(messages: readonly Message[]): Promise<void> {
    const { world, clock } = this.#workspace;
    const deliver = async (message: Message) => {
      if (!this.#abort.aborted) await this.#deliver(message);
    };
    for (const message of messages) if (!isCall(message)) await deliver(message);
    const until = world.now(clock) + CALLS_FOR;
    for (const message of messages) if (isCall(message) && world.now(clock) < until) await deliver(message);
  }

  /** What would be done. */
  async rehearse(state: State): Promise<Delivery> {
    const { store } = this.#workspace;
    const verdicts = this.#judged(state, await this.#sender.whyNot(state, store.journal));
    for (const [message, verdict] of verdicts) {
      const way = this.#wayOf(message);
      if (verdict.verdict === 'go') {
        if (!way) continue;
        this.#log.note({ ...message, status: way.isLocal ? 'filed' : 'sent' }, way);
      } else if (verdict.verdict !== 'wait')
        this.#log.note({ ...message, ...fieldsAfter(message, verdict, '') } as Message);
    }
    const queued = [...verdicts].flatMap(([{ id }, { verdict }]) => (verdict === 'wait' ? [id] : []));
    return this.#log.delivery(queued);
  }

  #judged(state: State, copy: string | undefined): [Message, Verdict][] {
    const { clock } = this.#workspace;
    const exceeding = this.#how.mayExceed
      ? messagesIn(state, clock, 'status:held').filter(({ hold }) => hold === 'many')
      : [];
    const released = exceeding.map(each => ({ ...each, releasedAt: each.updatedAt! }) as Message);
    const queued = messagesIn(state, clock, 'status:queued');
    const open = queued.filter(each => copy !== undefined || 'channel' in this.#openWay(each));
    const verdicts = judge([...released, ...open], {
      state,
      now: clock.now,
      limits: {
        ...limitsOf(this.#workspace.config),
        ...(this.#how.mayExceed && { maxPerRun: Number.POSITIVE_INFINITY }),
      },
      copy,
      since: message => {
        const way = this.#openWay(message);
        return 'channel' in way ? way.since : undefined;
      },
      changed: message => this.#files.changed(message),
    });
    return [...released, ...queued].map(message => [message, verdicts.get(message.id) ?? { verdict: 'go' }]);
  }

  #isRecord(message: Message): boolean {
    const way = this.#how.ways(message);
    return 'channel' in way && way.isRecord === true;
  }

  /** The way of a message, if it is open now. */
  #openWay(message: Message): ReturnType<Ways> {
    const way = this.#how.ways(message);
    if ('channel' in way && !way.isLocal && this.#workspace.world.isTimeGiven)
      return {
        closed: 'the time is given (--now or CRM_NOW): only files are written, and nothing is sent',
        hint: 'crm deliver, without it',
      };
    const missing = 'channel' in way ? this.#files.missing(message) : undefined;
    if (missing !== undefined)
      return { closed: missing, hint: `crm message cancel ${message.id}, or put it there` };
    return way;
  }

  /** The same; undefined, with a note of what it waits for, if there is no way. */
  #wayOf(message: Message): Way | undefined {
    const way = this.#openWay(message);
    const down = 'channel' in way ? this.#log.whyDown(way) : { ...way, reason: way.closed };
    if (!down) return way as Way;
    this.#log.wait(message, down);
    return undefined;
  }

  async #deliver(queued: Message): Promise<void> {
    this.#how.ways.reread?.();
    const way = this.#wayOf(queued);
    if (!way) return;
    const workspace = this.#workspace;
    await workspace.reload();
    this.#used.add(way.channel);
    // While the way is down, attempts are not recorded: cron would write a transaction every few minutes.
    const down = await way.channel.ready?.(this.#abort);
    if (down) {
      this.#log.stop(queued, way, down);
      return;
    }
    const began = await this.#begin(queued);
    if (!began) return;
    const { message, committed } = began;
    const answer = await this.#attempt(message, way, committed.tx!, committed.state);
    await this.#answer(message, answer, way);
  }

  /** Commits that a message is being sent; undefined if it is not queued any more, or a hook keeps it back. */
  async #begin(queued: Message): Promise<{ message: Message; committed: Committed<unknown> } | undefined> {
    const { world, config } = this.#workspace;
    const decide = (draft: Draft): Message | undefined => {
      const now = draft.get(queued.id) as Message | undefined;
      // Somebody cancelled it, or changed it otherwise, meanwhile.
      if (now?.status !== 'queued') return undefined;
      const fresh = now.messageId ?? `<${world.salt()}@${domainOf(fromOf(config))}>`;
      const fields = begun(now, `${world.host} ${world.pid}`, isMail(now) ? fresh : null);
      const token = now.token === undefined && hasToken(now, config) ? { token: world.salt() } : {};
      const payload = payloadOf(now, draft.state, draft.clock);
      draft.set(now.id, { ...fields, ...payload, ...token }, whyOf(now));
      return draft.get(now.id) as Message;
    };
    try {
      const committed = await this.#commit(decide);
      return committed.tx === null || !committed.result
        ? undefined
        : { message: committed.result, committed };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#log.wait(queued, { reason: error.message });
      return undefined;
    }
  }

  /** Tries once, after this machine has noted on what the attempt stands. Never rejects. */
  async #attempt(message: Message, way: Way, seq: number, state: State): Promise<Answer> {
    const { store, world, clock, config } = this.#workspace;
    try {
      const [tx] = await store.journal.read(seq - 1, seq);
      await this.#sender.stands(tx!);
    } catch (error) {
      return { outcome: 'channel-down', reason: `this machine cannot note the attempt: ${said(error)}` };
    }
    try {
      const original = message.copyOf === undefined ? undefined : state.get(message.copyOf);
      if (message.copyOf !== undefined && !original)
        return {
          outcome: 'failed',
          reason: `${message.copyOf}, which it is a copy of, is not there any more`,
        };
      const mail = (original ?? message) as Message;
      const outgoing = outgoingOf(message, {
        config,
        at: world.now(clock),
        workspace: (this.#id ??= (await workspaceId(store))!),
        original: original as Message | undefined,
        parts: isMail(mail) ? await mailPartsOf(this.#workspace, mail, besideOf(message, config)) : undefined,
      });
      return await way.channel.send(outgoing, this.#abort);
    } catch (error) {
      // A file was removed a moment ago: nothing was sent.
      if (error instanceof CrmError) return { outcome: 'temporary', reason: error.message };
      return { outcome: 'unknown', reason: said(error) };
    }
  }

  async #answer(message: Message, answer: Answer, way: Way): Promise<void> {
    const workspace = this.#workspace;
    await workspace.reload();
    const { outcome, hint } = answer;
    if (outcome === 'channel-down') this.#log.stop(message, way, answer);
    const decide = (draft: Draft): void => {
      const now = draft.get(message.id) as Message | undefined;
      if (!now || now.attempts !== message.attempts) return;
      // A late answer settles an attempt that somebody else already took for cut off.
      const isLate = now.status === 'unknown' && outcome !== 'unknown';
      if (now.status !== 'sending' && !isLate) return;
      draft.set(now.id, answered(message, answer, draft.clock.now), whyOf(now));
      if (outcome === 'sent') queueCopy(draft, now);
    };
    const committed = await this.#commit(decide, { happened: true });
    const now = committed.state.get(message.id) as Message | undefined;
    if (now && now.status !== 'queued') this.#log.note(now, way, hint);
  }

  async #report(): Promise<Delivery> {
    const { world, clock, config } = this.#workspace;
    const state = stateOf(await this.#workspace.open(), config);
    const fresh = await this.#sender.unsaid(this.#log.reasons, world.now(clock));
    const queued = messagesIn(state, clock, 'status:queued').map(({ id }) => id);
    return {
      ...(this.#abort.aborted && { isStopped: true as const }),
      ...this.#log.delivery(queued, reason => fresh.includes(reason)),
    };
  }
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));
