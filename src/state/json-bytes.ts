/** Finds its way in JSON texts as bytes, without parsing them. */

const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** Returns where the text that begins at `at` has its closing quote; `to` or more if it has none. */
export function endOfText(bytes: Buffer, at: number, to: number): number {
  let i = at + 1;
  for (; i < to && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++;
  return i;
}

/** Whether a word stands at `at`, the first `skipped` bytes of it left out. */
export function isAt(bytes: Buffer, at: number, word: Uint8Array, skipped = 0): boolean {
  for (let i = skipped; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
  return true;
}
