/** By which channel a message leaves, and what that needs. */
import type { Channel } from '../../channels/channel.ts';
import type { Message } from './message.ts';

/** A way out of the workspace. */
export interface Way {
  /** Its name in what people read: `files`, `smtp`. */
  readonly name: string;
  readonly channel: Channel;
  /** Whether it leads nowhere but to files of this machine: only such a way is open when the time is given. */
  readonly isLocal: boolean;
  /** Whether the record is all there is to deliver: there is nothing to attempt. */
  readonly isRecord?: true;
  /** When this machine's user trusted it, ms; left out: it needs no trust. */
  readonly since?: number;
}

/** Returns the way of a message; in words why there is none, and then it stays queued. */
export type Ways = (message: Message) => Way | { readonly closed: string; readonly hint?: string };
