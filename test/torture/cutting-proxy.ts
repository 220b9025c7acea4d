/** A proxy in front of a socket that cuts connections: before a request arrives, or after it did and before the answer comes back. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Chance } from './chance.ts';

/** Of the chunks in each direction, so many are cut. */
const SHARE = 0.05;

export class CuttingProxy {
  cuts = false;
  count = 0;
  readonly #server: Server;
  readonly #path: string;
  readonly #open = new Set<Socket>();

  /** Listens at the path of a socket, and hands on to another one. */
  constructor(to: string, at: string, chance: Chance) {
    this.#path = at;
    this.#server = createServer(client => {
      const target = connect(to);
      this.#hand(client, target, chance);
      this.#hand(target, client, chance);
    });
  }

  listen(): Promise<void> {
    return new Promise(resolve => this.#server.listen(this.#path, resolve));
  }

  #hand(from: Socket, to: Socket, chance: Chance): void {
    this.#open.add(from);
    from.on('data', chunk => {
      if (this.cuts && chance.next() < SHARE) {
        this.count++;
        from.destroy();
        to.destroy();
      } else to.write(chunk);
    });
    from.on('error', () => {});
    from.on('close', () => {
      this.#open.delete(from);
      to.destroy();
    });
  }

  close(): Promise<void> {
    for (const each of this.#open) each.destroy();
    return new Promise(resolve => this.#server.close(() => resolve()));
  }
}
