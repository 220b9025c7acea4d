/** A cache that is read whole: one line with the checksum of the rest, and the rest in JSON. */
import { join } from 'node:path';
import { checksum } from '../disk/checksum.ts';
import { replaceFile, type Temporary } from '../disk/durable.ts';
import { type Io, readWhole } from '../disk/io.ts';

/** Bytes of the first line: eight digits and a newline. */
const HEAD = 9;

/** The first line of a cache that says this. */
export const headOf = (body: Uint8Array): string => `${checksum(body).toString(16).padStart(8, '0')}\n`;

/**
 * Returns the value of a cache, and its path; undefined if it is missing, unreadable or damaged. `directory` is
 * undefined if crm keeps no caches.
 */
export function readCache<T>(
  io: Io,
  directory: string | undefined,
  name: string,
): { readonly value: T; readonly path: string } | undefined {
  if (directory === undefined) return undefined;
  try {
    const path = join(directory, name);
    const bytes = readWhole(io, path);
    const body = bytes.subarray(HEAD);
    if (bytes.toString('latin1', 0, HEAD) !== headOf(body)) return undefined;
    return { value: JSON.parse(body.toString()) as T, path };
  } catch {
    // It is made again.
    return undefined;
  }
}

/** Writes a cache. Throws failures of the system, which the caller may ignore. */
export function writeCache(
  io: Io,
  directory: string,
  name: string,
  temporary: Temporary,
  value: unknown,
): void {
  const body = Buffer.from(JSON.stringify(value));
  replaceFile(
    io,
    join(directory, name),
    temporary,
    sink => {
      sink.write(headOf(body));
      sink.write(body);
    },
    false,
  );
}
