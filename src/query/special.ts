/**
 * Terms with a meaning of their own: `is:`, `has:task`, `text:` and bare words, `event:`, `contact-tag:`, `group:`.
 * Each compiles a term for a kind; a new one is one entry in `specialTerms`.
 */
import { type Config, pipelineOf, stageOf } from '../domain/config.ts';
import { dayNumber } from '../domain/dates.ts';
import { usage } from '../domain/errors.ts';
import type { Kind, Kinds } from '../domain/kinds.ts';
import { suggestion } from '../domain/nearest.ts';
import { definitionOf, definitionsIn, type RecordState } from '../kinds/define.ts';
import { oneOf } from '../kinds/field-types.ts';
import { columnsOf, findField, SEARCH } from '../kinds/fields.ts';
import { BETWEEN_TEXTS } from '../kinds/several-cells.ts';
import { contactsOf } from './contacts-of.ts';
import { tasksOf, wordTest } from './derived.ts';
import { compileEvent } from './event-terms.ts';
import { mayRot, rotting } from './rotting.ts';
import { byCode, oneByOne } from './narrow.ts';
import { onlyEquals, showDay } from './operators.ts';
import type { Term } from './parse.ts';
import { ofPeople, textColumn } from './people.ts';
import { phonesLike } from './phone-terms.ts';
import { type BoundTerm, type CompiledTerm, linksOf, type Scope } from './scope.ts';
import { bySum } from './tally.ts';
import { containing, lazily } from './text-search.ts';
import type { CodeColumn, CodesColumn, NumberColumn, TextColumn } from '../state/columns/column.ts';
import { needleOf } from '../state/columns/texts.ts';
import type { State } from '../state/state.ts';

/** Returns undefined if the kind has no such term: then the name may be a field. */
type Compile = (term: Term, kind: Kind, config: Config) => CompiledTerm | undefined;

/** The special terms by the field's name as it is written. */
export const specialTerms: Readonly<Record<string, Compile>> = {
  text: compileText,
  is: compileIs,
  event: compileEvent,
  'contact-tag': compileContactTag,
  contactTag: compileContactTag,
  group: compileGroup,
};

/** Compiles `has:` with a word that is not a field; undefined for an unknown word. */
export function compileSpecialPresence(name: string, kind: Kind, config: Config): CompiledTerm | undefined {
  const { kinds } = config;
  if (name === 'group' && definitionOf(kinds, kind).inPipelines)
    return {
      timed: false,
      bind: ({ state }) => {
        const groupOf = stageGroups(state, config);
        return { test: row => groupOf(row) !== undefined, actual: row => groupOf(row) ?? 'no group' };
      },
    };
  if (hasContactTags(kinds, kind) && (name === 'contact-tag' || name === 'contactTag'))
    return { timed: false, bind: scope => contactTags(scope, kind, () => true) };
  return compileRelation(name, kind, kinds);
}

/** Compiles `has:task` and the like: whether records of a kind point to this one. */
function compileRelation(name: string, kind: Kind, kinds: Kinds): CompiledTerm | undefined {
  const pointing = definitionsIn(kinds).find(each => each.name === name && each.isMadeByPeople);
  const field = pointing?.fields.find(each => each.refs?.includes(kind) && !each.read);
  if (!field) return undefined;
  return {
    timed: false,
    bind: scope => {
      const links = linksOf(scope, kind, pointing!.name, field.path);
      const narrow = bySum({ what: 'all', none: 0, parts: [{ links, add: n => n + 1 }] }, n => n > 0);
      return {
        test: row => links.first(row) >= 0,
        actual: row => String(links.count(row)),
        ...(narrow && { narrow }),
      };
    },
  };
}

/** Returns a term for any of several terms; a value that several of them show is shown once. */
export const anyOf = (terms: readonly BoundTerm[]): BoundTerm =>
  terms.length === 1
    ? terms[0]!
    : {
        test: row => terms.some(t => t.test(row)),
        actual: row => [...new Set(terms.map(t => t.actual(row)))].join(', '),
      };

// ---- bare words

function compileText(term: Term, kind: Kind, config: Config): CompiledTerm | undefined {
  // An activity has a field of that name.
  if (term.source.startsWith('text:') && findField(config, kind, 'text')) return undefined;
  onlyEquals(term);
  if (!columnsOf(config, kind).has(SEARCH))
    throw usage(`${term.source}: ${config.kinds.pluralOf(kind)} have no text to search`, 'crm help query');
  return { timed: false, bind: scope => anyOf(term.values.map(value => searchText(scope, kind, value))) };
}

/** Searches a record's texts and its notes. */
function searchText(scope: Scope, kind: Kind, value: string): BoundTerm {
  const { state } = scope;
  const needle = needleOf(value);
  const table = state.table(kind);
  const text = table.column(SEARCH) as TextColumn;
  const notes = notesOf(scope, kind);
  const inOwn = containing(table, text, needle);
  const { several, isFoundByPeople } = definitionOf(state.kinds, kind);
  const addresses = several?.find(each => each.isSearched);
  const inAddress = addresses && containing(table, textColumn(state, kind, addresses.all), needle);
  const phones = phonesLike(state, kind, value);
  const inPhones = phones && lazily({ tables: [table], ...phones });
  const inPeople = isFoundByPeople && ofPeople(scope, value, needle);
  const inText = (row: number) => inOwn(row) || !!inAddress?.(row) || !!inPhones?.(row) || !!inPeople?.(row);
  if (!notes) return { test: inText, actual: row => excerpt(text.get(row)) };
  const inNotes = lazily({
    tables: [table, notes.table],
    one: row => notes.find(row, needle) >= 0,
    all: found => notes.search(needle, found),
  });
  return {
    test: row => inText(row) || inNotes(row),
    actual: row => {
      const note = text.includes(row, needle) ? -1 : notes.find(row, needle);
      return note < 0 ? excerpt(text.get(row)) : `note ${excerpt(notes.get(note))}`;
    },
  };
}

const excerpt = (text: string): string => JSON.stringify(text.replaceAll(BETWEEN_TEXTS, ' / ').slice(0, 60));

function notesOf(scope: Scope, kind: Kind) {
  const { state } = scope;
  if (!definitionOf(state.kinds, kind).hasTasks) return undefined;
  const activities = state.table('activity');
  const type = activities.column('type') as CodeColumn;
  const text = activities.column('text') as TextColumn;
  const target = activities.column('for') as NumberColumn;
  const isNote = wordTest(type, word => word === 'note');
  const links = linksOf(scope, kind, 'activity', 'for');
  return {
    table: activities,
    search(needle: Buffer, found: (row: number) => void): void {
      text.search(needle, activity => {
        if (!activities.live(activity) || !isNote(type.get(activity))) return;
        const row = state.rowOfRef(kind, target.get(activity));
        if (row >= 0) found(row);
      });
    },
    /** Returns a note of the row that contains the needle, or -1. */
    find(row: number, needle: Buffer): number {
      let found = -1;
      links.some(row, activity => {
        if (isNote(type.get(activity)) && text.includes(activity, needle)) found = activity;
        return found >= 0;
      });
      return found;
    },
    get: (activity: number) => text.get(activity),
  };
}

// ---- is:

/** The states that `is:` asks for. */
interface Condition {
  readonly timed?: boolean;
  bind(scope: Scope, kind: Kind): BoundTerm;
}

const fieldIs = (field: string, word: string): Condition => ({
  bind: ({ state }, kind) => {
    const column = state.table(kind).column(field) as CodeColumn;
    const is = wordTest(column, w => w === word);
    return {
      test: row => is(column.get(row)),
      narrow: byCode(column, is),
      actual: row => column.words[column.get(row)] ?? 'none',
    };
  },
});

const hasOverdueTask: Condition = {
  timed: true,
  bind: (scope, kind) => {
    const { links, due, isOpen } = tasksOf(scope, kind);
    const today = dayNumber(scope.clock.zone.day(scope.clock.now));
    const test = (row: number) => links.some(row, task => isOpen(task) && due.get(task) < today);
    return { test, actual: row => (test(row) ? 'has an overdue task' : 'no overdue task') };
  },
};

const isRotting: Condition = {
  timed: true,
  bind: scope => {
    const test = rotting(scope);
    const never = !mayRot(scope.state.config);
    const narrow = never ? (among: Uint8Array) => void among.fill(0) : oneByOne(test);
    return { test, narrow, actual: row => (test(row) ? 'rotting' : 'not rotting') };
  },
};

/** A day that has passed, of a record that is open. */
const isOverdue = (field: string): Condition => ({
  timed: true,
  bind: ({ state, clock }, kind) => {
    const table = state.table(kind);
    const due = table.column(field) as NumberColumn;
    const status = table.column('status') as CodeColumn;
    const isOpen = wordTest(status, word => word === 'open');
    const today = dayNumber(clock.zone.day(clock.now));
    return {
      test: row => isOpen(status.get(row)) && due.get(row) < today,
      actual: row => `${field} ${showDay(due.get(row))}`,
    };
  },
});

/** Whether a day has come. */
const dayIs = (field: string, came: boolean): Condition => ({
  timed: true,
  bind: ({ state, clock }, kind) => {
    const day = state.table(kind).column(field) as NumberColumn;
    const today = dayNumber(clock.zone.day(clock.now));
    return {
      test: row => day.get(row) <= today === came,
      actual: row => `${field} ${showDay(day.get(row))}`,
    };
  },
});

function conditionOf(state: RecordState): Condition {
  if (state === 'has-overdue-task') return hasOverdueTask;
  if (state === 'rotting') return isRotting;
  if ('is' in state) return fieldIs(state.field, state.is);
  return 'day' in state ? dayIs(state.day, state.came) : isOverdue(state.overdue);
}

const statesOf = (kinds: Kinds, kind: Kind): Readonly<Record<string, RecordState>> =>
  definitionOf(kinds, kind).states ?? {};

/** Returns the states that `is:` knows for a kind. */
export const isWords = (kinds: Kinds, kind: Kind): string[] => Object.keys(statesOf(kinds, kind));

function compileIs(term: Term, kind: Kind, { kinds }: Config): CompiledTerm {
  onlyEquals(term);
  const known = statesOf(kinds, kind);
  const wanted = term.values.map(value => conditionOf(known[oneOf(value, isWords(kinds, kind), 'is:')]!));
  return { timed: wanted.some(s => s.timed), bind: scope => anyOf(wanted.map(s => s.bind(scope, kind))) };
}

// ---- tags of the contacts of a deal or an account

/** Whether records of a kind have contacts whose tags a query may ask for; for a contact these are its own tags. */
export function hasContactTags(kinds: Kinds, kind: Kind): boolean {
  const { contacts } = definitionOf(kinds, kind);
  return contacts !== undefined && contacts !== 'itself';
}

function compileContactTag(term: Term, kind: Kind, { kinds }: Config): CompiledTerm | undefined {
  if (!hasContactTags(kinds, kind)) return undefined;
  onlyEquals(term);
  return { timed: false, bind: scope => contactTags(scope, kind, word => term.values.includes(word)) };
}

/** Whether one of the contacts has such a tag. */
function contactTags(scope: Scope, kind: Kind, isWanted: (word: string) => boolean): BoundTerm {
  const contacts = contactsOf(scope, kind);
  const tags = scope.state.table('contact').column('tags') as CodesColumn;
  const wanted = wordTest(tags, isWanted);
  const some = (row: number, holds: (code: number) => boolean): boolean =>
    contacts(row, contact => {
      const count = tags.size(contact);
      for (let k = 0; k < count; k++) if (holds(tags.at(contact, k))) return true;
      return false;
    });
  return {
    test: row => some(row, wanted),
    actual: row => {
      const words = new Set<string>();
      some(row, code => {
        words.add(tags.words[code]!);
        return false;
      });
      return [...words].join(',') || 'none';
    },
  };
}

// ---- the group of the stage

function compileGroup(term: Term, kind: Kind, config: Config): CompiledTerm | undefined {
  if (!definitionOf(config.kinds, kind).inPipelines) return undefined;
  onlyEquals(term);
  const groups = [...new Set(config.pipelines.flatMap(p => p.stages.flatMap(s => s.group ?? [])))];
  const wanted = term.values.map(value => {
    if (groups.length === 0)
      throw usage(`${term.source}: no stage has a group`, suggestion(value, groups, 'groups'));
    return oneOf(value, groups, 'group');
  });
  return {
    timed: false,
    bind: ({ state }) => {
      const groupOf = stageGroups(state, config);
      return { test: row => wanted.includes(groupOf(row) ?? ''), actual: row => groupOf(row) ?? 'none' };
    },
  };
}

/** Returns the group of each row's stage, computed once for each pair of pipeline and stage. */
function stageGroups(state: State, config: Config): (row: number) => string | undefined {
  const pipeline = state.table('deal').column('pipeline') as CodeColumn;
  const stage = state.table('deal').column('stage') as CodeColumn;
  const known = new Map<number, string | undefined>();
  return row => {
    const key = pipeline.get(row) * 2 ** 24 + stage.get(row);
    if (!known.has(key)) {
      const found = pipelineOf(config, pipeline.words[pipeline.get(row)]!);
      known.set(key, stageOf(found, stage.words[stage.get(row)]!)?.group);
    }
    return known.get(key);
  };
}
