/**
 * Takes mails into the workspace, in batches of one transaction each. The run after a killed one takes in the rest, and
 * knows the mails of committed batches by their Message-IDs.
 *
 *     a mail -> a report or an unsubscription that names a message of ours    message and event
 *            -> of a contact, or of a conversation that is recorded           activity, and email.replied
 *            -> of somebody unknown                                           the state directory
 */
import type { ParsedMail } from '../../channels/mail-in/parsed-mail.ts';
import { CrmError } from '../../domain/errors.ts';
import { commit } from '../core/commit.ts';
import { Holding } from '../core/commit/holding.ts';
import { withOwnRequests } from '../core/own-requests.ts';
import type { Workspace } from '../core/workspace.ts';
import { Writer } from '../core/writer.ts';
import { assignee } from '../records/assign.ts';
import { BatchOutcome, type Ingested, noneIngested, type Unread } from './ingested.ts';
import { type IngestOptions, takeMail } from './take-mail.ts';
import { oursOf } from './own-addresses.ts';
import { contactOf } from './belonging.ts';
import { removedMails } from './earlier-mails.ts';
import { mailIdOf, timeOf } from './record-mail.ts';
import { UnknownSenders } from './unknown-senders.ts';
import { View } from '../core/view.ts';
import { stateOf } from '../../store/checkpoint/opened.ts';

/** The most mails in one transaction: after a kill, the next run repeats no more than these. */
const BATCH = 256;
/** The age, in ms, above which a mail starts no rule: two days. Reading a mailbox for the first time must not answer old mails. */
const STARTS_RULES = 2 * 86_400_000;

/** A mail from a source, or why it could not be read. */
export type Incoming = { readonly mail: ParsedMail } | Unread;

export class Ingestion {
  readonly #workspace: Workspace;
  readonly #via: string;
  readonly #options: IngestOptions;
  readonly #unknown: UnknownSenders;
  /** The state between batches: opening it and writing the snapshots for each batch took a third of the time. */
  readonly #holding = new Holding();
  #ingested: Ingested = noneIngested;
  #isBegun = false;

  private constructor(workspace: Workspace, via: string, options: IngestOptions, unknown: UnknownSenders) {
    this.#workspace = workspace;
    this.#via = via;
    this.#options = options;
    this.#unknown = unknown;
  }

  /** Begins to take mails in. FAILED if this machine has no place for mails of unknown senders. */
  static async of(asked: Workspace, via: string, options: IngestOptions): Promise<Ingestion> {
    const workspace = await withOwnRequests(asked);
    return new Ingestion(workspace, via, options, await UnknownSenders.of(workspace));
  }

  /** What was taken in so far. */
  get ingested(): Ingested {
    return this.#ingested;
  }

  /** Takes a batch in; it is on disk when the promise resolves. A dry run writes nothing. */
  async take(batch: readonly Incoming[]): Promise<void> {
    const unread = batch.filter((each): each is Unread => 'error' in each);
    const mails = batch.flatMap(each => ('mail' in each ? each.mail : []));
    this.#ingested = { ...this.#ingested, failed: [...this.#ingested.failed, ...unread] };
    const { now } = this.#workspace.clock;
    const all = inOrder([...(await this.#keptFor(mails)), ...mails]);
    const isOld = (mail: ParsedMail) => timeOf(mail, now) < now - STARTS_RULES;
    for (const [part, trigger] of [
      [all.filter(isOld), false],
      [all.filter(mail => !isOld(mail)), true],
    ] as const)
      if (part.length > 0) await this.#commit(part, trigger);
  }

  /** Brings the snapshots up to date with all batches. */
  end(): void {
    this.#holding.settle(this.#workspace);
  }

  /** Takes in all mails of a source, a batch after the other. */
  async takeAll(mails: AsyncIterable<Incoming>): Promise<Ingested> {
    let batch: Incoming[] = [];
    try {
      for await (const each of mails) {
        batch.push(each);
        // A dry run writes nothing that a second batch could build on, so it has a single batch.
        if (batch.length < BATCH || this.#workspace.world.dryRun) continue;
        await this.take(batch);
        batch = [];
      }
      if (batch.length > 0 || !this.#isBegun) await this.take(batch);
    } finally {
      this.end();
    }
    return this.#ingested;
  }

  /** Returns the kept mails of senders that are contacts by now, or become contacts with this batch. */
  async #keptFor(mails: readonly ParsedMail[]): Promise<ParsedMail[]> {
    const isFirst = !this.#isBegun;
    this.#isBegun = true;
    const { createContacts, createDeals } = this.#options;
    const creates = createContacts === true || createDeals !== undefined;
    if (!isFirst && !creates) return [];
    const state = stateOf(await this.#workspace.open(), this.#workspace.config);
    const view = new View(state, this.#workspace.viewer, this.#workspace.clock);
    const senders = new Set(creates ? mails.flatMap(({ from }) => from?.email ?? []) : []);
    const given = new Set(mails.map(({ hash }) => hash));
    return this.#unknown
      .mailsOf(email => senders.has(email) || (isFirst && contactOf(view, email) !== undefined))
      .filter(({ hash }) => !given.has(hash));
  }

  /** Fetching moves a mark on the mail server, which no other machine must move too. */
  get #online(): { readonly online?: string } {
    return this.#via === 'mail fetch' ? { online: 'fetching mail' } : {};
  }

  async #commit(mails: readonly ParsedMail[], trigger: boolean): Promise<void> {
    const workspace = this.#workspace;
    const options = { via: this.#via, holding: this.#holding, ...this.#online };
    const { tx, result } = await commit(workspace, options, draft => {
      draft.trigger = trigger;
      const writer = new Writer(draft, workspace.viewer, assignee);
      const outcome = new BatchOutcome();
      // A missing pipeline is reported once, and not for each mail.
      if (this.#options.createDeals !== undefined) writer.pipeline(this.#options.createDeals);
      const ground = { ours: oursOf(draft.config), removed: removedMails(writer.view) };
      for (const mail of mails) {
        const mark = draft.changes.length;
        const noted = outcome.mark();
        try {
          takeMail(writer, mail, ground, this.#options, outcome);
        } catch (error) {
          if (!(error instanceof CrmError)) throw error;
          draft.revert(mark, {});
          outcome.revert(noted);
          outcome.fail(mail, error);
        }
      }
      return outcome;
    });
    const outcome = result!;
    this.#ingested = outcome.addedTo(this.#ingested, tx);
    if (workspace.world.dryRun) return;
    if (this.#holding.isDue) this.end();
    await this.#unknown.add(outcome.unknown);
    await this.#unknown.forget(outcome.becameKnown);
  }
}

/** Returns mails in the order in which they were sent, each after the mails that it answers, in whatever order they were read. */
function inOrder(mails: readonly ParsedMail[]): ParsedMail[] {
  const sorted = [...mails].sort((a, b) => orderOf(a) - orderOf(b) || (a.hash < b.hash ? -1 : 1));
  const byId = new Map(sorted.map(mail => [mailIdOf(mail), mail]));
  const ordered = new Set<ParsedMail>();
  const begun = new Set<ParsedMail>();
  const put = (mail: ParsedMail): void => {
    if (begun.has(mail)) return;
    begun.add(mail);
    for (const id of [...mail.earlier].reverse()) {
      const earlier = byId.get(id);
      if (earlier) put(earlier);
    }
    ordered.add(mail);
  };
  for (const mail of sorted) put(mail);
  return [...ordered];
}

const orderOf = ({ sentAt }: ParsedMail): number => sentAt ?? Number.MAX_SAFE_INTEGER;
