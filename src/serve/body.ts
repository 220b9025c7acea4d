/** Reads the body of a request, up to a limit. */
import type { IncomingMessage } from 'node:http';

export type Body =
  | { readonly bytes: Buffer }
  /** It is longer than allowed: the rest was not read. */
  | { readonly tooLong: true }
  /** The client went away. */
  | { readonly aborted: true };

/** Whether a request declares a body of more than `most` bytes. */
export const saysTooLong = ({ headers }: IncomingMessage, most: number): boolean =>
  Number(headers['content-length'] ?? 0) > most;

/** Reads a body of at most `most` bytes. */
export function readBody(request: IncomingMessage, most: number): Promise<Body> {
  if (saysTooLong(request, most)) return Promise.resolve({ tooLong: true });
  return new Promise(resolve => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (body: Body) => {
      request.off('data', take).off('end', whole).off('close', aborted).off('error', aborted);
      // An error after an early end must not throw.
      request.on('error', () => {});
      resolve(body);
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size > most) end({ tooLong: true });
      else chunks.push(chunk);
    };
    const whole = () => end({ bytes: Buffer.concat(chunks) });
    const aborted = () => end({ aborted: true });
    request.on('data', take).on('end', whole).on('close', aborted).on('error', aborted);
  });
}
