/**
 * Limits the connections of the server. If there are too many, the one that has been idle longest is cut: a client that
 * opens connections and sends nothing loses its own, and does not push out clients that send requests.
 */
import type { Socket } from 'node:net';

export class Connections {
  /** For each connection, how many complete requests are not answered yet; the longest idle connection first. */
  readonly #open = new Map<Socket, number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Accepts a connection; if there are too many, cuts an idle one, or else this one. */
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

  /** Notes that a complete request has arrived; returns how many of this connection are not answered yet. */
  began(socket: Socket): number {
    const requests = (this.#open.get(socket) ?? 0) + 1;
    if (this.#open.has(socket)) this.#open.set(socket, requests);
    return requests;
  }

  /** Notes that a request was answered: a connection without other requests is idle from now on. */
  ended(socket: Socket): void {
    const requests = this.#open.get(socket);
    if (requests === undefined) return;
    this.#open.delete(socket);
    this.#open.set(socket, Math.max(0, requests - 1));
  }
}
