/** Returns a field's name as people read it: `expectedClose` is "expected close". */
export const inWords = (name: string): string =>
  name.replace(/(?<=[a-z])[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
