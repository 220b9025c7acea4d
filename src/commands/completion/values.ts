/** The candidates for arguments and for the values of options, from the workspace as the acting user sees it. */
import type { View } from '../../app/core/view.ts';
import type { Argument, ArgumentType } from '../args/argument.ts';
import type { Candidate } from './candidate.ts';
import type { Context } from '../line/context.ts';
import { printed, topics } from '../topics.ts';
import type { Kind } from '../../domain/kinds.ts';
import { fieldsOf, findField } from '../../kinds/fields.ts';
import { days, periods } from './days.ts';
import { assignmentsLike, fieldValues, tags } from './field-values.ts';
import { lastOf } from './lists.ts';
import { recordsLike } from './records.ts';

/** The place of the word on its command line. */
export interface Place {
  readonly noun: string;
  /** The path of the command: `deal move`. */
  readonly path: string;
  readonly kind: Kind;
  readonly args: readonly string[];
  readonly partial: string;
}

export interface Values {
  /** Returns the candidates for a word of an argument; of records, only those that begin with the place's partial word. */
  ofArgument(argument: Argument, place: Place): Promise<Candidate[]>;
}

/** What the candidates of a type are made from. */
interface At {
  readonly deps: Context['deps'];
  /** Undefined outside of a workspace. */
  readonly view: View | undefined;
  readonly argument: Argument;
  readonly place: Place;
  /** The beginning of the value; of a list with commas, the beginning of its last item. */
  readonly partial: string;
}

type Found = readonly Candidate[] | Promise<readonly Candidate[]>;

/** Returns the candidates of a context's workspace; without a workspace, only those that are the same everywhere. */
export async function valuesIn(context: Context): Promise<Values> {
  let view: View | undefined;
  try {
    view = await (await context.workspace()).view();
  } catch {
    view = undefined;
  }
  const { deps } = context;
  const ofOne = async (argument: Argument, place: Place, partial: string): Promise<Candidate[]> => {
    const { type, words = [], or = [], among } = argument;
    const things = (view && among?.(view.config)) ?? [];
    const found = await Promise.all(
      [type, ...or].map(each => offers[each]?.({ deps, view, argument, place, partial }) ?? []),
    );
    return [
      ...words.map(value => ({ value })),
      ...things.map(({ id, about }) => ({ value: id, about })),
      ...found.flat(),
    ];
  };
  return {
    async ofArgument(argument, place) {
      const { partial } = place;
      // `+vip` and `-ben` are completed with their sign.
      const sign = !argument.label.startsWith('+') ? '' : partial.startsWith('-') ? '-' : '+';
      if (argument.isListed) return lastOf(partial, item => ofOne(argument, place, item));
      const found = await ofOne(argument, place, partial.slice(/^[+-]/.test(partial) ? sign.length : 0));
      return sign === '' ? found : found.map(each => ({ ...each, value: sign + each.value }));
    },
  };
}

/** The candidates of each type, beside the words and the settings that an argument declares itself. */
const offers: { readonly [type in ArgumentType]?: (at: At) => Found } = {
  record: ({ view, argument, partial }) => (view ? recordsLike(view, argument, partial) : []),
  trashed: ({ view, argument, partial }) => (view ? recordsLike(view, argument, partial) : []),
  fields: ({ view, place, partial }) => (view ? assignmentsLike(view, place.kind, partial) : []),
  async query({ view, place, partial }) {
    if (!view) return [];
    const { queriesLike } = await import('./queries.ts');
    return queriesLike(view, place.kind, partial);
  },
  value({ view, argument: { field }, partial }) {
    const its = view && field && findField(view.config, field.kind, field.name);
    return its ? fieldValues(view, field.kind, its, partial) : [];
  },
  field: ({ view, place }) =>
    view ? fieldsOf(view.config, place.kind).flatMap(each => (each.custom ? { value: each.name } : [])) : [],
  fieldName: ({ view, place, partial }) => {
    const sign = partial.startsWith('-') ? '-' : '';
    return view ? fieldsOf(view.config, place.kind).map(({ name }) => ({ value: sign + name })) : [];
  },
  tag: ({ view, place }) => (view ? tags(view, place.kind) : []),
  kind: ({ deps }) =>
    deps.kinds.names.flatMap(kind =>
      Object.hasOwn(deps.tree.nouns, kind) ? { value: deps.kinds.pluralOf(kind) } : [],
    ),
  day: ({ view, place, partial }) => [
    ...days(partial, view?.clock),
    ...(place.path === 'report' ? periods.map(value => ({ value })) : []),
  ],
  help: ({ deps: { tree } }) =>
    [
      ...Object.keys(tree.nouns),
      ...Object.keys(tree.commands),
      ...Object.keys({ ...topics, ...printed }),
    ].flatMap(value => (value.includes(' ') ? [] : { value })),
  async report() {
    const { allReports } = await import('../../app/reports/index.ts');
    return (await allReports()).map(({ name, summary }) => ({ value: name, about: summary }));
  },
  async group({ view }) {
    const { groupNames } = await import('../../app/reports/asked-grouping.ts');
    return view ? groupNames(view.config).map(value => ({ value })) : [];
  },
  column: ({ view, place }) => (view ? reportColumns(view, place.args[0] ?? '') : []),
};

/** The columns of a report, as --sort takes them. */
async function reportColumns(view: View, name: string): Promise<Candidate[]> {
  const { allReports } = await import('../../app/reports/index.ts');
  const { Asked } = await import('../../app/reports/asked.ts');
  const report = (await allReports()).find(each => each.name === name);
  const columns = report?.columns(new Asked(view, report.span, { query: [] })) ?? [];
  return columns.flatMap(({ key }) => [{ value: key }, { value: `-${key}` }]);
}
