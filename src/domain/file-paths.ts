/** Paths of files that people keep in a workspace: `files/price-list.pdf`. */

/** The folder that has them. */
export const FILES = 'files';

/** The most bytes of one file that is attached: mail servers refuse more. */
export const LARGEST_ATTACHED = 25 * 2 ** 20;

/** The most bytes of one name of a path, as file systems have it. */
const LONGEST_NAME = 255;

/** Whether a text is the path of a file below `files/`: plain names with slashes, and no way out. */
export function isFilePath(text: string): boolean {
  const [folder, ...names] = text.split('/');
  return folder === FILES && names.length > 0 && names.every(isFileName);
}

const isFileName = (name: string): boolean =>
  name !== '' &&
  name !== '.' &&
  name !== '..' &&
  !/[\u0000-\u001f\u007f-\u009f\\]/.test(name) &&
  Buffer.byteLength(name) <= LONGEST_NAME;

/** Returns the path of an image that a text names, `files/logo.png` or `cid:files/logo.png`; undefined for any other. */
export function imagePath(target: string): string | undefined {
  const path = target.replace(/^cid:/, '');
  return isFilePath(path) ? path : undefined;
}

/** Returns the files that a Markdown text shows as images, each once. */
export function imagesIn(markdown: string): string[] {
  const targets = [...markdown.matchAll(/!\[[^\]]*\]\(\s*<?([^\s)>]+)/g)].map(([, target]) => target!);
  return [...new Set(targets.flatMap(target => imagePath(target) ?? []))];
}
