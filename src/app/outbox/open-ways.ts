/** The ways out of a workspace that are open on this machine. */
import { filesChannel } from '../../channels/files.ts';
import { mailBytes } from '../../channels/mail-bytes.ts';
import { MailDirectory } from '../../store/mail-directory.ts';
import type { Workspace } from '../core/workspace.ts';
import type { Way, Ways } from './ways.ts';

/** A notification has arrived when it is recorded: its record is what the user reads. */
const inbox: Way = {
  name: 'inbox',
  isLocal: true,
  isRecord: true,
  channel: { send: async () => ({ outcome: 'filed' }) },
};

/** Returns the ways of a workspace. */
export function openWays({ world, store }: Workspace): Ways {
  const files: Way = {
    name: 'files',
    isLocal: true,
    channel: filesChannel(new MailDirectory(world.io, store.dir), mailBytes),
  };
  return ({ channel }) => {
    if (channel === 'email') return files;
    if (channel === 'notify') return inbox;
    return { closed: `nothing on this machine sends what is for ${channel}` };
  };
}
