import fs from 'node:fs';

/**
 * The system calls that the store makes. Tests put a shim here that fails, stalls or forgets, so nothing in this
 * folder calls node:fs any other way.
 */
export type Io = Pick<
  typeof fs,
  | 'closeSync'
  | 'existsSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'linkSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readSync'
  | 'readdirSync'
  | 'readFileSync'
  | 'renameSync'
  | 'rmdirSync'
  | 'statSync'
  | 'statfsSync'
  | 'unlinkSync'
  | 'writeSync'
>;

export const nodeIo: Io = fs;

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** A file's bytes, or undefined where there is no such file. */
export function readIfThere(io: Io, path: string): Buffer | undefined {
  try {
    return io.readFileSync(path) as Buffer;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
