/** The words of a code column. A word's code is its index; words are only ever added. */
export class Dictionary {
  readonly words: string[];
  /** Made at the first search for a word: a column that is only read needs no map. */
  #codes: Map<string, number> | undefined;
  constructor(words: string[]) {
    this.words = words;
  }
  /** Returns the code of a word, which is added if it is new; -1 for no word. */
  code(word: string | undefined): number {
    if (word === undefined) return -1;
    const codes = (this.#codes ??= new Map(this.words.map((word, i) => [word, i])));
    let code = codes.get(word);
    if (code === undefined) {
      code = this.words.push(word) - 1;
      codes.set(word, code);
    }
    return code;
  }
}
