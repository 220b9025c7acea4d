/** Makes what an e-mail has beside its text: the HTML part, the images that it shows, and the attachments. */
import { basename } from 'node:path';
import type { Attachment } from '../../channels/channel.ts';
import type { Beside } from '../../channels/mail-html.ts';
import { CrmError } from '../../domain/errors.ts';
import { readInserted } from '../../domain/inserted.ts';
import { hashOfAttached, readAttached } from '../../store/disk/attached-file.ts';
import type { Workspace } from '../core/workspace.ts';
import type { Message } from './message.ts';

export interface MailParts {
  readonly html?: string;
  readonly attachments: readonly Attachment[];
}

type Place = Pick<Workspace, 'world' | 'store'>;

/**
 * Makes the parts of a mail. Only the text of a template becomes HTML: in a text that a person typed, markup cannot be told
 * from plain characters. Throws CrmError if a file cannot be read any more.
 */
export async function mailPartsOf(
  { world, store }: Place,
  message: Message,
  beside: Beside = {},
): Promise<MailParts> {
  const { body = '', attachments: paths = [] } = message;
  const inserted = readInserted(message.inserted, body.length);
  const bytesOf = (path: string): Uint8Array => {
    const file = readAttached(world.io, store.dir, path);
    if (!file) throw new CrmError('NOT_FOUND', notThere(path));
    return file.bytes;
  };
  const attached = paths.map(path => ({ name: basename(path), content: bytesOf(path) }));
  if (!inserted) return { attachments: attached };
  const { mailHtml } = await import('../../channels/mail-html.ts');
  const noted = new Set(notedOf(message).map(({ path }) => path));
  const { html, images } = await mailHtml({ text: body, inserted }, path => noted.has(path), beside);
  return {
    html,
    attachments: [
      ...attached,
      ...images.map(({ path, contentId }) => ({ name: basename(path), content: bytesOf(path), contentId })),
    ],
  };
}

/** Returns the targets of a mail's web links, in order. */
export async function linksOf(message: Message): Promise<readonly string[]> {
  const { body = '' } = message;
  const inserted = readInserted(message.inserted, body.length);
  if (!inserted) return [];
  const { mailHtml } = await import('../../channels/mail-html.ts');
  return (await mailHtml({ text: body, inserted }, () => false)).links;
}

/** The files that mails are sent with, as they are now. */
export class MailFiles {
  readonly #place: Place;
  readonly #hashes = new Map<string, string | undefined>();

  constructor(place: Place) {
    this.#place = place;
  }

  /** Returns the file of a message that is missing; undefined if none is. */
  missing(message: Message): string | undefined {
    const path = notedOf(message).find(each => this.#hashOf(each.path) === undefined)?.path;
    return path && notThere(path);
  }

  /** Returns the file of a message that has changed since the message was queued; undefined if none has. */
  changed(message: Message): string | undefined {
    const path = notedOf(message).find(({ path: each, hash }) => {
      const now = this.#hashOf(each);
      return hash !== undefined && now !== undefined && now !== hash;
    })?.path;
    return path && `${path} is not what it was when this was queued`;
  }

  #hashOf(path: string): string | undefined {
    if (!this.#hashes.has(path)) {
      const { world, store } = this.#place;
      this.#hashes.set(path, hashOfAttached(world.io, store.dir, path));
    }
    return this.#hashes.get(path);
  }
}

const notThere = (path: string): string => `${path} is not there, or is not a file of at most 25 MB`;

/** The files of a message, each with the hash that it had when the message was queued, if it was there. */
const notedOf = ({ noted = [] }: Message): { readonly path: string; readonly hash: string | undefined }[] =>
  noted.map(each => {
    const [hash = '-', ...path] = each.split(' ');
    return { path: path.join(' '), hash: hash === '-' ? undefined : hash };
  });

/**
 * Returns the text part of a mail: its Markdown, without blanks at line ends (but for the line that begins a signature) and
 * more than one empty line in a row.
 */
export const tidied = (text: string): string =>
  `${text
    .replace(/\r\n?/g, '\n')
    .replace(/(?<!^--)[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
