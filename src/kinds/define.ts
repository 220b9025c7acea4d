/**
 * The definition of a kind of record. Each kind is one file beside this one and one line in index.ts; columns,
 * queries, `add`, `set`, import, export, rights and doctor follow from its definition.
 */
import { memoByKey } from '../domain/memo.ts';
import type { Cell, ColumnType } from '../domain/cell.ts';
import type { Kind, KindIdentity, Kinds } from '../domain/kinds.ts';
import type { Json, Rec } from '../domain/records.ts';
import type { Field, FieldTypeName } from './field.ts';
import type { Several } from './several.ts';
import type { Fields, Writing } from './writing.ts';

/** A column of a table: a field's values, the text that bare words search, or values that a kind derives. */
export interface ColumnSpec {
  readonly key: string;
  /** Its name in a projection. If a field gets another type, its column gets another name, though its key stays. */
  readonly storedAs: string;
  readonly type: ColumnType;
  /** The paths of the record's own fields that it reads. */
  readonly reads: readonly string[];
  /** Whether a cell is several texts of the record, with BETWEEN_TEXTS around each. */
  readonly several?: true;
  cell(record: Rec): Cell;
}

/** A field by which people name a record. */
export interface Key {
  readonly path: string;
  /** If a text names records by different keys, the key with the lowest rank decides. */
  readonly rank: number;
  /** Its name in a sentence. */
  readonly said: string;
  /** Whether no two records of the kind may have the same value. */
  readonly unique: boolean;
  /** Whether the case of letters makes no difference: of addresses and names, not of identifiers. */
  readonly caseless: boolean;
  /** Set if a record may have several values, each of which names it: then `path` is the column of all of them. */
  readonly several?: Several;
  /** Whether its values are phone numbers, of which many texts are the same. */
  readonly isPhone?: true;
  /** Turns a text that names a record into this key, if the key is not kept as it is typed: an address, a domain. */
  read?(text: string): string;
}

/** A state that `is:` asks for, as data: the query room compiles it to a test of columns. */
export type RecordState =
  | { readonly field: string; readonly is: string }
  /** A day that has come: `paid: today or before`. */
  | { readonly day: string; readonly came: boolean }
  /** A day that has passed, of a record whose `status` is open. */
  | { readonly overdue: string }
  /** A record with an overdue task. */
  | 'has-overdue-task'
  /** A deal that is longer in its stage than the stage's `rotting`. */
  | 'rotting';

/** Something of a record that stands in the timelines of the records that it is about: a call, a payment. */
export interface Moment {
  /** The field, an instant or a day, with the time at which it happened; a record without it did not happen. */
  readonly at: string;
  /** What happened, in a word or two: `call`, `invoice paid`. */
  what(record: Rec): string;
  text(record: Rec): string | undefined;
  /** The person who did it: a user, or a name. */
  by?(record: Rec): Json | undefined;
}

/** Which contacts are those of a record. */
export type ContactsOf =
  /** The record is a contact. */
  | 'itself'
  /** Its own field lists them. */
  | { readonly listed: string }
  /** A field of theirs points to it. */
  | { readonly pointing: string };

export interface KindDefinition extends KindIdentity {
  /** The noun's line in the overview of commands. */
  readonly summary: string;
  readonly fields: readonly Field[];
  /** Whether people add and list such records, and not only the engine. */
  readonly isMadeByPeople: boolean;
  /** What a record may have several of. */
  readonly several?: readonly Several[];
  /** In the order in which a name is looked up. */
  readonly keys: readonly Key[];
  /** The fields by which an import finds existing records, in the order in which it tries them. */
  readonly importKeys?: readonly string[];
  /** Whether two records that are the same can be merged. */
  readonly isMergeable?: true;
  /** The field that says whose record it is. */
  readonly owner?: string;
  /** The field of deals that points to such records: a user who sees a deal sees them, whoever owns them. */
  readonly throughDeals?: 'contacts' | 'account';
  /**
   * Whether its records stand in stages of pipelines, as deals do: a pipeline gives them their currency and may give
   * them an owner, and those who have no access to it do not see them.
   */
  readonly inPipelines?: true;
  /** Whether tasks, activities and invoices may be for its records, and rules speak of them. */
  readonly hasTasks?: true;
  /** Whether something is due for its records, so that each needs somebody. */
  readonly isWork?: true;
  /** Whether adding one makes the contacts that it names, if they do not exist yet. */
  readonly makesContacts?: true;
  /** Whether adding one makes the accounts that it names, if they do not exist yet. */
  readonly makesAccounts?: true;
  /** The field by whose value another workspace finds the record: an address, a name. */
  readonly knownBy?: string;
  /** Whether its records leave the workspace: an undo cancels those that have not left yet, and keeps the others. */
  readonly leaves?: true;
  /** Whether its records have scores. */
  readonly isScored?: true;
  /** Whether its records were observed outside and carry what was seen: values of any name, in `props`. */
  readonly hasProps?: true;
  /** Which contacts are those of a record, whose events and tags count for it. */
  readonly contacts?: ContactsOf;
  /** Whether bare words find a record by the names and addresses of its contacts and the name of its account too. */
  readonly isFoundByPeople?: true;
  /** The field that names the rule that made it. */
  readonly rule?: string;
  /** The fields with the records that it is about, the nearest first: a user who may not see those may not see it. */
  readonly about: readonly string[];
  /**
   * The two fields of a record that joins two others: a merge removes a record that would join one record with
   * itself.
   */
  readonly joins?: readonly [string, string];
  /** What `is:` knows. */
  readonly states?: Readonly<Record<string, RecordState>>;
  /** Columns beside those of the fields. */
  readonly columns?: readonly ColumnSpec[];
  /** Times that follow from its changes, beside createdAt and updatedAt, when it is added. */
  readonly times?: readonly string[];
  /** Further fields of which most records have the same value, so that a large snapshot says it once. */
  readonly alike?: readonly string[];
  /**
   * Fills in what is missing in `fields`, which will be set on `before` (or make a new record), and throws USAGE,
   * FAILED or CONFLICT if they contradict each other or the rest of the workspace.
   */
  complete?(fields: Fields, before: Rec | undefined, writing: Writing): void;
  /**
   * Returns further fields to set so that a record is consistent after its fields were changed one by one, by an
   * undo, a merge or a purge.
   */
  tidy?(record: { readonly [path: string]: Json | undefined }): Fields;
  /** The field that the argument of `add` is for. */
  readonly named?: string;
  /** The fields of a record in JSON, in order; `fields` stands for the custom ones. */
  readonly inJson: readonly string[];
  /** The fields that a list shows. */
  readonly inLists: readonly string[];
  /** The default order and filter of a list on a terminal; scripts get all records, in the order of ids. */
  readonly forPeople?: {
    /** A field, with `-` before it for the other way round. */
    readonly sort: string;
    /**
     * The query of the records that are left out, unless the user's query names one of these fields or words of
     * `is:`.
     */
    readonly without?: {
      readonly query: string;
      /** The word for the records that are left out: `done`. */
      readonly noun: string;
      readonly fields: readonly string[];
      readonly is: readonly string[];
    };
  };
  /** The fields that the cards of other records show of such a record. */
  readonly inCards?: readonly string[];
  /** What of it stands in timelines. */
  readonly moments?: readonly Moment[];
  /** The field of another kind whose records log one of this kind: timelines show the log in its place. */
  readonly loggedBy?: {
    readonly kind: Kind;
    readonly field: string;
    /** Whether the log contains all that a timeline shows of such a record. */
    saysAll(record: Rec): boolean;
  };
  /** Fields that a record shown in full has beside those of JSON. */
  readonly inFull?: readonly string[];
  /** Commands that help shows, without `crm`. */
  readonly examples: { readonly [verb in 'add' | 'list' | 'set' | 'merge']?: readonly string[] };
}

/** Returns the definition of a kind. All kinds of a program are whole definitions: see index.ts. */
export const definitionOf = (kinds: Kinds, kind: Kind): KindDefinition => kinds.of(kind) as KindDefinition;

/** Returns the field of a kind that points to records of one other kind alone: the contact of a deal. */
export const fieldTo = memoByKey((definition: KindDefinition, kind: Kind): Field | undefined =>
  definition.fields.find(({ type, refs }) => type === 'ref' && refs?.length === 1 && refs[0] === kind),
);

/** Whether records of a kind have a field of a type: tags, a repeat. */
export const hasFieldOf = (definition: KindDefinition, type: FieldTypeName): boolean =>
  definition.fields.some(field => field.type === type);

/** Returns the definitions of all kinds, in order. */
export const definitionsIn = (kinds: Kinds): readonly KindDefinition[] =>
  kinds.all as readonly KindDefinition[];

/** Returns the names of kinds, each after the kinds that its records point to. */
export function byReference(definitions: readonly KindDefinition[]): Kind[] {
  const sorted = new Set<Kind>();
  const visit = ({ name, fields }: KindDefinition, on: readonly Kind[]): void => {
    if (sorted.has(name) || on.includes(name)) return;
    const pointedTo = new Set(fields.flatMap(field => field.refs ?? []));
    for (const each of definitions) if (pointedTo.has(each.name)) visit(each, [...on, name]);
    sorted.add(name);
  };
  for (const each of definitions) visit(each, []);
  return [...sorted];
}
