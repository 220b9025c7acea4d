import { Readable } from 'node:stream';
import type { Streams } from '../streams.ts';

/** Returns an input that has ended; `isTTY` says that somebody is at the terminal, though not on this input. */
export const emptyInput = (isTTY: boolean): Streams['stdin'] => Object.assign(Readable.from([]), { isTTY });
