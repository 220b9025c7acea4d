/** The channel that needs no trust: each e-mail becomes a file of a Maildir, which any mail program reads. */
import type { Answer, Channel, Mail } from './channel.ts';

/** Where the files go. */
export interface MailFiles {
  /** Makes a file, durably; false if there is one of that name, which stays as it is. Returns when it is on disk. */
  put(name: string, bytes: Uint8Array): boolean;
}

/**
 * Returns the channel that files e-mails in a Maildir. A file is named for its message's key, so that no message is
 * there twice, even after a kill.
 */
export const filesChannel = (files: MailFiles, render: (mail: Mail) => Promise<Uint8Array>): Channel => ({
  async send(message): Promise<Answer> {
    if (message.channel !== 'email') return { outcome: 'failed', reason: 'only e-mails can be filed' };
    let bytes: Uint8Array;
    try {
      bytes = await render(message);
    } catch (error) {
      return { outcome: 'failed', reason: reasonOf(error) };
    }
    const name = fileNameOf(message);
    try {
      files.put(name, bytes);
    } catch (error) {
      return { outcome: 'channel-down', reason: `mail/out cannot be written: ${reasonOf(error)}` };
    }
    return { outcome: 'filed', serverId: name };
  },
});

/**
 * Returns the name of the file, made of the record and its Message-ID, without characters that file names may not
 * have.
 */
const fileNameOf = ({ id, messageId }: Mail): string =>
  `${id}.${messageId.replace(/^<|>$/g, '').replace(/[^A-Za-z0-9@._=-]/g, '_')}`;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
