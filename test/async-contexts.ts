/**
 * Switches off what a prompt switches on: @inquirer/core keeps its context in an AsyncLocalStorage, and once a storage was
 * entered, Node 20 follows each promise of the process. Each later command of a worker, which runs hundreds of files, then
 * takes some 10 % more.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

type Entered = AsyncLocalStorage<unknown>;

/** The storages that were entered since they were last disabled. */
const entered = new Set<Entered>();
const { run } = AsyncLocalStorage.prototype;

AsyncLocalStorage.prototype.run = function (this: Entered, ...args: Parameters<Entered['run']>) {
  entered.add(this);
  return run.apply(this, args);
} as Entered['run'];

let asking = 0;

export const contexts = {
  /** Begins a command that may ask; returns the function that ends it. When the last such command ends, all storages are disabled. */
  enter(): () => void {
    asking++;
    return () => {
      if (--asking > 0) return;
      for (const each of entered) each.disable();
      entered.clear();
    };
  },
};
