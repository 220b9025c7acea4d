/** Lists of texts in sentences: `a, b and c`. */

export function series(texts: readonly string[]): string {
  const last = texts.at(-1) ?? '';
  return texts.length > 1 ? `${texts.slice(0, -1).join(', ')} and ${last}` : last;
}

/** The first texts, and how many others there are: `a, b and 3 more`. */
export function firstOf(texts: readonly string[], most: number): string {
  const named = texts.slice(0, most).join(', ');
  return texts.length > most ? `${named} and ${texts.length - most} more` : named;
}
