/** Words with numbers: `1 deal`, `2 deals`, `3 activities`. */
export function plural(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${grouped(count)} ${/[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : /s$/.test(noun) ? `${noun}es` : `${noun}s`}`;
}

/** Thousands apart, without the machine's locale: `12,345`. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
