/** Returns an instant without its fraction of a second, which neither vCards nor calendars have. */
export const wholeSeconds = (instant: string): string => instant.replace(/\.\d+Z$/, 'Z');
