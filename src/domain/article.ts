/** The noun with its article: `a deal`, `an invoice`, and by its sound `a user`. */
export const withArticle = (noun: string): string => `${/^(?!user)[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
