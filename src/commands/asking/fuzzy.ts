/** Fuzzy matching of typed text with names: by parts of words in any order, or by letters in order with gaps. */
import { fold } from '../../domain/fold.ts';

/** Returns the rank of a text, from 0 (best) to 3; undefined if it does not match. The worst word decides. */
function fuzzyRank(typed: string, text: string): number | undefined {
  const folded = fold(text);
  let rank = 0;
  for (const word of fold(typed).split(/\s+/)) {
    const its = rankOf(word, folded);
    if (its === undefined) return undefined;
    rank = Math.max(rank, its);
  }
  return rank;
}

function rankOf(word: string, text: string): number | undefined {
  if (word === '' || text === word || text.startsWith(`${word} `)) return 0;
  if (text.startsWith(word) || text.includes(` ${word}`)) return 1;
  if (text.includes(word)) return 2;
  return inOrder(word, text) ? 3 : undefined;
}

/** Whether a text has all letters of a word in order. */
function inOrder(word: string, text: string): boolean {
  let at = -1;
  for (const letter of word) {
    at = text.indexOf(letter, at + 1);
    if (at < 0) return false;
  }
  return true;
}

/** Returns the items whose text matches, the best first and otherwise in their order; all of them if nothing was typed. */
export function fuzzyFound<T>(typed: string, all: readonly T[], textOf: (each: T) => string): T[] {
  const word = typed.trim();
  if (word === '') return [...all];
  return all
    .flatMap(each => {
      const rank = fuzzyRank(word, textOf(each));
      return rank === undefined ? [] : [{ each, rank }];
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ each }) => each);
}
