/** A request as its route gets it: the checks that every request must pass are done. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ForMails } from '../app/outbox/confirmation.ts';
import type { View } from '../app/core/view.ts';
import type { Committer } from './committer.ts';
import type { Hook, ServeSettings } from '../domain/serve-settings.ts';

export interface Asked {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers: IncomingHttpHeaders;
  /** The parameters after the path. */
  readonly query: URLSearchParams;
  /** The body as it arrived: signatures are over these bytes. */
  readonly body: Buffer;
  readonly client: string;
  /** When it arrived, ms. */
  readonly at: number;
}

/** What a route works with. */
export interface Tools {
  readonly settings: ServeSettings;
  readonly committer: Committer;
  readonly outbox: ForMails;
  /** Returns the workspace as it is now, all of it, and its id. */
  readonly read: () => Promise<{ readonly view: View; readonly id: string }>;
  /** Returns the secret of a hook; undefined if it cannot be read, or is not trusted on this machine. */
  readonly secretOf: (name: string, hook: Hook) => Promise<string | undefined>;
}
