/**
 * Tells what programs do with an e-mail from what people do: mail proxies load images before anybody looks, and scanners
 * follow every link.
 */

/** Within this many milliseconds of sending, an open or a click is a program's: no person is that quick. */
const TOO_SOON = 10_000;

/** Words in the user agents of programs that open mails for people, or before them. */
const words =
  /bot|crawl|spider|scan|proxy|ggpht\.com|preview|monitor|curl|wget|python|java\/|okhttp|go-http|libwww|headless|^node\b|barracuda|mimecast|proofpoint|safelinks|trendmicro|symantec|fireeye|zscaler|slurp|facebookexternalhit|whatsapp|validator/i;

/** Returns whether a user agent names a program that is not a person's browser or mail program. */
export const isProgramAgent = (agent: string): boolean => words.test(agent);

/** Returns whether it is too few milliseconds after sending for a person to have seen the mail. */
export const isTooSoon = (sinceSent: number): boolean => sinceSent < TOO_SOON;
