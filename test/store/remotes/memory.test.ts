import { MemoryRemote } from '../../../src/store/remotes/memory.ts';
import { remoteContract } from './contract.ts';

remoteContract('a remote in memory', () => {
  const remote = new MemoryRemote();
  return { open: () => remote };
});
