/**
 * Fetches mails from the IMAP mailbox that `crm.yaml` names. This machine saves its position in the mailbox after each
 * group is committed, so a cut connection loses nothing and repeats at most one group, whose mails are known by their ids.
 */
import { openMailbox } from '../../channels/imap.ts';
import { parseMail } from '../../channels/mail-in/parse.ts';
import { LARGEST_MAIL } from '../../channels/mail-in/parsed-mail.ts';
import { readSecret } from '../../channels/secret.ts';
import { type CrmError, failed, usage } from '../../domain/errors.ts';
import { addressOf, type ImapSettings } from '../../domain/mail-settings.ts';
import { MachineState } from '../../store/machine/machine-state.ts';
import { workspaceId } from '../core/origin.ts';
import { secretAccess } from '../core/secret-access.ts';
import { Trusted } from '../core/trusted.ts';
import type { Workspace } from '../core/workspace.ts';
import { serverItems } from '../outbox/ways/mail.ts';
import type { Incoming, Ingestion } from './ingest.ts';

/** How far a mailbox was read. */
interface Position {
  readonly uidValidity: string;
  /** The last number that was read. */
  readonly uid: number;
  /** Mails that arrived before are not read, ms. */
  readonly begun: number;
}

/** `fetched-mail.json`: by workspace, by user, server and mailbox, with a `:` before it. */
interface Fetched {
  workspaces?: { [id: string]: { [mailbox: string]: Position } };
}

/** The result of a fetch, beside the counts of mails. */
export interface Fetching {
  /** Another process of this machine is fetching: nothing was done. */
  readonly isBusy?: true;
  /** This was the first fetch: mails that arrive from now on are fetched. */
  readonly isBegun?: true;
  /** Why the fetch ended before the last mail. */
  readonly error?: CrmError;
}

/** Fetches what arrived since the last time, or from `since` on, ms. FAILED if the server is not trusted. */
export async function fetchMail(
  workspace: Workspace,
  ingestion: Ingestion,
  since: number | undefined,
): Promise<Fetching> {
  const settings = workspace.config.mail?.fetch;
  if (!settings)
    throw usage(
      'crm.yaml names no mailbox to fetch from',
      'mail: { fetch: { host: imap.example.com, user: sales, password-env: CRM_IMAP_PASSWORD } }',
    );
  await requireTrusted(workspace, settings);
  const place = await Place.of(workspace, settings);
  const lock = await place.hold();
  if (!lock) return { isBusy: true };
  try {
    return await fetchFrom(workspace, settings, { ingestion, place, since });
  } finally {
    lock.release();
  }
}

async function requireTrusted(workspace: Workspace, settings: ImapSettings): Promise<void> {
  const trusted = await Trusted.of(workspace);
  const open = serverItems('IMAP server', settings).find(item => trusted.since(item) === undefined);
  if (open)
    throw failed(`this machine does not trust ${open.kind} ${open.what}`, 'crm trust shows it, and asks');
}

interface Tools {
  readonly ingestion: Ingestion;
  readonly place: Place;
  readonly since: number | undefined;
}

async function fetchFrom(
  workspace: Workspace,
  { secret, ...server }: ImapSettings,
  { ingestion, place, since }: Tools,
): Promise<Fetching> {
  const { world, clock } = workspace;
  const mailbox = await openMailbox(server, {
    ...(secret && {
      secret: {
        isToken: secret.kind === 'token-command',
        read: () => readSecret(secret, secretAccess(workspace)),
      },
    }),
  });
  try {
    const { uidValidity, uidNext } = mailbox;
    const known = place.read();
    if (!known && since === undefined) {
      if (!world.dryRun) await place.note({ uidValidity, uid: uidNext - 1, begun: clock.now });
      return { isBegun: true };
    }
    const begun = Math.min(since ?? known!.begun, known?.begun ?? since!);
    // If the numbers mean other mails now, or `since` asks for earlier ones, all are read again and known by their ids.
    const isSame = known?.uidValidity === uidValidity && since === undefined;
    for await (const group of mailbox.mails(isSame ? known.uid + 1 : 1, since ?? begun)) {
      await ingestion.take(await Promise.all(group.map(parsed)));
      if (!world.dryRun) await place.note({ uidValidity, uid: group.at(-1)!.uid, begun });
    }
    if (!world.dryRun) await place.note({ uidValidity, uid: uidNext - 1, begun });
    return {};
  } catch (error) {
    return { error: error as CrmError };
  } finally {
    ingestion.end();
    await mailbox.close();
  }
}

async function parsed({
  uid,
  bytes,
}: {
  readonly uid: number;
  readonly bytes?: Uint8Array;
}): Promise<Incoming> {
  if (bytes) return { mail: await parseMail(bytes) };
  return { name: `mail ${uid}`, error: `it is larger than ${LARGEST_MAIL >> 20} MB` };
}

/** How far one mailbox was read for one workspace, in the state directory. */
class Place {
  readonly #state: MachineState<Fetched>;
  readonly #workspace: string;
  readonly #mailbox: string;

  private constructor(workspace: Workspace, id: string, mailbox: string) {
    this.#state = new MachineState<Fetched>(workspace.world, 'fetched-mail', {});
    this.#workspace = id;
    this.#mailbox = mailbox;
  }

  static async of(workspace: Workspace, settings: ImapSettings): Promise<Place> {
    const { user = '', mailbox } = settings;
    const id = (await workspaceId(workspace.store)) ?? 'new';
    return new Place(workspace, id, `:${user}@${addressOf(settings)}/${mailbox}`);
  }

  hold(): ReturnType<MachineState<Fetched>['hold']> {
    return this.#state.hold(`fetch-${this.#workspace}`);
  }

  read(): Position | undefined {
    return this.#state.read().workspaces?.[this.#workspace]?.[this.#mailbox];
  }

  /** Durable when it resolves. */
  async note(position: Position): Promise<void> {
    await this.#state.update(fetched => {
      const ofWorkspace = { ...fetched.workspaces?.[this.#workspace], [this.#mailbox]: position };
      fetched.workspaces = { ...fetched.workspaces, [this.#workspace]: ofWorkspace };
    });
  }
}
