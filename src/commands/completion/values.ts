/** What arguments and options may be, read from the workspace, as the acting user sees it. */

import type { View } from '../../app/core/view.ts';
import type { Argument, ArgumentType } from '../args/argument.ts';
import type { Candidate } from './candidate.ts';
import type { Context } from '../context.ts';
import { printed, topics } from '../topics.ts';
import { roles } from '../../domain/config.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import type { Field } from '../../kinds/field.ts';
import { fieldsOf, findField } from '../../kinds/fields.ts';
import { periodUnits } from '../../domain/periods.ts';
import { groupNames } from '../../app/reports/asked-grouping.ts';
import { queryNames } from '../../query/compile.ts';
import { nextActions } from '../../query/derived.ts';
import { isWords } from '../../query/special.ts';
import { formats } from '../../ui/format.ts';

export interface Place {
  readonly noun: string;
  /** Of the command: `deal move`. */
  readonly path: string;
  readonly kind: Kind;
  readonly args: readonly string[];
  readonly partial: string;
}

export interface Values {
  /** What a word of an argument may be. */
  ofArgument(argument: Argument, place: Place): Promise<Candidate[]>;
  /** What an option takes, by its name and its placeholder. */
  ofOption(name: string, takes: string, place: Place): Promise<Candidate[]>;
}

/** The number of newest records offered. */
const RECORDS = 40;

/** Without a workspace there is nothing but what is always the same. */
export async function valuesIn(context: Context): Promise<Values> {
  let view: View | undefined;
  try {
    view = await (await context.workspace()).view();
  } catch {
    view = undefined;
  }
  const one = async (word: string, place: Place) => (view ? sourceOf(view, word, place) : []);
  return {
    async ofArgument(argument, place) {
      const { type, words = [], or = [] } = argument;
      const found = await Promise.all(
        [type, ...or].map(async each =>
          each === 'report'
            ? reports()
            : (fixedOf(each, context.deps, place) ?? (view ? ofType(view, each, argument, place) : [])),
        ),
      );
      // `+vip` and `-ben` are completed with their sign.
      const sign = !argument.label.startsWith('+') ? '' : place.partial.startsWith('-') ? '-' : '+';
      const things = view ? (argument.among?.(view.config) ?? []) : [];
      const named = things.map(({ id, about }) => ({ value: id, about }));
      return [...words.map(value => ({ value })), ...named, ...found.flat()].map(each => ({
        ...each,
        value: sign + each.value,
      }));
    },
    async ofOption(name, takes, place) {
      if (name === 'format') return formats.map(value => ({ value }));
      if (name === 'color') return ['auto', 'always', 'never'].map(value => ({ value }));
      if (name === 'as') return one('USER', place);
      const field = view && takes === 'VALUE' ? findField(view.config, place.kind, name) : undefined;
      if (view && field) return fieldValues(view, field);
      if (view && takes === 'COLUMN') return reportColumns(view, place.args[0] ?? '');
      return fixedValues(takes, place, context.deps) ?? one(takes, place);
    },
  };
}

async function reports(): Promise<Candidate[]> {
  const { allReports } = await import('../../app/reports/index.ts');
  return (await allReports()).map(({ name, summary }) => ({ value: name, about: summary }));
}

/** The columns of a report, as --sort takes them. */
async function reportColumns(view: View, name: string): Promise<Candidate[]> {
  const { allReports } = await import('../../app/reports/index.ts');
  const { Asked } = await import('../../app/reports/asked.ts');
  const report = (await allReports()).find(each => each.name === name);
  const columns = report?.columns(new Asked(view, report.span, { query: [] })) ?? [];
  return columns.flatMap(({ key }) => [{ value: key }, { value: `-${key}` }]);
}

function fixedValues(word: string, { path }: Place, deps: Context['deps']): Candidate[] | undefined {
  const { nouns, commands } = deps.tree;
  // Which settings there were, only the history knows.
  if (path.endsWith(' restore') && ['NAME', 'PIPELINE', 'STAGE'].includes(word)) return [];
  switch (word) {
    case 'KIND':
    case 'KINDS':
      return deps.kinds.names.flatMap(kind =>
        Object.hasOwn(nouns, kind) ? [{ value: deps.kinds.pluralOf(kind) }] : [],
      );
    case 'UNIT':
      return periodUnits.map(value => ({ value }));
    case 'PERIOD':
      return periods.map(value => ({ value }));
    case 'DAY':
      return [...days, ...(path === 'report' ? periods : [])].map(value => ({ value }));
    case 'ROLE':
      return roles.map(value => ({ value }));
    case 'TOPIC':
      return Object.keys({ ...topics, ...printed }).map(value => ({ value }));
    case 'COMMAND':
      return [...Object.keys(nouns), ...Object.keys(commands)].flatMap(value =>
        value.includes(' ') ? [] : [{ value }],
      );
    case 'NAME':
      return path.endsWith(' add') ? [] : undefined;
    default:
      return undefined;
  }
}

/** What there is of a type without a workspace; undefined if it depends on one. */
function fixedOf(type: ArgumentType, deps: Context['deps'], place: Place): Candidate[] | undefined {
  switch (type) {
    case 'kind':
      return fixedValues('KIND', place, deps);
    case 'day':
      return days.map(value => ({ value }));
    case 'help':
      return [...fixedValues('COMMAND', place, deps)!, ...fixedValues('TOPIC', place, deps)!];
    case 'text':
    case 'word':
    case 'number':
    case 'file':
      return [];
    default:
      return undefined;
  }
}

/** What a workspace has of a type. */
function ofType(view: View, type: ArgumentType, { kinds = [], field }: Argument, place: Place): Candidate[] {
  switch (type) {
    case 'value': {
      const its = field && findField(view.config, field.kind, field.name);
      return its ? fieldValues(view, its) : [];
    }
    case 'record':
      return records(view, kinds);
    case 'trashed':
      return trashed(view, kinds[0]!);
    case 'fields':
      return assignments(view, place);
    case 'team':
    case 'view':
    case 'automation':
    case 'template':
    case 'field':
      return ofNoun(view, { ...place, noun: type });
    case 'tag':
    case 'settings':
      return [];
    default:
      return sourceOf(view, type.toUpperCase(), place);
  }
}

function sourceOf(view: View, word: string, place: Place): Candidate[] {
  const { config } = view;
  const named = (all: readonly { readonly id: string; readonly name?: string }[]) =>
    all.map(({ id, name }) => ({ value: id, about: name }));
  switch (word) {
    case 'ID':
    case 'A':
    case 'B':
      if (place.path.endsWith(' restore')) return trashed(view, place.kind);
      return place.noun === 'score' ? records(view, ['contact', 'deal']) : records(view, [place.kind]);
    case 'RECORD':
      return records(view, ['deal', 'contact', 'account', 'task']);
    case 'CONTACT':
      return records(view, ['contact']);
    case 'PIPELINE':
      return named(config.pipelines);
    case 'STAGE':
    case 'PIPELINE/STAGE':
      return named(config.pipelines.flatMap(pipeline => pipeline.stages));
    case 'P':
      return listed(place.partial, named(config.pipelines));
    case 'GROUP':
      return groupNames(config).map(value => ({ value }));
    case 'ROW':
      return ['overdue', 'later', 'undated'].map(value => ({ value }));
    case 'USER':
      return named(Object.values(config.users).filter(user => user.active || place.path === 'user restore'));
    case 'AUTOMATION':
      return named(config.automations);
    case 'NAME':
      return ofNoun(view, place);
    case 'FIELD':
      return fieldsOf(config, place.kind).map(({ name }) => ({ value: name }));
    case 'FIELD=VALUE':
    case 'NAME=VALUE':
      return assignments(view, place);
    case 'QUERY':
      return queries(view, place);
    default:
      return [];
  }
}

/** Common days, and periods, which a report takes too. */
const days = ['today', 'yesterday', 'tomorrow'];
const periods = ['week', 'month', 'quarter', 'year'].flatMap(unit =>
  ['this', 'last', 'next'].map(which => `${which}-${unit}`),
);

/** Completes the last of several values with commas between them. */
function listed(partial: string, values: readonly Candidate[]): Candidate[] {
  const before = partial.slice(0, partial.lastIndexOf(',') + 1);
  return values.map(each => ({ ...each, value: before + each.value }));
}

function ofNoun({ config }: View, { noun, kind }: Place): Candidate[] {
  switch (noun) {
    case 'view':
      return config.views.map(({ id, query }) => ({ value: id, about: query }));
    case 'team':
      return Object.keys(config.teams).map(value => ({ value }));
    case 'task-type':
      return Object.keys(config.taskTypes).map(value => ({ value }));
    case 'automation':
      return config.automations.map(({ id, name }) => ({ value: id, about: name }));
    case 'template':
      return Object.values(config.templates).map(({ id, subject }) => ({ value: id, about: subject }));
    case 'field':
      return fieldsOf(config, kind).flatMap(field => (field.custom ? [{ value: field.name }] : []));
    default:
      return [];
  }
}

const trashed = (view: View, kind: Kind): Candidate[] =>
  view
    .trash(kind)
    .slice(0, RECORDS)
    .map(({ id, record }) => ({ value: id, about: aboutOf(record) }));

/** What tells people which record it is. */
function aboutOf({ title, name, text }: Rec): string | undefined {
  const about = [title, name, text].find(each => typeof each === 'string') as string | undefined;
  return about?.slice(0, 60).replace(/[\p{Cc}\p{Cf}]/gu, ' ');
}

/** The newest first: what was just made is what comes next. */
function records(view: View, kinds: readonly Kind[]): Candidate[] {
  return kinds.flatMap(kind => {
    const table = view.state.table(kind);
    const found: Candidate[] = [];
    for (let row = table.rows - 1; row >= 0 && found.length < RECORDS; row--) {
      if (!table.live(row) || !view.sees(kind, row)) continue;
      found.push({ value: table.id(row), about: aboutOf(table.record(row)) });
    }
    return found;
  });
}

/** `stage=`, and behind it what the field may be. */
function assignments(view: View, { kind, partial }: Place): Candidate[] {
  const { config } = view;
  const [name, value] = partial.split('=', 2) as [string, string?];
  const field = value === undefined ? undefined : findField(config, kind, name);
  if (field) return fieldValues(view, field).map(each => ({ ...each, value: `${name}=${each.value}` }));
  return fieldsOf(config, kind).flatMap(each => (each.settable ? [{ value: `${each.name}=` }] : []));
}

/** `stage:`, and behind it what there is; `@view`. */
function queries(view: View, { kind, partial }: Place): Candidate[] {
  const { config } = view;
  const [name, value] = partial.split(':', 2) as [string, string?];
  const names = queryNames(kind, config);
  if (value === undefined)
    return [
      ...names.map(each => ({ value: `${each}:` })),
      ...config.views.flatMap(({ id, of, query }) =>
        of === view.kinds.pluralOf(kind) ? [{ value: `@${id}`, about: query }] : [],
      ),
    ];
  const field = findField(config, kind, name);
  const words = (values: readonly string[]) => values.map(each => ({ value: each }));
  const found =
    name === 'is'
      ? words(isWords(view.kinds, kind))
      : name === 'has' || name === 'no'
        ? words(names)
        : name === 'next-action'
          ? words(nextActions)
          : field
            ? [...fieldValues(view, field), ...(field.type === 'user' ? words(['me', 'none']) : [])]
            : [];
  return found.map(each => ({ ...each, value: `${name}:${each.value}` }));
}

/** The values of a closed set: of others nothing is offered. */
function fieldValues(view: View, field: Field): Candidate[] {
  const { config } = view;
  if (field.type === 'user') return sourceOf(view, 'USER', nowhere);
  if (field.name === 'pipeline') return sourceOf(view, 'PIPELINE', nowhere);
  if (field.name === 'stage') return sourceOf(view, 'STAGE', nowhere);
  if (field.type === 'boolean') return [{ value: 'yes' }, { value: 'no' }];
  return (field.options?.(config) ?? []).flatMap(value => (/\s/.test(value) ? [] : [{ value }]));
}

const nowhere: Place = { noun: '', path: '', kind: 'deal', args: [], partial: '' };
