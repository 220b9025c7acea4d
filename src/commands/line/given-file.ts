/** Reads a file that the command line names, as bytes. */
import { constants, open } from 'node:fs/promises';
import { failed, usage } from '../../domain/errors.ts';
import { unreadable } from './named-file.ts';

/** Reads a regular file; USAGE for anything else, FAILED for one of more than `most` bytes. `said` is how it was named. */
export async function readGiven(path: string, said: string, most: number): Promise<Uint8Array> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    // Opened without waiting for the other end of a FIFO, which is then refused.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw unreadable(error, said);
  }
  try {
    const stat = await handle.stat();
    if (stat.isDirectory())
      throw usage(`${said} is a directory, and not a file`, `name a file in it: ${said}/NAME`);
    if (!stat.isFile()) throw usage(`${said} is not a regular file`);
    if (stat.size > most)
      throw failed(
        `${said} has ${Math.ceil(stat.size / 2 ** 20)} MB, and may have at most ${most / 2 ** 20}`,
        'a link to it: crm deal note D12 "https://..."',
      );
    return await handle.readFile();
  } catch (error) {
    throw unreadable(error, said);
  } finally {
    await handle.close();
  }
}
