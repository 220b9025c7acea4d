/** A request as its route sees it: what is checked of every request has been. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Committer } from './committer.ts';
import type { Secrets } from './secrets.ts';
import type { ServeSettings } from '../domain/serve-settings.ts';

export interface Asked {
  readonly method: 'GET' | 'POST';
  readonly headers: IncomingHttpHeaders;
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
  readonly secrets: Secrets;
}
