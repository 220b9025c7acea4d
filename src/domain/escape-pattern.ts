/** Returns a text as a regular expression that matches just that text, also in a class of characters. */
export const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
