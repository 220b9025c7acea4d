import { filesChannel } from '../../../channels/files.ts';
import { mailBytes } from '../../../channels/mail-bytes.ts';
import { MailDirectory } from '../../../store/machine/mail-directory.ts';
import type { WayDefinition } from '../ways.ts';
import { isMailVia } from './mail.ts';

/** The way of e-mails to files of a Maildir in the workspace. */
export const files: WayDefinition = {
  name: 'files',
  isLocal: true,
  takes: isMailVia('files'),
  open: ({ world, store }) => filesChannel(new MailDirectory(world.io, store.dir), mailBytes),
};
