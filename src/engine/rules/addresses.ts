/**
 * Checks and renders the address of a webhook in a rule. The origin is literal, so that a person who trusts it knows where
 * the data of every record goes; the path and query may have `{{ }}`, whose values are percent-encoded.
 */
import { failed } from '../../domain/errors.ts';
import type { Complaint } from './rule-problem.ts';

const EXAMPLE = 'https://example.com/hooks/won?id={{ deal.id }}';

/** Filters that encode a value, which is encoded anyway. */
const ENCODING = /\|\s*(url_encode|cgi_escape|uri_escape)\b/;

/** Matches a path segment that means another one: `.`, `..`, and the same percent-encoded. */
const DOTS = /^(?:\.|%2e){1,2}$/i;

/** Splits an address into its parts: literal text, `{{ }}`, literal text, ... */
export const partsOf = (address: string): string[] => address.split(/(\{\{[\s\S]*?\}\})/);

/** Returns the origin of an address of a rule that lint has passed: `https://example.com:8443`. */
export const originOf = (address: string): string => new URL(partsOf(address)[0]!).origin;

/** Returns why a webhook may not have an address; undefined if it may. */
export function whyNotAddress(address: string): Complaint | undefined {
  const [first = '', ...rest] = partsOf(address);
  const literals = [first, ...rest.filter((_, i) => i % 2 === 1)];
  if (address.includes('{%'))
    return { message: 'an address has {{ }} in its path and query, and no {% %}', hint: EXAMPLE };
  // The authority ends before the first value: none can become a part of it.
  if (rest.length > 0 && !/^[^/]*\/\/[^/?#\\]+[/?]/.test(first))
    return {
      message: `${JSON.stringify(address)}: the host of an address is written out in the rule`,
      hint: EXAMPLE,
    };
  const isPlain = /^https?:\/\/[^/]/i.test(first) && !literals.some(part => /[\s\\]/.test(part));
  const url = isPlain ? parsed(first) : undefined;
  if (!url) return { message: `${JSON.stringify(address)} is not an address`, hint: EXAMPLE };
  if (url.username !== '' || url.password !== '')
    return {
      message: 'an address has no user or password: rules are not a place for secrets',
      hint: 'crm help webhooks says how a receiver knows that a call is from crm',
    };
  if (literals.some(part => part.includes('#')))
    return { message: 'an address has no #: what follows it is never sent', hint: EXAMPLE };
  if (pathOf(address).some(segment => DOTS.test(segment)))
    return { message: 'the path of an address has no segments . and ..', hint: EXAMPLE };
  const encoding = rest.map(part => ENCODING.exec(part)?.[1]).find(Boolean);
  if (encoding !== undefined)
    return {
      message: `values in an address are percent-encoded by crm: ${encoding} would do it twice`,
      hint: EXAMPLE,
    };
  return undefined;
}

/**
 * Renders an address: each value by itself, percent-encoded. FAILED if a value would change the meaning of the rest of the
 * path.
 */
export function renderedAddress(address: string, render: (part: string) => string): string {
  const text = partsOf(address)
    .map((part, i) => (i % 2 === 0 ? part : encoded(render(part))))
    .join('');
  if (pathOf(text).some(segment => DOTS.test(segment)))
    throw failed(`${JSON.stringify(text)}: a value makes a segment . or .. of the path`);
  const url = parsed(text);
  if (url?.origin !== originOf(address)) throw failed(`${JSON.stringify(text)} is not an address`);
  return text;
}

/** The segments of the path, between slashes. */
const pathOf = (address: string): string[] =>
  address
    .replace(/\{\{[\s\S]*?\}\}/g, 'value')
    .replace(/[?#].*$/s, '')
    .split(/[/\\]/)
    .slice(3);

function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** Replaces half a surrogate pair, which has no UTF-8, by U+FFFD, as in every text that leaves. */
const encoded = (value: string): string => encodeURIComponent(value.replace(/\p{Surrogate}/gu, '\uFFFD'));
