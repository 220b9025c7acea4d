/** By which channel a message leaves, and what that needs. */
import type { Channel } from '../../channels/channel.ts';
import type { Config } from '../../domain/config.ts';
import type { TrustItem } from '../core/trust-item.ts';
import type { Workspace } from '../core/workspace.ts';
import type { Message } from './message.ts';

/** A way out of the workspace, defined by a file in `ways/`. All but `open` is pure, and decides by the settings alone. */
export interface WayDefinition {
  /** Its name in what people read: `files`, `smtp`. */
  readonly name: string;
  /** Whether it leads nowhere but to files of this machine: only such a way is open when the time is given. */
  readonly isLocal?: true;
  /** Whether the record is all there is to deliver: there is nothing to attempt. */
  readonly isRecord?: true;
  /** Whether a message takes this way. The first way in the list that says yes gets it. */
  takes(message: Message, config: Config): boolean;
  /** What a person must trust before this message leaves; left out: nothing. */
  needs?(message: Message, config: Config): readonly TrustItem[];
  /** What messages of this workspace may need by its settings, for `crm trust`; left out: nothing. */
  items?(config: Config): readonly TrustItem[];
  /**
   * Which part of the way a message takes: a server, a program. If one part is down, messages of the other parts still
   * leave. Left out: the way has one part.
   */
  part?(message: Message): string;
  /**
   * Opens the channel, once, for the first message. A CrmError that it throws keeps the messages queued, and is their
   * reason and hint. Heavy packages are imported here.
   */
  open(workspace: Workspace): Channel | Promise<Channel>;
}

/** A way that is open on this machine. */
export interface Way {
  readonly name: string;
  readonly channel: Channel;
  readonly isLocal: boolean;
  readonly isRecord?: true;
  /** The part of it that the message takes. */
  readonly part?: string;
  /** When this machine's user trusted all that the message needs, ms; left out: it needs no trust. */
  readonly since?: number;
}

/** Why no way is open for a message. */
export interface Closed {
  readonly closed: string;
  readonly hint?: string;
  /** A person has to trust something first. */
  readonly isUntrusted?: true;
}

/** Returns the way of a message, or the reason why there is none; the message then stays queued. */
export interface Ways {
  (message: Message): Way | Closed;
  /** Reads again what this machine trusts: somebody may have revoked it. Left out: nothing is to be read. */
  reread?(): void;
}
