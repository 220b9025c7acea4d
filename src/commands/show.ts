import type { View } from '../app/core/view.ts';
import { usage } from '../domain/errors.ts';
import type { Kind, Kinds } from '../domain/kinds.ts';

import { records } from './args/declare.ts';
import { command } from './line/command.ts';
import type { Context } from './line/context.ts';
import { recordMeant } from './record-meant.ts';

/** `crm show WHAT`: any record, by its id, a key, or a part of its name. */
export const show = (kinds: Kinds) =>
  command({
    summary: 'show any record: by its id, e-mail address, phone or name, or a part of the name',
    effect: 'reads',
    args: { keys: records(kinds.names, { asks: 'which record' }) },
    options: [
      {
        flags: '--limit <N>',
        description: 'on a terminal: the newest N entries of the timeline (default: 10)',
      },
    ],
    examples: ['show D12', 'show jane@example.com', 'show acme'],
    jsonAs: 'KIND show',
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
