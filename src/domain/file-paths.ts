/** Checks and makes paths of files that people keep in a workspace: `files/price-list.pdf`. */

/** The folder of these files. */
export const FILES = 'files';

/** The most bytes of one file that is attached: mail servers refuse more. */
export const LARGEST_ATTACHED = 25 * 2 ** 20;

/** The most bytes of one name of a path, as file systems have it. */
const LONGEST_NAME = 255;

/** Whether a text is the path of a file below `files/`: plain names with slashes, without `..`. */
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

/** Characters that a file's name should not have: control characters, and bidirectional controls. */
const UNNAMEABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069/\\]/g;

/** Returns a name for a file that people attach: what it may not have is replaced, and it is short enough. */
export function fileNameFrom(name: string): string {
  const plain = Buffer.from(name.normalize('NFC')).toString().replace(UNNAMEABLE, '_').trim();
  const named = plain === '' || plain === '.' || plain === '..' ? 'file' : plain.replace(/^\./, '_');
  return shortened(named, LONGEST_NAME - ROOM);
}

/** How many bytes are kept free for ` (2)` and for the suffix of a temporary name. */
const ROOM = 20;

/** Shortens a name at the end of its stem, so that its extension stays. */
function shortened(name: string, most: number): string {
  const [, stem = name, ending = ''] = /^(.+?)(\.[^.]{1,16})?$/s.exec(name) ?? [];
  const letters = [...stem];
  let bytes = Buffer.byteLength(name);
  while (letters.length > 1 && bytes > most) bytes -= Buffer.byteLength(letters.pop()!);
  return letters.join('') + ending;
}

/** Returns `offer (2).pdf` of `offer.pdf`. */
export function numberedName(name: string, n: number): string {
  if (n === 1) return name;
  const [, stem = name, ending = ''] = /^(.+?)(\.[^.]{1,16})?$/s.exec(name) ?? [];
  return `${stem} (${n})${ending}`;
}
