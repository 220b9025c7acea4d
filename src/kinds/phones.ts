/**
 * Phone numbers are kept as typed, and compared as they are dialled. `(212) 555-1234` and `+12125551234` are the same
 * number if the workspace's `country` is US; without a country, numbers are the same if their digits are.
 */
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { eachOnce } from '../domain/email.ts';
import { fold } from '../domain/fold.ts';
import { oneLine } from '../domain/one-line.ts';

/** The fewest digits of a text that is looked up as a phone number. */
const FEWEST_DIGITS = 5;
/** The last digits by which numbers are looked for: as many as the parts of a number that no prefix changes. */
const LAST_DIGITS = 7;

const EXTENSION = /(?:;ext=|[\s,;]*(?:extension|ext|x|#|doorkiesnummer|toestel)[.:]?\s*)(\d{1,7})#?\s*$/i;
/** The characters that people put between the digits of a number. */
const PUNCTUATION = /[\s().[\]/·•_~*:\u2010-\u2015\u2212-]/g;

interface Dialled {
  /** With `+` if it is international. Empty if the text is not a number. */
  readonly digits: string;
  readonly extension: string;
}

/** Takes a number apart, without asking which country it is of. */
function dialled(text: string): Dialled {
  const typed = latinDigits(text.normalize('NFKC').trim()).replace(/^(?:tel|phone|callto):\s*/i, '');
  const extension = EXTENSION.exec(typed);
  const digits = (extension ? typed.slice(0, extension.index) : typed).replace(PUNCTUATION, '');
  return /^\+?\d+$/.test(digits)
    ? { digits, extension: extension?.[1] ?? '' }
    : { digits: '', extension: '' };
}

/** The zeros of the digits that people type beside ASCII's: Arabic, Persian, Devanagari. */
const ZEROS = [0x660, 0x6f0, 0x966];

const latinDigits = (text: string): string =>
  text.replace(/[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f]/g, digit => {
    const code = digit.charCodeAt(0);
    return String(code - ZEROS.findLast(zero => zero <= code)!);
  });

/** Returns the number in full, `+12125551234`, if the country is known; otherwise its digits. */
function numberOf({ digits }: Dialled, country: string | undefined): string {
  if (digits === '') return '';
  const number = parsed(digits, country);
  if (number) return number.number;
  return digits.replace(/^(?:\+|00)(?=\d)/, '');
}

function parsed(digits: string, country: string | undefined) {
  const number = parsePhoneNumberFromString(digits, {
    ...(country !== undefined && { defaultCountry: country as never }),
    extract: false,
  });
  return number?.isPossible() && (country !== undefined || digits.startsWith('+')) ? number : undefined;
}

/** Whether a text looks like a phone number. */
export function isPhone(text: string, country: string | undefined): boolean {
  const { digits } = dialled(text);
  if (digits === '') return false;
  if (country === undefined && !digits.startsWith('+')) return digits.length >= FEWEST_DIGITS;
  return parsed(digits, country) !== undefined;
}

/** Whether two texts are the same number, with the same extension. */
export function samePhone(a: string, b: string, country: string | undefined): boolean {
  if (a === b) return true;
  const [one, other] = [dialled(a), dialled(b)];
  if (one.digits === '' || other.digits === '') return fold(oneLine(a)) === fold(oneLine(b));
  return one.extension === other.extension && isSameNumber(one, other, country);
}

const isSameNumber = (a: Dialled, b: Dialled, country: string | undefined): boolean =>
  digitsOf(numberOf(a, country)) === digitsOf(numberOf(b, country));

const digitsOf = (number: string): string => number.replace('+', '');

/** A search in a column of phones: a whole number, and the last digits that every equal number shares. */
export interface WantedPhone {
  readonly lastDigits: string;
  /** Whether a stored phone is that number; its extension counts if one was asked for. */
  is(stored: string): boolean;
}

/** Reads a text as a number to be looked for; undefined if it is not one. */
export function wantedPhone(text: string, country: string | undefined): WantedPhone | undefined {
  const wanted = dialled(text);
  if (digitsOf(wanted.digits).length < FEWEST_DIGITS) return undefined;
  return {
    lastDigits: digitsOf(wanted.digits).slice(-LAST_DIGITS),
    is: stored => {
      const phone = dialled(stored);
      if (phone.digits === '' || !isSameNumber(phone, wanted, country)) return false;
      return wanted.extension === '' || wanted.extension === phone.extension;
    },
  };
}

/**
 * Returns the digits of a number as a column keeps them, without `+` and extension; the text itself if it is not a
 * number.
 */
export const phoneCell = (text: string): string => digitsOf(dialled(text).digits) || oneLine(text);

/** Returns a phone as it is kept: as typed, on one line, and without the separators of lists. */
export const cleanPhone = (text: string): string => oneLine(text.replace(/[\s,;|]|:::/g, ' '));

/** Returns the phones in a list with commas, semicolons, bars or lines between them, each once. */
export const parsePhones = (text: string, country: string | undefined): string[] =>
  eachOnce(
    text
      .split(/,(?!\s*(?:ext|x)\b)|;(?!ext=)|[|\n]|:::/i)
      .map(cleanPhone)
      .filter(phone => phone !== ''),
    (a, b) => samePhone(a, b, country),
  );

/** The digits of a number, without `+` and extension; empty if the text is not a number. */
export const digitsIn = (text: string): string => digitsOf(dialled(text).digits);

/** Whether a code, in capitals, is of a country whose phone numbers are known. */
export const isCountry = (code: string): boolean => isSupportedCountry(code);
