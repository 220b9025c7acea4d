/** Limits how many things begin within a time. */
export class Slots {
  readonly #count: number;
  readonly #per: number;
  /** When the things began that still count, the earliest first. */
  readonly #running: { readonly timer: NodeJS.Timeout; readonly over: Promise<void> }[] = [];

  /** Lets at most `count` things begin within `per` milliseconds. */
  constructor(count: number, per: number) {
    this.#count = count;
    this.#per = per;
  }

  /** Resolves when the next thing may begin, and counts it as begun. */
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
    // An unreferenced timer does not keep the process alive.
    timer.unref();
    this.#running.push({ timer, over });
  }
}
