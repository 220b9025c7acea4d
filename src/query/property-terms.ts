/** Terms on the properties of events: `prop.KEY`. */
import { fold } from '../domain/fold.ts';
import { isEmpty, isObject, type Json } from '../domain/records.ts';
import { compareNumbers, numberIn } from './operators.ts';
import type { Term } from './parse.ts';
import type { BoundTerm, CompiledTerm } from './scope.ts';
import type { State } from '../state/state.ts';

/** `prop.KEY` of an event: text contains, numbers compare. */
export function compileProperty(term: Term, key: string): CompiledTerm {
  const compared = term.operator === ':' || term.operator === '=' ? undefined : compareNumbers(term);
  const texts = term.values.map(fold);
  const numbers = term.values.map(numberIn);
  return {
    timed: false,
    bind: ({ state }): BoundTerm => {
      const property = propertyOf(state, key);
      const test = (row: number): boolean => {
        const value = property(row);
        if (value === undefined || value === null) return false;
        if (compared) return compared(typeof value === 'number' ? value : numberIn(String(value)));
        if (typeof value === 'number') return numbers.includes(value);
        if (typeof value !== 'string') return texts.includes(fold(JSON.stringify(value)));
        const text = fold(value);
        return term.operator === '=' ? texts.includes(text) : texts.some(wanted => text.includes(wanted));
      };
      return { test, actual: row => JSON.stringify(property(row)) ?? 'none' };
    },
  };
}

export function presenceOfProperty(key: string): CompiledTerm {
  return {
    timed: false,
    bind: ({ state }) => {
      const property = propertyOf(state, key);
      return {
        test: row => !isEmpty(property(row)),
        actual: row => JSON.stringify(property(row)) ?? 'none',
      };
    },
  };
}

function propertyOf(state: State, key: string): (row: number) => Json | undefined {
  const table = state.table('event');
  return row => {
    const { props } = table.record(row);
    return isObject(props) && Object.hasOwn(props, key) ? props[key] : undefined;
  };
}
