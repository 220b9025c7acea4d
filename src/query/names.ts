/** What a name means in a query of a kind: a field, a derived figure, a property, a relation, or a name behind a relation. */
import type { Config } from '../domain/config.ts';
import { type CrmError, usage } from '../domain/errors.ts';
import type { Kind } from '../domain/kinds.ts';
import { camel, kebab } from '../domain/name-case.ts';
import { suggestion } from '../domain/nearest.ts';
import { definitionOf } from '../kinds/define.ts';
import type { Field } from '../kinds/field.ts';
import { fieldsOf, findField } from '../kinds/fields.ts';
import { type DerivedField, derivedFields } from './derived.ts';
import { hasContactTags, specialTerms } from './special.ts';
import { type Relation, relatedKind } from './through.ts';

export type Meaning =
  | { readonly is: 'stored'; readonly field: Field }
  | { readonly is: 'derived'; readonly field: DerivedField }
  | { readonly is: 'property'; readonly name: string }
  /** The ids of the records of one kind that a field holds: `contact:C3`. */
  | { readonly is: 'references'; readonly field: Field }
  /** A name of a related record: `contact.phone`. */
  | { readonly is: 'through'; readonly relation: Relation; readonly rest: string };

/** Returns what a name means that is not a special word; undefined if the kind does not know it. */
export function meaningOf(name: string, kind: Kind, config: Config): Meaning | undefined {
  const stored = findField(config, kind, name);
  if (stored && !stored.derivedToo) return { is: 'stored', field: stored };
  const derived = findDerived(kind, name, config);
  if (derived) return { is: 'derived', field: derived };
  if (isProperty(kind, name, config)) return { is: 'property', name: name.slice('prop.'.length) };
  const relation = relatedKind(kind, name);
  if (relation) {
    const holding = findField(config, kind, relation.column)!;
    return { is: 'references', field: { ...holding, refs: [relation.kind] } };
  }
  const dot = name.indexOf('.');
  const through = dot > 0 ? relatedKind(kind, name.slice(0, dot)) : undefined;
  return through && { is: 'through', relation: through, rest: name.slice(dot + 1) };
}

/** Whether a name is a property, such as `prop.form`: records of some kinds have properties of any name. */
const isProperty = (kind: Kind, name: string, { kinds }: Config): boolean =>
  name.startsWith('prop.') && definitionOf(kinds, kind).hasProps === true;

/** Whether a name means something in a query of a kind. */
export function isQueryField(name: string, kind: Kind, config: Config): boolean {
  if (Object.hasOwn(specialTerms, name) && name !== 'text') return true;
  const meaning = meaningOf(name, kind, config);
  return meaning?.is === 'through'
    ? isQueryField(meaning.rest, meaning.relation.kind, config)
    : meaning !== undefined;
}

/** Returns the error for a name that a kind does not know, with the nearest name that it does. */
export const unknownField = (name: string, kind: Kind, config: Config): CrmError =>
  usage(
    `unknown field ${JSON.stringify(name)} of ${config.kinds.pluralOf(kind)}`,
    suggestion(name, queryNames(kind, config), `fields of ${config.kinds.pluralOf(kind)}`),
  );

/** Returns the figure that a kind derives under a name; undefined if it derives none. */
export const findDerived = (kind: Kind, name: string, config: Config): DerivedField | undefined =>
  derivedFields(kind, config.scores).find(f => f.name === name || f.name === camel(name));

/** Returns the names that a query of a kind knows, in the form in which they are typed. */
export function queryNames(kind: Kind, config: Config): string[] {
  const { inPipelines } = definitionOf(config.kinds, kind);
  const special = Object.keys(specialTerms).filter(
    name =>
      (name !== 'group' || inPipelines) && (name !== 'contact-tag' || hasContactTags(config.kinds, kind)),
  );
  return [
    ...fieldsOf(config, kind).flatMap(f => [
      f.custom ? f.name : kebab(f.name),
      ...f.aliases.filter(a => !a.includes('.')),
    ]),
    ...derivedFields(kind, config.scores).map(f => kebab(f.name)),
    ...special.filter(name => name !== 'contactTag'),
    'has',
    'no',
    'not',
  ];
}
