/**
 * The cells of one vCard, by columns with the names of its properties: `FN`, `EMAIL`, `TEL`, `ORG`. Several values of
 * a property are one cell, the preferred one first.
 */
import { createHash } from 'node:crypto';
import { fold } from '../domain/fold.ts';
import { asListOf } from '../kinds/field-types.ts';
import { plainCard } from './vcard-text.ts';

/** A property as jCard (RFC 7095) has it: name, parameters, type, values. */
type Property = readonly [string, Readonly<Record<string, string | string[]>>, string, ...unknown[]];

/** The columns of every file. */
const always = ['UID', 'FN', 'EMAIL', 'TEL', 'ORG', 'CATEGORIES'];
/** The columns that a file has once one of its cards has the property. */
const sometimes = ['TITLE', 'ROLE', 'ADR', 'URL', 'BDAY', 'NOTE', 'TZ'];

/** Joins the parts of a property in parts (a name, an address), which may have a semicolon themselves. */
const PART = '\u001f';

export class CardReader {
  readonly header: string[] = [...always];
  readonly #parse: (text: string) => unknown;

  /** `parse` makes jCard of a text; throws for what is not a card. */
  constructor(parse: (text: string) => unknown) {
    this.#parse = parse;
  }

  /** Returns the cells of a card's lines, in the order of the header, which may have grown. */
  cells(lines: readonly string[]): string[] {
    const text = ['BEGIN:VCARD', ...plainCard(lines), 'END:VCARD'].join('\r\n');
    const [, properties] = this.#parse(text) as [string, Property[]];
    const texts = textsByName(properties);
    for (const name of sometimes) if (texts.has(name) && !this.header.includes(name)) this.header.push(name);
    return this.header.map(column => cellOf(column, texts));
  }
}

type Texts = ReadonlyMap<string, readonly string[]>;

function textsByName(properties: readonly Property[]): Texts {
  const texts = new Map<string, string[]>();
  const preferredFirst = [...properties].sort((a, b) => preference(a) - preference(b));
  for (const [name, , , ...values] of preferredFirst) {
    const said = values
      .map(value => (Array.isArray(value) ? value.flat().map(String).join(PART) : String(value)).trim())
      .filter(text => text.replaceAll(PART, '') !== '');
    if (said.length > 0) texts.set(name.toUpperCase(), [...(texts.get(name.toUpperCase()) ?? []), ...said]);
  }
  return texts;
}

/** `PREF=1` of 4.0, and `TYPE=pref` of the versions before. */
function preference([, { pref, type }]: Property): number {
  if (pref !== undefined) return Number(pref) || 100;
  return [type].flat().some(each => each?.toLowerCase() === 'pref') ? 1 : 101;
}

type Cell = (values: readonly string[], texts: Texts) => string;

const cellsBy: Readonly<Record<string, Cell>> = {
  UID: ([uid], texts) => uid ?? madeUid(texts),
  FN: ([name], texts) => name ?? nameIn(texts.get('N')?.[0] ?? ''),
  // The parts after the organization are its units.
  ORG: ([organization = '']) => organization.split(PART)[0]!.trim(),
  EMAIL: emails => emails.map(email => email.replace(/^mailto:/i, '')).join('\n'),
  TEL: phones => phones.map(phoneIn).join('\n'),
  CATEGORIES: asListOf,
  ADR: ([address = '']) =>
    address
      .split(PART)
      .map(part => part.trim())
      .filter(part => part !== '')
      .join(', '),
};

const cellOf = (column: string, texts: Texts): string => {
  const values = texts.get(column) ?? [];
  return cellsBy[column]?.(values, texts) ?? values[0] ?? '';
};

/** `tel:+1-418-656-9254;ext=102` of 4.0 as people write it. */
const phoneIn = (text: string): string => text.replace(/^tel:/i, '').replace(/;ext=/i, ' ext ');

/** `family, given, middle, prefixes, suffixes` as people write a name. */
function nameIn(name: string): string {
  const [family, given, middle, prefix, suffix] = name.split(PART).map(part => part.trim());
  return [prefix, given, middle, family, suffix].filter(part => part).join(' ');
}

/**
 * Returns the key by which a card without id and e-mail is recognised the next time: the name and the phones, however
 * they are written. '' for a card with an e-mail, which is its key.
 */
function madeUid(texts: Texts): string {
  if (texts.has('EMAIL')) return '';
  const name = fold(cellsBy.FN!(texts.get('FN') ?? [], texts));
  const digits = (texts.get('TEL') ?? []).map(phone => phone.replace(/\D/g, '')).sort();
  if (name === '' && digits.length === 0) return '';
  const text = JSON.stringify([name, ...digits]);
  return `card-${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
}
