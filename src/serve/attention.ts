/**
 * Tells a client that was slow from a server that did not listen. Node judges timeouts before it reads what has arrived:
 * after a pause of this process (a large snapshot on a busy machine) a request that came in time would be refused.
 */
import type { Socket } from 'node:net';

/** The longest pause, ms, after which Node's judgment holds. */
const SHORT = 1000;

export class Attention {
  readonly #beat: NodeJS.Timeout;
  readonly #now: () => number;
  #last: number;
  /** How long the last two beats were apart, ms. */
  #gap = 0;
  /** The clients that were given time again. */
  readonly #spared = new WeakMap<Socket, NodeJS.Timeout>();

  constructor(interval: number, now: () => number) {
    this.#now = now;
    this.#last = now();
    this.#beat = setInterval(() => {
      const now = this.#now();
      this.#gap = now - this.#last;
      this.#last = now;
    }, interval).unref();
  }

  /** If this process paused, gives a client `time` ms again, once, before `refuse` is called; false if it did not pause. */
  spare(socket: Socket, time: number, refuse: () => void): boolean {
    const paused = Math.max(this.#gap, this.#now() - this.#last);
    if (paused < Math.min(SHORT, time) || this.#spared.has(socket)) return false;
    const timer = setTimeout(refuse, time).unref();
    this.#spared.set(socket, timer);
    socket.on('close', () => clearTimeout(timer));
    return true;
  }

  /** Notes that a request of a client has arrived. */
  heard(socket: Socket): void {
    clearTimeout(this.#spared.get(socket));
    this.#spared.delete(socket);
  }

  stop(): void {
    clearInterval(this.#beat);
  }
}
