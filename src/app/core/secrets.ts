/** Reading secrets from where settings say they are kept. */
import { join } from 'node:path';
import type { SecretSource } from '../../domain/mail-settings.ts';
import { readWhole } from '../../store/io.ts';
import type { World } from './workspace.ts';

/** The most bytes of a secret: a private key has some thousand. */
const LARGEST = 64 * 1024;

/** Returns a secret without the line end behind it; undefined where there is none. */
export function readSecret({ env, io }: Pick<World, 'env' | 'io'>, source: SecretSource): string | undefined {
  const text =
    source.kind === 'env'
      ? env[source.name]
      : source.kind === 'file'
        ? fileText(io, pathOf(source.path, env.HOME))
        : undefined;
  return text?.replace(/\r?\n$/, '') || undefined;
}

function fileText(io: World['io'], path: string | undefined): string | undefined {
  try {
    return path === undefined ? undefined : readWhole(io, path, LARGEST).toString();
  } catch {
    return undefined;
  }
}

function pathOf(path: string, home: string | undefined): string | undefined {
  if (!path.startsWith('~/')) return path;
  return home === undefined ? undefined : join(home, path.slice(2));
}
