/** Returns a text as a regular expression that matches just that text, also in a class of characters and with any flags. */
export const escapePattern = (text: string): string =>
  // With the flag u, a hyphen with a backslash before it is an error outside of a class.
  text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replaceAll('-', '\\x2d');
