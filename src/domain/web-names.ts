/** Names on the web: the domain of a company, and what a person is called on a network. */
import { usage } from './errors.ts';
import { oneLine } from './one-line.ts';

/** Returns the domain that a text names, without scheme, `www.`, port and path; throws USAGE if it names none. */
export function parseDomain(text: string): string {
  const domain = domainIn(text);
  if (domain === '' || /[\s@,;]/.test(domain))
    throw usage(`${JSON.stringify(text)} is not a domain`, 'for example acme.example');
  return domain;
}

/** Returns what a text names as a domain, though it may not be one. */
export const domainIn = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
    .replace(/^www\./, '')
    .replace(/[/?#].*$/s, '')
    .replace(/:\d+$/, '')
    .replace(/\.+$/, '');

/** Returns the domains in a list with commas, semicolons, blanks or lines between them, each once. */
export const parseDomains = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,;\s]+|:::/)
      .filter(part => part !== '')
      .map(parseDomain),
  ),
];

/**
 * Returns the name that a person or company has on a network, from the name or the address of its page:
 * `https://www.linkedin.com/in/janeroe/` and `@janeroe` are both `janeroe`. USAGE if there is none.
 */
export function parseHandle(text: string): string {
  const handle = handleIn(text);
  if (handle === '')
    throw usage(`${JSON.stringify(text)} is not a name on a network`, 'janeroe, or the address of the page');
  return handle;
}

/** Returns what a text names as a handle; empty if it names nothing. */
export function handleIn(text: string): string {
  const typed = oneLine(text);
  const page = /^(?:[a-z]+:\/\/)?(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?\/(.*)$/i.exec(typed);
  const last = page
    ? (page[1]!
        .replace(/[?#].*$/, '')
        .split('/')
        .filter(part => part !== '')
        .at(-1) ?? '')
    : typed;
  return decoded(last).replace(/^@+/, '').trim();
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
