/**
 * The connections of the server. Where there are too many, the one that has kept it waiting longest goes: a client that
 * opens connections and says nothing on them can push out its own ones, but nobody who has something to say.
 */
import type { Socket } from 'node:net';

export class Connections {
  /** The requests of each connection that arrived whole and are not answered yet, in the order of waiting. */
  readonly #open = new Map<Socket, number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes a connection, or cuts one: another that waits, otherwise this one. */
  add(socket: Socket): void {
    if (this.#open.size >= this.#most) {
      const waiting = [...this.#open].find(([, requests]) => requests === 0)?.[0];
      if (!waiting) {
        socket.destroy();
        return;
      }
      this.#open.delete(waiting);
      waiting.destroy();
    }
    this.#open.set(socket, 0);
    socket.on('close', () => this.#open.delete(socket));
  }

  /** Notes that a request has arrived whole; returns how many of this connection are not answered yet. */
  began(socket: Socket): number {
    const requests = (this.#open.get(socket) ?? 0) + 1;
    if (this.#open.has(socket)) this.#open.set(socket, requests);
    return requests;
  }

  /** Notes that a request was answered: a connection without any waits from now on. */
  ended(socket: Socket): void {
    const requests = this.#open.get(socket);
    if (requests === undefined) return;
    this.#open.delete(socket);
    this.#open.set(socket, Math.max(0, requests - 1));
  }
}
