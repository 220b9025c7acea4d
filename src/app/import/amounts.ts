/** Amounts and numbers as people and spreadsheets write them: `1.234,56`, `$40,000`, `€ 12`; never by guessing. */
import { escapePattern } from '../../domain/escape-pattern.ts';
import { requireExact } from '../../domain/decimal.ts';
import { type CrmError, usage } from '../../domain/errors.ts';
import { decimals, isCurrency, isMoney, parseMoney } from '../../domain/money.ts';
import type { Locale } from '../../domain/locales.ts';

/** The currencies that a sign may mean. */
const signs: Readonly<Record<string, string>> = {
  $: 'USD CAD AUD NZD MXN SGD HKD ARS CLP COP BRL TWD',
  US$: 'USD',
  CA$: 'CAD',
  A$: 'AUD',
  R$: 'BRL',
  '€': 'EUR',
  '£': 'GBP',
  '¥': 'JPY CNY',
  '₹': 'INR',
  '₺': 'TRY',
  '₴': 'UAH',
  '₪': 'ILS',
  '₩': 'KRW',
  zł: 'PLN',
  Kč: 'CZK',
  Ft: 'HUF',
  kr: 'SEK NOK DKK ISK',
  'kr.': 'DKK',
  lei: 'RON',
  'Fr.': 'CHF',
};
const SIGN = '[A-Z]{0,3}[$€£¥₹₺₴₪₩]|[A-Z]{3}|zł|Kč|Ft|kr\\.?|lei|Fr\\.';
const signed = new RegExp(`^(${SIGN})?\\s*(.*?)\\s*(${SIGN})?$`, 'su');
/** The most characters of an amount: the pattern takes the square of the spaces in a longer text, which is none. */
const LONGEST = 1000;

/** Returns the sign before an amount, the amount, and the sign after it, after the whole. */
const partsOf = (typed: string): readonly (string | undefined)[] =>
  (typed.length <= LONGEST && signed.exec(typed)) || [];

/** Signs of currencies in whose countries a comma stands between thousands. */
const withCommas: readonly string[] = ['$', 'US$', 'CA$', 'A$', '£', '₹', 'USD', 'GBP', 'CAD', 'AUD'];

/** Returns the one currency that an amount's sign or code means; undefined if it has none, or one of several currencies. */
export function currencyIn(text: string): string | undefined {
  if (/^[\d.,\s]*$/.test(text)) return undefined;
  const [, before, , after] = partsOf(plain(text));
  const sign = before ?? after;
  if (sign === undefined) return undefined;
  const codes = (signs[sign] ?? sign).split(' ');
  return codes.length === 1 && isCurrency(codes[0]!) ? codes[0] : undefined;
}

/** Returns the digits of an amount without its sign or code; undefined where that says what a comma means. */
export function digitsOf(text: string): string | undefined {
  const [, before, body, after] = partsOf(plain(text));
  return withCommas.includes(before ?? after ?? '') ? undefined : body;
}

/** Spaces that typesetting puts between thousands are spaces. */
const plain = (text: string): string => text.replace(/[\u00a0\u2007\u2009\u202f]/g, ' ').trim();

/** An amount of money in a currency, as it is stored. USAGE if it is not one, is negative, or could be two amounts. */
export function readMoney(text: string, currency: string, locale: Locale | undefined): string {
  if (!locale && isMoney(text, currency)) return text;
  const typed = plain(text);
  if (!locale && decimals(currency) < 3 && THOUSANDS.test(typed)) throw ambiguous(text, typed);
  if (PLAIN.test(typed) && (!locale || locale.decimal === '.' || !typed.includes('.')))
    return parseMoney(typed, currency);
  if (/^\d+(\.\d+)?[km]$/i.test(typed)) return parseMoney(typed, currency);
  if (isNegative(typed))
    throw usage(`${JSON.stringify(text)}: money is not negative`, 'accepted: amounts from 0');
  const [, before, body = '', after] = partsOf(typed);
  const sign = before ?? after;
  if (sign !== undefined && !(signs[sign] ?? sign).split(' ').includes(currency))
    throw !Object.hasOwn(signs, sign) && !isCurrency(sign)
      ? notAnAmount(text, 'an amount')
      : usage(
          `${JSON.stringify(text)} is not in ${currency}`,
          `--set currency=${(signs[sign] ?? sign).split(' ')[0]}, or a column for the currency`,
        );
  if (/^\d+(\.\d+)?[km]$/i.test(body)) return parseMoney(body, currency);
  if (!locale && sign !== undefined && withCommas.includes(sign) && /^[1-9]\d{0,2},\d{3}$/.test(body))
    return parseMoney(body.replace(',', ''), currency);
  // After a comma, two digits are not thousands.
  if (!locale && decimals(currency) === 2 && /^\d+,\d\d$/.test(body))
    return parseMoney(body.replace(',', '.'), currency);
  return parseMoney(decimalOf(body, text, locale, 'an amount', decimals(currency)), currency);
}

/** A number, which may be negative or a percentage, as a decimal with a point. */
export function readNumber(text: string, locale: Locale | undefined): number {
  const typed = plain(text);
  const negative = isNegative(typed);
  const body = typed.replace(/^[-\u2212+(]\s*|\s*[)%]$/g, '');
  const number = requireExact(decimalOf(body, text, locale, 'a number', 2), text);
  return negative && number !== 0 ? -number : number;
}

const PLAIN = /^\d+(\.\d+)?$/;
/** Thousands, or three decimals. */
const THOUSANDS = /^[1-9]\d{0,2}[.,]\d{3}$/;
const isNegative = (text: string): boolean =>
  /^\D{0,4}[-\u2212]\s*\D{0,4}\d|^\D{0,4}\(.*\)\D{0,4}$|\d\s*[-\u2212]$/.test(text) && /\d/.test(text);

/** The digits with a point; `noun` is what it should be. */
function decimalOf(
  body: string,
  text: string,
  locale: Locale | undefined,
  noun: string,
  places: number,
): string {
  if (locale) {
    const { decimal, group } = locale;
    const shape = new RegExp(
      `^(?:\\d+|\\d{1,3}(?:([${escapePattern(group)}])\\d{3})(?:\\1\\d{3})*)(?:[${escapePattern(decimal)}]\\d+)?$`,
    );
    if (!shape.test(body)) throw notAnAmount(text, noun, locale);
    return body.replaceAll(new RegExp(`[${escapePattern(group)}]`, 'g'), '').replace(decimal, '.');
  }
  if (PLAIN.test(body)) {
    if (THOUSANDS.test(body) && places < 3) throw ambiguous(text, body);
    return body;
  }
  // With two kinds of separator, or one that comes back, there is one reading only.
  const both = /^\d{1,3}(?:([., '’])\d{3})+([.,])\d+$/.exec(body);
  if (both && both[1] !== both[2]) return body.replaceAll(both[1]!, '').replace(both[2]!, '.');
  const repeated =
    /^\d{1,3}([.,])\d{3}(?:\1\d{3})+$/.exec(body) ?? /^\d{1,3}([ '’])\d{3}(?:\1\d{3})*$/.exec(body);
  if (repeated) return body.replaceAll(repeated[1]!, '');
  if (THOUSANDS.test(body)) throw ambiguous(text, body);
  throw notAnAmount(text, noun);
}

const ambiguous = (text: string, body: string): CrmError =>
  usage(
    `${JSON.stringify(text)} could be ${body.replace(/[.,]/, '')} or ${body.replace(',', '.')}`,
    body.includes(',')
      ? '--locale en reads a comma between thousands, --locale nl before decimals'
      : '--locale nl reads a point between thousands, --locale en before decimals',
  );

const notAnAmount = (text: string, noun: string, locale?: Locale): CrmError =>
  usage(
    `${JSON.stringify(text)} is not ${noun}${locale ? ` in the locale ${locale.name}` : ''}`,
    locale
      ? `accepted: 1234${locale.decimal}56 or 1${locale.group[0]}234${locale.decimal}56`
      : 'accepted: 1200, 1200.50, 1,200.50; --locale nl reads 1.200,50',
  );
