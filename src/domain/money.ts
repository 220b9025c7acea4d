import { usage } from './errors.ts';

/**
 * Money is a decimal string, not negative, with exactly the decimals of its currency ("1200.00" in EUR, "1200"
 * in JPY). Arithmetic is done in minor units (cents), which are integers and so exact.
 */

/** The active codes of ISO 4217, without metals, baskets of currencies, and codes for tests and for none. */
const ACTIVE =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF ' +
  'CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD ' +
  'HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD ' +
  'MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN ' +
  'PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD ' +
  'TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG';

/** Retired since 2021, but deals of those years are in them. */
const RETIRED = 'ANG BGN CUC HRK SLL ZWL';

const CODES = new Set(`${ACTIVE} ${RETIRED}`.split(' '));

/** Minor-unit exponents other than 2. */
const DECIMALS = new Map(
  (
    [
      [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
      [3, 'BHD IQD JOD KWD LYD OMR TND'],
      [4, 'CLF UYW'],
    ] as const
  ).flatMap(([exponent, codes]) => codes.split(' ').map(code => [code, exponent] as const)),
);

/** Whether `code` is an ISO 4217 currency, in capitals. */
export function isCurrency(code: string): boolean {
  return CODES.has(code);
}

/** How many decimals amounts in `currency` have. */
export function decimals(currency: string): number {
  return DECIMALS.get(currency) ?? 2;
}

/**
 * Reads an amount as a user or a file wrote it (`1200`, `1200.5`, `10k`, `1.5k`, `2m`) as money: "1200.00". Refuses
 * everything else as a usage error, and also more decimals than the currency has.
 */
export function parseMoney(text: string, currency: string): string {
  if (isMoney(text, currency)) return text;
  return withPoint(String(minorUnits(text, currency)), decimals(currency));
}

/** The most characters of an amount whose minor units are surely a safe integer. */
const SAFE_DIGITS = 15;
const [ZERO, NINE, POINT] = [0x30, 0x39, 0x2e];

/** Whether a text is surely money as it is stored, which `parseMoney` returns as it is. False for the largest amounts. */
export function isMoney(text: string, currency: string): boolean {
  const places = decimals(currency);
  const { length } = text;
  const whole = places === 0 ? length : length - places - 1;
  if (whole < 1 || length > SAFE_DIGITS) return false;
  if (whole > 1 && text.charCodeAt(0) === ZERO) return false;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (i === whole ? code !== POINT : code < ZERO || code > NINE) return false;
  }
  return true;
}

/**
 * Returns the same number as money of another currency; USAGE if that currency has fewer decimals than the amount
 * needs.
 */
export function convertMoney(value: string, currency: string): string {
  const [whole, fraction = ''] = value.split('.') as [string, string?];
  const digits = fraction.replace(/0+$/, '');
  const places = decimals(currency);
  if (digits.length > places)
    throw usage(`${currency} has ${places === 0 ? 'no' : `only ${places}`} decimals`);
  return parseMoney(digits === '' ? whole : `${whole}.${digits}`, currency);
}

const AMOUNT = /^\s*(\d+)(?:\.(\d+))?([km])?\s*$/i;

/** Reads an amount in minor units, a safe integer; accepts what `parseMoney` accepts. */
export function minorUnits(value: string, currency: string): number {
  const match = AMOUNT.exec(value);
  if (match === null) throw notAnAmount(value, currency);
  const [, whole, fraction = '', suffix] = match;
  const shift = suffix === undefined ? 0 : suffix === 'k' || suffix === 'K' ? 3 : 6;
  const places = decimals(currency) + shift;
  if (fraction.length > places) throw notAnAmount(value, currency);
  const units = Number(whole + fraction.padEnd(places, '0'));
  if (!Number.isSafeInteger(units)) {
    const most = fromMinorUnits(Number.MAX_SAFE_INTEGER, currency);
    throw usage(`${JSON.stringify(value)} is too much money`, `the most is ${most} ${currency}`);
  }
  return units;
}

/** Minor units, a whole number and not negative, as money; a sum may be larger than a safe integer. */
export function fromMinorUnits(units: bigint | number, currency: string): string {
  const whole = BigInt(units);
  if (whole < 0n) throw new RangeError(`money is not negative: ${whole}`);
  return withPoint(whole.toString(), decimals(currency));
}

function withPoint(units: string, places: number): string {
  if (places === 0) return units;
  const digits = units.padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** The exact sum per currency, in order of currency code: nothing is ever added across currencies. */
export function sumMoney(items: Iterable<{ value: string; currency: string }>): Map<string, string> {
  const sums = new Map<string, bigint>();
  for (const { value, currency } of items)
    sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(minorUnits(value, currency)));
  const codes = [...sums.keys()].sort();
  return new Map(codes.map(currency => [currency, fromMinorUnits(sums.get(currency)!, currency)]));
}

function notAnAmount(text: string, currency: string) {
  const quoted = JSON.stringify(text);
  const places = decimals(currency);
  const examples =
    places === 0 ? '1200 or 10k' : `1200, ${fromMinorUnits(1200 * 10 ** places, currency)} or 10k`;
  const precision = `${currency} has ${places === 0 ? 'no' : places} decimals`;
  return usage(
    /^\s*[-\u2212]\s*[\d.,]/.test(text) ? `${quoted}: money is not negative` : `${quoted} is not an amount`,
    `accepted: ${examples} (not negative, ${precision})`,
  );
}

/**
 * Formats an amount for people, the same on every machine: an exact decimal with separated thousands, and the
 * currency if it is known.
 */
export function amount(value: string, currency?: string): string {
  const [whole, fraction] = value.split('.') as [string, string?];
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${fraction === undefined ? apart : `${apart}.${fraction}`}${currency === undefined ? '' : ` ${currency}`}`;
}
