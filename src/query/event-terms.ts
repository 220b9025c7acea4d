/** Compiles terms on the events of a record's contacts: `event:NAME`, `event:NAME@30d`. */
import type { Config } from '../domain/config.ts';
import { formatInstant, parseDuration } from '../domain/dates.ts';
import type { Kind } from '../domain/kinds.ts';
import { definitionOf } from '../kinds/define.ts';
import { causedByMachines, MACHINE } from '../kinds/machine-events.ts';
import type { CodeColumn, NumberColumn } from '../state/columns/column.ts';
import type { Narrow, Table } from '../state/table.ts';
import { contactsOf } from './contacts-of.ts';
import { wordTest } from './derived.ts';
import { oneByOne } from './narrow.ts';
import { onlyEquals } from './operators.ts';
import type { Term } from './parse.ts';
import { type CompiledTerm, linksOf, type Scope } from './scope.ts';
import { bySum, type Sums, tallyOf } from './tally.ts';

/** Compiles `event:NAME` and `event:NAME@30d`: the record's contacts have such an event, not caused by a program. */
export function compileEvent(term: Term, kind: Kind, { kinds }: Config): CompiledTerm | undefined {
  if (!definitionOf(kinds, kind).contacts) return undefined;
  onlyEquals(term);
  const wanted = term.values.map(value => {
    const at = value.lastIndexOf('@');
    return at < 0
      ? { name: value, within: Number.POSITIVE_INFINITY }
      : { name: value.slice(0, at), within: parseDuration(value.slice(at + 1)) };
  });
  return {
    timed: true,
    bind: scope => {
      const each = eventsOf(scope, kind);
      const { state, clock } = scope;
      const events = state.table('event');
      const name = events.column('name') as CodeColumn;
      const at = events.column('at') as NumberColumn;
      const isByPerson = personTest(events, wanted);
      const tests = wanted.map(({ name: wantedName, within }) => {
        const is = wordTest(name, word => word === wantedName);
        const since = clock.now - Math.min(within, scope.eventsWithin ?? Number.POSITIVE_INFINITY);
        return (event: number) =>
          is(name.get(event)) &&
          at.get(event) >= since &&
          at.get(event) <= clock.now &&
          isByPerson(event) &&
          (scope.countsEvent?.(event) ?? true);
      });
      const counts = tests.length === 1 ? tests[0]! : (event: number) => tests.some(test => test(event));
      return {
        test: row => each(row, counts),
        narrow: whenKnown(
          name,
          wanted.map(each => each.name),
          byEvents(scope, kind, counts, JSON.stringify(term.values)),
        ),
        actual: row => {
          let last = Number.NaN;
          each(row, event => {
            if (wanted.some(w => w.name === name.words[name.get(event)]) && isByPerson(event))
              last = Number.isNaN(last) ? at.get(event) : Math.max(last, at.get(event));
            return false;
          });
          return Number.isNaN(last) ? 'never' : `last ${formatInstant(last)}`;
        },
      };
    },
  };
}

/** Returns a test of whether a person caused an event. Reads the column only for events that a program may cause. */
function personTest(events: Table, wanted: readonly { readonly name: string }[]): (event: number) => boolean {
  if (!wanted.some(({ name }) => causedByMachines.includes(name))) return () => true;
  const machine = events.column(MACHINE) as CodeColumn;
  return event => machine.get(event) < 0;
}

/** Narrows by events with some names; no row stays if no event ever had one of these names. */
const whenKnown =
  ({ words }: CodeColumn, names: readonly string[], narrow: Narrow): Narrow =>
  (among, from) => {
    if (names.some(name => words.includes(name))) narrow(among, from);
    else among.fill(0);
  };

/** Returns a narrowing that keeps the rows whose contacts have an event that counts: all events are read in one pass. */
function byEvents(scope: Scope, kind: Kind, counts: (event: number) => boolean, names: string): Narrow {
  const links = linksOf(scope, 'contact', 'event', 'contact');
  const sums: Sums = {
    ...(!scope.countsEvent && { what: `${names} ${scope.clock.now} ${scope.eventsWithin}` }),
    none: 0,
    parts: [{ links, add: (n, event) => n || Number(counts(event)) }],
  };
  const tally = tallyOf(sums);
  if (!tally) {
    const each = eventsOf(scope, kind);
    return oneByOne(row => each(row, counts));
  }
  if (definitionOf(scope.state.kinds, kind).contacts === 'itself') return bySum(sums, n => n > 0)!;
  let contacts: ReturnType<typeof contactsOf> | undefined;
  return oneByOne(row => (contacts ??= contactsOf(scope, kind))(row, contact => (tally()[contact] ?? 0) > 0));
}

/** Calls `each` with the events of a record's contacts until it returns true. */
function eventsOf(scope: Scope, kind: Kind): (row: number, each: (event: number) => boolean) => boolean {
  const events = linksOf(scope, 'contact', 'event', 'contact');
  if (definitionOf(scope.state.kinds, kind).contacts === 'itself')
    return (row, each) => events.some(row, each);
  const all = scope.state.table('event');
  let contacts: ReturnType<typeof contactsOf> | undefined;
  // Workspaces without events skip the columns of contacts.
  return (row, each) =>
    all.rows > 0 && (contacts ??= contactsOf(scope, kind))(row, contact => events.some(contact, each));
}
