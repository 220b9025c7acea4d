/**
 * Switches off what a prompt switches on: @inquirer/core keeps its context in an AsyncLocalStorage, and once one was
 * entered, Node 20 follows each promise of the process. In a worker, where hundreds of files run after that, each command
 * took some 10 % more.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

type Entered = AsyncLocalStorage<unknown>;

/** Those that were entered since the last time that nobody was asked. */
const entered = new Set<Entered>();
const { run } = AsyncLocalStorage.prototype;

AsyncLocalStorage.prototype.run = function (this: Entered, ...args: Parameters<Entered['run']>) {
  entered.add(this);
  return run.apply(this, args);
} as Entered['run'];

let asking = 0;

export const contexts = {
  /** Begins a command that may ask; returns the function that ends it. After the last one, no promise is followed. */
  enter(): () => void {
    asking++;
    return () => {
      if (--asking > 0) return;
      for (const each of entered) each.disable();
      entered.clear();
    };
  },
};
