/** All kinds of remotes, by the schemes of their addresses. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { usage } from '../../domain/errors.ts';
import { directory } from './directory.ts';
import { git } from './git.ts';
import type { RemoteKind } from './kind.ts';
import { postgres } from './postgres.ts';
import { s3 } from './s3.ts';

const remoteKinds: readonly RemoteKind[] = [directory, git, postgres, s3];

/** The address and the kind of a remote. */
export interface Address {
  readonly kind: RemoteKind;
  readonly url: URL;
}

/**
 * Reads the address of a remote as people type it: a URL, or the path of a directory, from `cwd` on. USAGE if there is no
 * such kind of remote, or if it has a password, which would be shown and kept.
 */
export function addressOf(text: string, cwd: string): Address {
  requireAbsolute(text, cwd);
  const url = /^[a-z][a-z0-9+.-]*:/i.test(text)
    ? parsed(text.replace(/^(git\+file):\/(?!\/)/i, '$1:///'))
    : pathToFileURL(resolve(cwd, text));
  const kind = remoteKinds.find(({ schemes }) => schemes.includes(url.protocol.slice(0, -1)));
  if (!kind || text.startsWith('-')) throw notAnAddress(text);
  if (url.password !== '')
    throw usage(
      'an address must not have a password: it would be kept and shown',
      'crm help remotes says where each kind takes its password from',
    );
  kind.check(url);
  return { kind, url };
}

/**
 * Throws USAGE for a text that only looks like an address, with the address that is probably meant: a path that a URL
 * would take from the root of the disk, and git's two notations of a repository.
 */
function requireAbsolute(text: string, cwd: string): void {
  const [scheme, path] = /^(?:file:|git\+file:(?:\/\/)?)(?!\/)/i.exec(text)
    ? [text.slice(0, text.indexOf(':')), text.replace(/^[^:]*:(\/\/)?/, '')]
    : [];
  if (path !== undefined)
    throw usage(
      `${JSON.stringify(text)} does not name its path from the root of the disk`,
      `${scheme}://${resolve(cwd, path)}`,
    );
  if (/^(https?|ssh):\/\//.test(text))
    throw usage(
      `${JSON.stringify(text)} is not the address of a remote`,
      `of a git repository: git+${text.replace(/^http:/, 'https:')}`,
    );
  const [, host, repository] = /^([\w.-]+@[\w.-]+):(?!\/\/)\/?(.+)$/.exec(text) ?? [];
  if (host !== undefined)
    throw usage(
      `${JSON.stringify(text)} is not the address of a remote`,
      `of a git repository: git+ssh://${host}/${repository}`,
    );
}

function parsed(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw notAnAddress(text);
  }
}

const notAnAddress = (text: string) =>
  usage(
    `${JSON.stringify(text)} is not the address of a remote`,
    remoteKinds.map(({ name, example }) => `${name}: ${example}`).join(', '),
  );
