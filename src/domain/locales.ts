/** How numbers, dates and yes or no are written in a language: a small table, since what an import reads must not
 * depend on the version of Node. */
import type { DateOrder } from './dates.ts';
import { usage } from './errors.ts';
import { suggestion } from './nearest.ts';

export interface Locale {
  readonly name: string;
  /** The character between whole and fraction, and those between thousands. */
  readonly decimal: '.' | ',';
  readonly group: string;
  /** Undefined where regions of the language differ. */
  readonly order: DateOrder | undefined;
  readonly yes: readonly string[];
  readonly no: readonly string[];
}

type Row = readonly [
  decimal: '.' | ',',
  group: string,
  order: DateOrder | undefined,
  yes: string,
  no: string,
];

const SPACES = " '’";
const locales: Readonly<Record<string, Row>> = {
  en: ['.', ',', undefined, '', ''],
  'en-us': ['.', ',', 'MDY', '', ''],
  'en-ca': ['.', ',', 'YMD', '', ''],
  'en-gb': ['.', ',', 'DMY', '', ''],
  'en-ie': ['.', ',', 'DMY', '', ''],
  'en-au': ['.', ',', 'DMY', '', ''],
  'en-nz': ['.', ',', 'DMY', '', ''],
  nl: [',', '.', 'DMY', 'ja waar', 'nee onwaar'],
  de: [',', '.', 'DMY', 'ja wahr', 'nein falsch'],
  'de-ch': ['.', SPACES, 'DMY', 'ja wahr', 'nein falsch'],
  fr: [',', ' ', 'DMY', 'oui vrai', 'non faux'],
  es: [',', '.', 'DMY', 'si sí verdadero', 'no falso'],
  'es-mx': ['.', ',', 'DMY', 'si sí verdadero', 'no falso'],
  it: [',', '.', 'DMY', 'si sì vero', 'no falso'],
  pt: [',', '.', 'DMY', 'sim verdadeiro', 'não nao falso'],
  da: [',', '.', 'DMY', 'ja sand', 'nej falsk'],
  nb: [',', ' ', 'DMY', 'ja sann', 'nei usann'],
  sv: [',', ' ', 'YMD', 'ja sant', 'nej falskt'],
  fi: [',', ' ', 'DMY', 'kyllä tosi', 'ei epätosi'],
  hu: [',', ' .', 'YMD', 'igen igaz', 'nem hamis'],
  pl: [',', ' ', 'DMY', 'tak prawda', 'nie fałsz'],
  cs: [',', ' ', 'DMY', 'ano pravda', 'ne nepravda'],
  sk: [',', ' ', 'DMY', 'áno pravda', 'nie nepravda'],
  ro: [',', '.', 'DMY', 'da', 'nu'],
  tr: [',', '.', 'DMY', 'evet', 'hayır'],
  uk: [',', ' ', 'DMY', 'так', 'ні'],
};

/**
 * Returns the locale of a name such as `nl`, `en-GB` or `de_CH`; for an unknown region, the locale of its language.
 * USAGE for an unknown language.
 */
export function localeNamed(name: string): Locale {
  const lower = name.toLowerCase().replace('_', '-');
  const known = Object.hasOwn(locales, lower) ? lower : lower.split('-')[0]!;
  if (!Object.hasOwn(locales, known))
    throw usage(`unknown locale ${JSON.stringify(name)}`, suggestion(name, Object.keys(locales), 'locales'));
  const [decimal, group, order, yes, no] = locales[known]!;
  const words = (text: string) => text.split(' ').filter(word => word !== '');
  return { name, decimal, group, order, yes: words(yes), no: words(no) };
}
