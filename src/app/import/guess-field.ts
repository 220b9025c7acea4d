/** Guesses the field of a column: by its name, if its values fit. */
import { readNumber } from './amounts.ts';
import { dateReader } from './date-texts.ts';
import { CONTACT_NAME, CONTACT_PHONE, isBeside } from './row-reader.ts';
import { isAboutOwners, meanings } from './synonyms.ts';
import type { ImportKind, Target } from './target.ts';
import { CrmError } from '../../domain/errors.ts';
import { fold } from '../../domain/fold.ts';
import type { ValueContext } from '../../kinds/field-types.ts';
import { type Field, mayImport } from '../../kinds/field.ts';

/** A name as it is compared: folded, without spaces and signs. */
export const normalized = (name: string): string => fold(name).replace(/[^\p{L}\p{N}]+/gu, '');

const ADDRESS = /^\S+@\S+\.\S+$/;
/** The number of values that decide whether a column can be a field. */
const LOOKED_AT = 50;

/** A column whose field is to be found. */
export interface Candidate {
  readonly column: string;
  /** Its values, without empty cells. */
  readonly texts: readonly string[];
  readonly isFree: (field: string) => boolean;
}

/** The field that a column seems to be; undefined if none. */
export function fieldFor(
  kind: ImportKind,
  target: Target,
  { column, texts, isFree }: Candidate,
  context: ValueContext,
): string | undefined {
  const plain = normalized(column);
  const ofOwners = isAboutOwners(plain);
  const may = (name: string) => {
    if (!isFree(name) || (ofOwners && !OWN.includes(name))) return false;
    if (isBeside(name)) return name !== CONTACT_PHONE || !isFree('contact');
    const field = target.field(name);
    return field !== undefined && mayImport(field) && canBe(field, texts, context);
  };
  const named = target.fields.find(field =>
    [field.name, ...field.aliases].some(name => normalized(name) === plain),
  );
  if (named && may(named.name) && !isStageOf(kind, named.name, texts)) return named.name;
  if (kind === 'deal' && named?.name === 'status' && texts.length > 0 && may('stage')) return 'stage';
  const found = meanings(kind, plain).find(name => may(name) && !isOtherWay(name, texts, isFree));
  if (found !== undefined) return found;
  if (ofOwners) return /created|modified/.test(plain) ? undefined : ['owner', 'assignee', 'by'].find(may);
  const address = kind === 'contact' || kind === 'user' ? 'email' : kind === 'deal' ? 'contact' : undefined;
  if (address && areAddresses(texts) && may(address)) return address;
  return isOwnId(kind, column) &&
    new Set(texts).size === texts.length &&
    texts.length > 0 &&
    may('externalId')
    ? 'externalId'
    : undefined;
}

/** The fields that a column about one's own people may be. */
const OWN = ['owner', 'by', 'assignee', 'id', 'name', 'email', 'role', 'active'];

const areAddresses = (texts: readonly string[]): boolean =>
  texts.length > 0 && texts.every(text => ADDRESS.test(text));

/** A contact is named by an address; a column of names beside one of addresses is for a contact that is made. */
function isOtherWay(name: string, texts: readonly string[], isFree: (field: string) => boolean): boolean {
  if (name === CONTACT_NAME) return isFree('contact') || areAddresses(texts);
  return false;
}

/** Whether a column with the name of a deal's status has words that are not a status. */
const isStageOf = (kind: ImportKind, name: string, texts: readonly string[]): boolean =>
  kind === 'deal' &&
  name === 'status' &&
  texts.some(text => !/^(open|won|lost|closed ?(won|lost)?|active|new)$/i.test(text));

/** The nouns that have an id of their own in a table of a kind. */
const entities: { readonly [kind in ImportKind]?: string } = {
  deal: 'deal opportunity potential lead order offer quote request project',
  contact: 'contact person people lead',
  account: 'account company organization organisation customer client',
  task: 'task activity',
  activity: 'activity interaction call',
  event: 'event',
  invoice: 'invoice bill',
};

/** Whether a name means an id of the rows' own kind: a postal code and an owner's id do not count. */
function isOwnId(kind: ImportKind, column: string): boolean {
  const words = fold(column.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2'))
    .split(/[^\p{L}\p{N}]+/u)
    .filter(word => word !== '');
  if (!/^(id|no|nr|number|ref|reference|uuid|code)$/.test(words.at(-1) ?? '')) return false;
  const known = `${entities[kind] ?? ''} record external ref reference`.split(' ');
  return words.slice(0, -1).every(word => known.includes(word));
}

/** Whether at least half of a column's values can be values of a field. */
function canBe(field: Field, all: readonly string[], context: ValueContext): boolean {
  const texts = [...new Set(all)].slice(0, LOOKED_AT);
  if (texts.length === 0) return true;
  const most = (test: (text: string) => boolean) => texts.filter(test).length * 2 >= texts.length;
  switch (field.type) {
    case 'day':
    case 'instant': {
      const readers = (['DMY', 'MDY', 'YMD'] as const).map(order =>
        dateReader(context.clock, undefined, order),
      );
      return most(text => /\d/.test(text) && readers.some(reader => isRead(() => reader.day(text))));
    }
    case 'money':
      return most(text => /\d/.test(text) && !/\p{L}{4}/u.test(text));
    case 'number':
      return most(text => isRead(() => readNumber(text, undefined)) || /^[-\d.,' ]+%?$/.test(text));
    case 'boolean':
      return texts.every(text => /^(true|false|yes|no|y|n|x|0|1|on|off|ja|nein|nee|oui|non)$/i.test(text));
    case 'user':
      return !texts.every(isOpaque);
    default:
      return field.path !== 'email' || most(text => text.includes('@'));
  }
}

/** Whether a text is an id that only another program understands, and no person's name. */
const isOpaque = (text: string): boolean =>
  /^\d+$/.test(text) || (/^[A-Za-z0-9_-]{8,}$/.test(text) && /\d/.test(text) && /[A-Za-z]/.test(text));

/** The date by which one column of a deal says when it closes, whether it is open or not. */
export const isClosing = (column: string): boolean =>
  /^(clos(e|ed|ing)date|closes|clos(e|ed)dateutc)$/.test(normalized(column));

/** Whether work that reads a value succeeds. */
export function isRead(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof CrmError) return false;
    throw error;
  }
}
