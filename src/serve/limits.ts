/** Limits what a client may use of the server. Node has no limits of its own for connections and bodies. */
export interface Limits {
  /** Connections at once. */
  readonly connections: number;
  /** Milliseconds until the headers of a request have arrived. */
  readonly headersTimeout: number;
  /** Milliseconds until a whole request has arrived. */
  readonly requestTimeout: number;
  /** Milliseconds that a connection may wait for its next request. */
  readonly keepAliveTimeout: number;
  /** Milliseconds without a byte in either direction. */
  readonly idleTimeout: number;
  /** Milliseconds between two checks of the first two timeouts; Node's default is 30 s. */
  readonly checkingInterval: number;
  /** The bytes of all headers of a request. */
  readonly headerBytes: number;
  /** Requests on one connection, one after the other. */
  readonly requests: number;
  /** Requests on one connection that are not answered yet. */
  readonly pipelined: number;
  /** For how many milliseconds a refused client can read the answer before the connection is cut. */
  readonly linger: number;
  /** For how many milliseconds requests under way are still answered after the server was told to stop. */
  readonly drainTimeout: number;
}

export const usualLimits: Limits = {
  connections: 64,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  idleTimeout: 15_000,
  checkingInterval: 500,
  headerBytes: 16 * 1024,
  requests: 1000,
  pipelined: 32,
  linger: 500,
  drainTimeout: 15_000,
};
