/** Waits between two looks of `crm watch`. */

/**
 * Resolves after some milliseconds, when `stop` is aborted, or sooner if what `listen` listens to calls back; `listen` returns
 * the function that ends that.
 */
export function until(
  milliseconds: number,
  stop: AbortSignal,
  listen: (heard: () => void) => () => void = () => () => {},
): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', end);
      stopListening();
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    stop.addEventListener('abort', end);
    const stopListening = listen(end);
    if (stop.aborted) end();
  });
}
