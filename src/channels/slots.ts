/** A limit of how many things begin within a time. */
export class Slots {
  readonly #count: number;
  readonly #per: number;
  /** The times that are still running, each of something that began; the earliest first. */
  readonly #running: { readonly timer: NodeJS.Timeout; readonly over: Promise<void> }[] = [];

  /** At most `count` things begin within `per` milliseconds. */
  constructor(count: number, per: number) {
    this.#count = count;
    this.#per = per;
  }

  /** Resolves when the next thing may begin, which then has begun. */
  async take(): Promise<void> {
    if (this.#running.length >= this.#count) {
      const { timer, over } = this.#running[0]!;
      timer.ref();
      await over;
    }
    let timer!: NodeJS.Timeout;
    const over = new Promise<void>(resolve => {
      timer = setTimeout(() => {
        this.#running.shift();
        resolve();
      }, this.#per);
    });
    // Nobody waits for it yet: the process may end.
    timer.unref();
    this.#running.push({ timer, over });
  }
}
