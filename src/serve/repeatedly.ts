/** Repeats work in the background of the server: an error is reported, and does not end the repetition. */

export interface Repeated {
  /** Begins nothing more, and resolves when what has begun is done. */
  stop(): Promise<void>;
}

/** Does `work` now, and again `every` milliseconds after it began, or as soon as it is done. */
export function repeatedly(
  every: number,
  work: () => Promise<void>,
  alarm: (error: unknown) => void,
): Repeated {
  let timer: NodeJS.Timeout | undefined;
  let isStopping = false;
  let running: Promise<void> = Promise.resolve();
  const begin = () => {
    let isOver = false;
    const next = () => {
      if (isOver && !isStopping) begin();
      isOver = true;
    };
    // The next run begins when the interval is over and the work is done.
    timer = setTimeout(next, every);
    running = work().catch(alarm).then(next);
  };
  begin();
  return {
    async stop() {
      isStopping = true;
      clearTimeout(timer);
      await running;
    },
  };
}
