/** Makes the HTML part of a mail a page of its own: images are embedded, since a browser does not know `cid:`. */
import type { Template } from '../../domain/automation.ts';
import type { MarkedText } from '../../engine/texts/texts.ts';
import { type HtmlMail, mailHtml } from '../../channels/mail-html.ts';
import { readAttached } from '../../store/disk/attached-file.ts';
import type { Workspace } from '../core/workspace.ts';

/** Types of images that browsers show, by the ends of their names. */
const types: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
};

/** Returns the page. INVALID for an image that is a link, or too large. */
export async function htmlToLookAt(
  { world, store }: Workspace,
  { images = [] }: Template,
  text: MarkedText,
): Promise<Pick<HtmlMail, 'html' | 'refused'>> {
  const mail = await mailHtml(text, path => images.includes(path));
  let { html } = mail;
  for (const { path, contentId } of mail.images) {
    const file = readAttached(world.io, store.dir, path);
    const type = types[path.split('.').at(-1)!.toLowerCase()] ?? 'application/octet-stream';
    if (file)
      html = html.replaceAll(
        `src="cid:${contentId}"`,
        `src="data:${type};base64,${Buffer.from(file.bytes).toString('base64')}"`,
      );
  }
  return { html, refused: mail.refused };
}
