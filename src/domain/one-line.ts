/**
 * Returns a name or title as it is kept: without blanks around it, and with one blank where there are several, of
 * whatever width. So two texts that look the same are the same, whichever way they came in. Tabs and line breaks
 * inside stay.
 */
export const oneLine = (text: string): string =>
  IS_ONE.test(text) ? text : text.replace(/\p{Zs}+/gu, ' ').trim();

/** ASCII without blanks around it or two in a row, as most texts are: found out in a fraction of the time of replacing. */
const IS_ONE = /^[!-~]+(?: [!-~]+)*$/;
