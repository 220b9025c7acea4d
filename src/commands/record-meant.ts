/**
 * Finds the record that a text means: an id, a key, or a part of a name; on a terminal, the user is asked which one.
 */
import { nameOf } from '../app/reading/said.ts';
import type { View } from '../app/core/view.ts';
import { conflict, CrmError, notFound } from '../domain/errors.ts';
import type { Kind } from '../domain/kinds.ts';
import { definitionsIn } from '../kinds/define.ts';
import type { Context } from './line/context.ts';

/** Candidates that an error names. */
const NAMED = 10;
/** Candidates that a question offers. */
const OFFERED = 100;

/**
 * Returns the record that a text means. A text that is neither an id nor a key may be a part of a name. Of several records that fit,
 * somebody at a terminal chooses; otherwise they are a CONFLICT.
 */
export async function recordMeant(
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
    if (context.canAsk()) return choose(context, view, text, fitting);
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
    ids.slice(0, OFFERED).map(id => ({ value: id, name: inWords(view, id), short: id })),
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
