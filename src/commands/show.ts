import { nameOf } from '../app/reading/said.ts';
import type { View } from '../app/core/view.ts';
import { conflict, CrmError, notFound, usage } from '../domain/errors.ts';
import type { Kind, Kinds } from '../domain/kinds.ts';
import { definitionsIn } from '../kinds/define.ts';
import { records } from './args/declare.ts';
import { command } from './command.ts';
import type { Context } from './context.ts';

/** Candidates that an error names, or a question offers. */
const NAMED = 10;

/** `crm show WHAT`: any record, by its id, a key, or a part of its name. */
export const show = (kinds: Kinds) =>
  command({
    summary: 'show any record: by its id, e-mail address, phone or name, or a part of the name',
    args: { keys: records(kinds.names, { asks: 'which record' }) },
    options: [
      {
        flags: '--limit <N>',
        description: 'on a terminal: the newest N entries of the timeline (default: 10)',
      },
    ],
    examples: ['show D12', 'show jane@example.com', 'show acme'],
    async run(context, { keys }, options) {
      const words = await context.ids(keys);
      const view = await (await context.workspace()).view();
      const ids = await recordsMeant(context, view, kinds.names, words);
      const byKind = new Map<Kind, string[]>();
      for (const id of ids) byKind.set(kinds.kindOf(id), [...(byKind.get(kinds.kindOf(id)) ?? []), id]);
      const { show: showOf } = await import('./record/show.ts');
      if (byKind.size > 1)
        throw usage(
          `${ids.join(', ')} are of several kinds, whose fields are not the same`,
          'show the records of each kind by themselves',
        );
      for (const [kind, its] of byKind) await showOf(kinds, kind).run(context, { words: its }, options);
    },
  });

/** Returns the records that words mean, each an id, a key or a part of a name; the words together are tried as one name first. */
async function recordsMeant(
  context: Context,
  view: View,
  among: readonly Kind[],
  words: readonly string[],
): Promise<string[]> {
  const whole = words.join(' ');
  if (words.length > 1 && view.lookup(among, whole) !== undefined) return [view.lookup(among, whole)!];
  const isOneName = words.length > 1 && words.every(word => view.lookup(among, word) === undefined);
  const ids: string[] = [];
  for (const word of isOneName ? [whole] : words) ids.push(await recordMeant(context, view, among, word));
  return [...new Set(ids)];
}

/**
 * Returns the record that a text means. If it is neither an id nor a key, it may be part of one name. Of several records that fit,
 * somebody at a terminal chooses; otherwise they are a CONFLICT.
 */
async function recordMeant(
  context: Context,
  view: View,
  among: readonly Kind[],
  text: string,
): Promise<string> {
  const id = text.toUpperCase();
  if (view.kinds.parseId(id) && among.includes(view.kinds.kindOf(id))) return view.find(among, id);
  try {
    return view.find(among, text);
  } catch (error) {
    if (!(error instanceof CrmError) || view.kinds.parseId(id)) throw error;
    const fitting =
      error.kind === 'NOT_FOUND' || error.kind === 'CONFLICT' ? await named(view, among, text) : [];
    if (fitting.length === 1 && error.kind === 'NOT_FOUND') return fitting[0]!;
    if (fitting.length === 0) throw error.kind === 'NOT_FOUND' ? noRecord(view, among, text) : error;
    if (await context.canAsk()) return choose(context, view, text, fitting);
    throw conflict(
      `${JSON.stringify(text)} is ambiguous: ${fitting
        .slice(0, NAMED)
        .map(each => inWords(view, each))
        .join(', ')}${fitting.length > NAMED ? ', ...' : ''}`,
      'name one by its id',
    );
  }
}

/**
 * The records that a text names in full; else those whose names have all its words, else those whose keys do: a part of an
 * address says less than a part of a name.
 */
async function named(view: View, among: readonly Kind[], text: string): Promise<string[]> {
  const { search, wordsIn } = await import('../app/reading/search.ts');
  const { rank } = await import('../app/reading/search-columns.ts');
  const { hits } = search(view, wordsIn([text]), { kinds: among, namesOnly: true });
  const best = [rank.exact, rank.inName, rank.inKey].map(most => hits.filter(hit => hit.rank <= most));
  const fitting = best.find(each => each.length > 0) ?? [];
  return fitting.map(({ kind, row }) => view.state.table(kind).id(row));
}

function noRecord(view: View, among: readonly Kind[], text: string): CrmError {
  const kinds = definitionsIn(view.kinds).filter(({ name }) => among.includes(name));
  const what =
    kinds.length === view.kinds.names.length ? 'record' : kinds.map(({ name }) => name).join(' or ');
  return notFound(
    `there is no ${what} ${JSON.stringify(text)}`,
    `crm search ${JSON.stringify(text)} looks into all texts`,
  );
}

async function choose(context: Context, view: View, text: string, ids: readonly string[]): Promise<string> {
  const { choose: ask } = await import('../ui/prompt.ts');
  const { stdin, stderr } = context.streams;
  return ask(
    `Which ${JSON.stringify(text)}?`,
    ids.slice(0, 100).map(id => ({ value: id, name: inWords(view, id), short: id })),
    undefined,
    { stdin, stderr },
    await context.promptPaint(),
  );
}

/** `D12 40 chairs (in contact)` */
function inWords(view: View, id: string): string {
  const { email, domain, stage } = view.record(id);
  const known = [email, domain, stage].find(each => typeof each === 'string');
  const name = nameOf(view, id);
  return [id, name === id ? '' : name, known === undefined ? '' : `(${String(known)})`]
    .filter(Boolean)
    .join(' ');
}
