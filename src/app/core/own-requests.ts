import { Workspace } from './workspace.ts';

/**
 * Opens the same workspace without the command's request id: the command makes many transactions, and a request id can
 * identify only one.
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
