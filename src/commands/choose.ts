/**
 * Chooses the records of a verb: ids or natural keys, `-` for ids on standard input, or `--where QUERY`. Every verb
 * that takes ids uses this, so each accepts all three, asks before it changes many records, and shows a dry run.
 */
import type { Committed } from '../app/core/commit.ts';
import type { Writer } from '../app/core/writer.ts';
import { CrmError } from '../domain/errors.ts';
import type { Kind, Kinds } from '../domain/kinds.ts';
import type { Draft } from '../state/draft.ts';
import { compileAsked } from '../query/former.ts';
import { parseQuery } from '../query/parse.ts';
import { plural } from '../ui/words.ts';
import { type Goal, reportChanged } from './printing/changed.ts';
import type { Options, OptionSpec } from './line/options.ts';
import type { Context } from './line/context.ts';
import { kindNamed } from './line/kind.ts';

/** The most records that a query may choose without asking. */
const CHOSEN_WITHOUT_ASKING = 3;

export const whereOption: OptionSpec = {
  flags: '--where <QUERY>',
  description: 'all records that the query finds, instead of ids; several are ANDed',
  repeat: true,
};

/** Whether records are chosen by a query, and not by ids. */
export const isByQuery = (options: Options): boolean => options.list('where').length > 0;

/** Goes with `--where` if a verb is for several kinds. */
export const ofOption = (known: Kinds, kinds: readonly Kind[]): OptionSpec => ({
  flags: '--of <KIND>',
  description: `what --where finds: ${kinds.map(kind => known.pluralOf(kind)).join(', ')} (${known.pluralOf(kinds[0]!)})`,
});

export interface Choosing {
  /** The kinds that a verb is for; a query finds records of the first one unless `--of` names another. */
  readonly kinds: readonly Kind[];
  /** The ids and keys of the command line, with `-` among them. */
  readonly words: readonly string[];
  readonly options: Options;
  /** A question before the changes are saved, beside the one about many records. */
  readonly confirm?: (draft: Draft) => Promise<void>;
  /** The verb of the question: `remove` of `remove 5 deals?`; left out: the verb of the command. */
  readonly asks?: string;
}

/** Changes each of the chosen records, in one transaction; `change` is called again if the decision is repeated. */
export async function changeChosen(
  context: Context,
  choosing: Choosing,
  change: (writer: Writer, id: string) => void,
  begin?: (writer: Writer) => void,
): Promise<{ committed: Committed<void>; ids: readonly string[] }> {
  const { kinds, options, asks = context.via.split(' ').at(-1)! } = choosing;
  const where = isByQuery(options) ? options.list('where') : undefined;
  const kind =
    kinds.length === 1 ? kinds[0]! : kindNamed(context.deps.kinds, options.text('of') ?? kinds[0]!, kinds);
  const keys = await context.ids(choosing.words);
  let ids: readonly string[] = [];
  const committed = await context.change(
    writer => {
      begin?.(writer);
      ids = [
        ...new Set(
          where === undefined ? keys.map(key => writer.view.find(kinds, key)) : foundBy(writer, kind, where),
        ),
      ];
      for (const id of ids)
        if (ids.length === 1) change(writer, id);
        else saidOf(id, () => change(writer, id));
    },
    {
      confirm: async draft => {
        await confirmMany(context, where, `${asks} ${plural(ids.length, kind)}?`, ids.length);
        await choosing.confirm?.(draft);
      },
    },
  );
  return { committed, ids };
}

/** Does the same for a verb with one sentence for all records: `won D1, D2`. */
export async function changeAndReport(
  context: Context,
  choosing: Choosing & { readonly did: string; readonly goal?: Goal },
  change: (writer: Writer, id: string) => void,
  begin?: (writer: Writer) => void,
): Promise<{ committed: Committed<void>; ids: readonly string[] }> {
  const changed = await changeChosen(context, choosing, change, begin);
  const { kinds, did, goal } = choosing;
  await reportChanged(context, changed.committed, kinds[0]!, changed.ids, did, goal && { goal });
  return changed;
}

/** Asks before a query changes many records; typed ids need no question. */
export async function confirmMany(
  context: Context,
  where: readonly string[] | undefined,
  question: string,
  count: number,
): Promise<void> {
  if (where !== undefined && count > CHOSEN_WITHOUT_ASKING && !context.globals.dryRun)
    await context.confirm(question);
}

/** Returns the ids of the records of a kind that all of these queries find, of those that the user sees. */
export function foundBy(writer: Writer, kind: Kind, where: readonly string[]): string[] {
  const table = writer.draft.state.table(kind);
  // Each is a query of its own: an `or` in one of them does not reach the others.
  const [first, ...others] = where.map(parseQuery);
  const all = others.length === 0 ? first! : { type: 'and' as const, nodes: [first!, ...others] };
  const { view } = writer;
  const rows = view.rows(compileAsked(all, kind, view.scope, view.config));
  return Array.from(rows, row => table.id(row));
}

/** Adds the id of a record to its error, if there are several. */
function saidOf(id: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof CrmError) || error.message.includes(id)) throw error;
    throw new CrmError(error.kind, `${id}: ${error.message}`, error.hint, error);
  }
}
