import { Workspace } from './workspace.ts';

/**
 * Opens the same workspace for transactions of their own: one command makes many, and the id of its request can stand
 * for one of them alone.
 */
export function withOwnRequests({ world, store }: Workspace): Promise<Workspace> {
  const request = {
    given: false,
    get id() {
      return world.salt();
    },
  };
  return Workspace.open({ ...world, request }, store.dir);
}
