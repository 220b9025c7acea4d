/** What a delivery has done so far, and what it reports in the end: settled messages, and the obstacles of others. */
import type { Answer } from '../../channels/channel.ts';
import type { Message, MessageStatus } from './message.ts';
import type { Way } from './ways.ts';

/** What became of a message. */
export interface Settled {
  readonly id: string;
  readonly to: string;
  readonly channel: Message['channel'];
  readonly status: MessageStatus;
  readonly reason?: string;
  readonly hint?: string;
  /** The way that it took. */
  readonly way?: string;
}

/** Why messages stay queued that could leave. */
export interface Obstacle {
  readonly reason: string;
  readonly hint?: string;
  /** The messages that wait for it. */
  readonly messages: readonly string[];
  /** Whether it was not said within a day. */
  readonly isNew: boolean;
}

export interface Delivery {
  /** Another process of this machine is delivering: nothing was done. */
  readonly isBusy?: true;
  /** The delivery was interrupted: the rest stays queued. */
  readonly isStopped?: true;
  readonly settled: readonly Settled[];
  /** The messages that are still queued. */
  readonly queued: readonly string[];
  readonly obstacles: readonly Obstacle[];
}

/** Why a message cannot leave now. */
interface Reason {
  readonly reason: string;
  readonly hint?: string;
}

/** Collects what becomes of each message. */
export class DeliveryLog {
  readonly #settled: Settled[] = [];
  /** The messages that wait, by the reason. */
  readonly #waiting = new Map<string, Reason & { readonly messages: string[] }>();
  /** Ways, or parts of ways, that are not open any more in this delivery. */
  readonly #down = new Map<string, Reason>();

  /** Notes the status that a message has now. */
  note({ id, to, channel, status, reason }: Message, way?: Way, hint?: string): void {
    this.#settled.push({
      id,
      to,
      channel,
      status,
      ...(reason !== undefined && reason !== null && { reason }),
      ...(hint !== undefined && { hint }),
      ...(way && { way: way.name }),
    });
  }

  /** Notes that a message stays queued. */
  wait({ id }: Message, { reason, hint }: Reason): void {
    const known = this.#waiting.get(reason);
    if (known) known.messages.push(id);
    else this.#waiting.set(reason, { reason, ...(hint !== undefined && { hint }), messages: [id] });
  }

  /** Notes that nothing more leaves by a way in this delivery, and that a message waits for it. */
  stop(message: Message, way: Way, { outcome, reason = outcome, hint }: Answer): void {
    const down = { reason, ...(hint !== undefined && { hint }) };
    this.#down.set(placeOf(way), down);
    this.wait(message, down);
  }

  /** Returns why nothing leaves by a way any more; undefined if the way is open. */
  whyDown(way: Way): Reason | undefined {
    return this.#down.get(placeOf(way));
  }

  /** The reasons for which messages wait. */
  get reasons(): readonly string[] {
    return [...this.#waiting.keys()];
  }

  /** Returns the report; `isNew` tells whether a reason was not reported within a day. */
  delivery(queued: readonly string[], isNew: (reason: string) => boolean = () => true): Delivery {
    const obstacles = [...this.#waiting.values()].map(each => ({ ...each, isNew: isNew(each.reason) }));
    return { settled: this.#settled, queued, obstacles };
  }
}

/** The key of what goes down together: a way, or a part of it. */
const placeOf = ({ name, part = '' }: Way): string => `${name} ${part}`;
