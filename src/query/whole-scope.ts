import type { Clock } from '../domain/clock.ts';
import type { State } from '../state/state.ts';
import { compileText } from './compile.ts';
import type { Scope } from './scope.ts';

/** Returns the scope of everything in a state, as `me` asks of it at the clock's time. */
export const wholeScope = (state: State, clock: Clock, me: string): Scope => ({
  state,
  clock,
  me,
  compile: compileText,
});
