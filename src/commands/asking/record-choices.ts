/** The records that a question offers: those that fit the argument and that the acting user sees. */
import { nameOf } from '../../app/reading/said.ts';
import { search, wordsIn } from '../../app/reading/search.ts';
import type { View } from '../../app/core/view.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import type { Choice } from '../../ui/prompt.ts';
import type { Argument } from '../args/argument.ts';
import { fitting } from '../completion/records.ts';
import { fuzzyFound } from './fuzzy.ts';

/** How many of the newest records of a kind are matched by single letters: older ones are found by whole parts of words. */
const NEWEST = 1000;
/** How many records of a kind one search takes into account. */
const FOUND = 200;
/** How many characters of a text are shown. */
const SHOWN = 60;

type Finder = (typed: string) => readonly Choice[];

/** Returns what finds the records that an argument may name by what was typed; `without` are not offered. */
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

const textOf = ({ value, name = value }: Choice): string => name;

const choiceOf = (id: string, about: string): Choice => ({ value: id, name: `${id} ${about}`.trim() });

/** Returns the text that tells people which record it is. */
const aboutOf = ({ title, name, subject, text }: Rec): string => {
  const known = [title, name, subject, text].find(each => typeof each === 'string' && each !== '');
  return String(known ?? '')
    .replace(/\s+/g, ' ')
    .slice(0, SHOWN);
};
