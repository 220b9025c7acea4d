/** Terms on phones: `phone:2125551234` finds `(212) 555-1234`, `phone:020` those that have these digits in a row. */
import type { Config } from '../domain/config.ts';
import type { Kind } from '../domain/kinds.ts';
import { fold } from '../domain/fold.ts';
import { oneLine } from '../domain/one-line.ts';
import type { Field } from '../kinds/field.ts';
import { definitionOf } from '../kinds/define.ts';
import { digitsIn, isPhone, wantedPhone } from '../kinds/phones.ts';
import { allOf } from '../kinds/several.ts';
import { BETWEEN_TEXTS } from '../kinds/several-cells.ts';
import type { TextColumn } from '../state/columns/column.ts';
import type { State } from '../state/state.ts';
import { needleOf } from '../state/columns/texts.ts';
import { onlyEquals } from './operators.ts';
import type { Term } from './parse.ts';
import type { CompiledTerm } from './scope.ts';
import { lazily } from './text-search.ts';

/** A search for a value: the digits that the column must contain, and a test of the phone as it was typed. */
interface Wanted {
  readonly needles: readonly Buffer[];
  is(phone: string): boolean;
}

/** `phone` searches the primary phone, `phones` all of them. `:` finds a number or a part of it, `=` a whole number. */
export function compilePhone(term: Term, field: Field, kind: Kind, config: Config): CompiledTerm {
  onlyEquals(term);
  const several = definitionOf(config.kinds, kind).several!.find(({ one, all }) =>
    [one, all].includes(field.name),
  )!;
  const isPrimary = field.name === several.one;
  const wanted = term.values.map(value => wantedOf(value, term.operator === '=', config.country));
  return {
    timed: false,
    bind: ({ state }) => {
      const table = state.table(kind);
      const column = table.column(several.all) as TextColumn;
      const phonesOf = (row: number) => allOf(table.record(row), several).slice(0, isPrimary ? 1 : undefined);
      const tests = wanted.map(({ needles, is }) => {
        const holds = (row: number) => phonesOf(row).some(is);
        return lazily({
          tables: [table],
          one: row => needles.some(needle => column.includes(row, needle)) && holds(row),
          all: found => {
            for (const needle of needles)
              column.search(needle, row => {
                if (table.live(row) && holds(row)) found(row);
              });
          },
        });
      });
      return {
        test: tests.length === 1 ? tests[0]! : row => tests.some(test => test(row)),
        actual: row => phonesOf(row).join(', ') || 'none',
      };
    },
  };
}

/** Bare words with fewer digits than this are not searched for in phones: they are amounts and years. */
const FEWEST_OF_A_PART = 7;

/**
 * Returns the search for a bare word in the phones of a kind; undefined if the word is not a phone number, or the
 * kind has no phones.
 */
export function phonesLike(
  state: State,
  kind: Kind,
  value: string,
): { one(row: number): boolean; all(found: (row: number) => void): void } | undefined {
  const several = definitionOf(state.kinds, kind).several?.find(({ all }) => all === 'phones');
  const { country } = state.config;
  // A part of a number belongs to no country.
  if (!several || !(isPhone(value, country) || isPhone(value, undefined))) return undefined;
  const { needles, is } = wantedOf(value, digitsIn(value).length < FEWEST_OF_A_PART, country);
  const table = state.table(kind);
  const column = table.column(several.all) as TextColumn;
  const holds = (row: number) => allOf(table.record(row), several).some(is);
  return {
    one: row => needles.some(needle => column.includes(row, needle)) && holds(row),
    all: found => {
      for (const needle of needles)
        column.search(needle, row => {
          if (table.live(row) && holds(row)) found(row);
        });
    },
  };
}

function wantedOf(value: string, isWhole: boolean, country: string | undefined): Wanted {
  const number = wantedPhone(value, country);
  const digits = digitsIn(value);
  const text = fold(oneLine(value));
  const hasPart = (phone: string) =>
    digits !== '' && !isWhole ? digitsIn(phone).includes(digits) : fold(oneLine(phone)) === text;
  if (digits === '')
    return {
      needles: [needleOf(text)],
      is: phone => (isWhole ? hasPart(phone) : fold(oneLine(phone)).includes(text)),
    };
  return {
    needles: [needleOf(digits), ...(number ? [needleOf(`${number.lastDigits}${BETWEEN_TEXTS}`)] : [])],
    is: phone => number?.is(phone) === true || hasPart(phone),
  };
}
