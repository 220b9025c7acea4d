/** The records that a question offers: those that fit its argument and that the acting user may see. */
import { nameOf } from '../../app/reading/said.ts';
import { search, wordsIn } from '../../app/reading/search.ts';
import type { View } from '../../app/core/view.ts';
import type { Kind } from '../../domain/kinds.ts';
import { type Rec, recognisedBy } from '../../domain/records.ts';
import type { Choice } from '../../ui/prompt.ts';
import type { Argument } from '../args/argument.ts';
import { fitting } from '../completion/records.ts';
import { fuzzyFound } from './fuzzy.ts';

/** How many of the newest records of a kind are matched fuzzily at each key. Older ones are found by the search index only. */
const NEWEST = 1000;
/** The most records of a kind that one search adds to the choices: more than anybody scrolls through. */
const FOUND = 200;
/** The most characters of a text in a choice, so that it fits on a line. */
const SHOWN = 60;

type Finder = (typed: string) => readonly Choice[];

/** Returns a function that finds records by typed text for an argument, except `without`; `isEmpty` if the viewer sees none of them. */
export function recordFinder(
  view: View,
  { kinds = [], type, offers }: Argument,
  without: readonly string[],
): { readonly isEmpty: boolean; readonly find: Finder } {
  const isNew = ({ value }: Choice) => !without.includes(value);
  if (type === 'trashed') {
    const trashed = kinds
      .flatMap(kind => view.trash(kind))
      .map(({ id, record }) => choiceOf(id, aboutOf(record)))
      .filter(isNew);
    return { isEmpty: trashed.length === 0, find: typed => fuzzyFound(typed, trashed, textOf) };
  }
  const choices = kinds.map(kind => new KindChoices(view, kind, offers));
  const newest = choices.flatMap(each => each.newest()).filter(isNew);
  const find: Finder = typed => {
    if (typed.trim() === '') return newest;
    const near = fuzzyFound(typed, newest, textOf);
    const known = new Set(near.map(({ value }) => value));
    const others = choices.flatMap(each => each.found(typed)).filter(isNew);
    return [...near, ...others.filter(({ value }) => !known.has(value))];
  };
  return { isEmpty: newest.length === 0, find };
}

class KindChoices {
  readonly #view: View;
  readonly #kind: Kind;
  readonly #fits: (row: number) => boolean;

  constructor(view: View, kind: Kind, offers: string | undefined) {
    this.#view = view;
    this.#kind = kind;
    this.#fits = view.state.table(kind).rows === 0 ? () => false : fitting(view, kind, offers);
  }

  newest(): Choice[] {
    const table = this.#view.state.table(this.#kind);
    const choices: Choice[] = [];
    for (let row = table.rows - 1; row >= 0 && choices.length < NEWEST; row--)
      if (this.#fits(row)) choices.push(this.#choice(row));
    return choices;
  }

  found(typed: string): Choice[] {
    const words = wordsIn([typed]);
    if (words.length === 0) return [];
    const { hits } = search(this.#view, words, { kinds: [this.#kind], namesOnly: true });
    return hits
      .filter(({ row }) => this.#fits(row))
      .slice(0, FOUND)
      .map(({ row }) => this.#choice(row));
  }

  /** `D12 40 chairs (Acme)` */
  #choice(row: number): Choice {
    const table = this.#view.state.table(this.#kind);
    const record = table.record(row);
    const { account, email, domain } = record;
    const others = [account, record.for].flatMap(id => {
      const name = typeof id === 'string' ? nameOf(this.#view, id) : '';
      return name === '' || name === id ? [] : [name];
    });
    const beside = [...others, email, domain].find(each => typeof each === 'string');
    return choiceOf(
      table.id(row),
      [aboutOf(record), beside && `(${String(beside)})`].filter(Boolean).join(' '),
    );
  }
}

/** Returns the text of a choice, with which typed letters are compared. */
export const textOf = ({ value, name = value }: Choice): string => name;

const choiceOf = (id: string, about: string): Choice => ({ value: id, name: `${id} ${about}`.trim() });

/** Returns the text by which people recognise a record, on one short line. */
const aboutOf = (record: Rec): string => (recognisedBy(record) ?? '').replace(/\s+/g, ' ').slice(0, SHOWN);
