import type { Kinds } from '../domain/kinds.ts';
import { forgetFiles } from '../app/records/attach.ts';
import { rememberEnds } from '../app/outbox/suppression.ts';
import { type Mention, purge as forget, type Purged } from '../app/records/purge.ts';
import { failed } from '../domain/errors.ts';
import { firstOf } from '../domain/series.ts';
import { plural } from '../ui/words.ts';
import { records } from './args/declare.ts';
import { command } from './line/command.ts';
import type { Context } from './line/context.ts';
import { printJson } from './printing/output.ts';

/** How many ids or mentions a sentence has. */
const NAMED = 10;

export const purge = command({
  summary: 'erase records for good, with all parts of them, from all files and the history',
  effect: 'erasure',
  args: { words: records(['contact', 'account', 'deal', 'task'], { asks: 'which record' }) },
  options: [
    {
      flags: '--acknowledge-remote',
      description: 'with a remote: confirm that you know which copies crm cannot reach',
    },
  ],
  examples: ['purge C3 --dry-run', 'purge jane@example.com --yes'],
  jsonFields: ['tx', 'named', 'erased', 'detached', 'mentions', 'transactions'],
  async run(context, { words }, options) {
    const keys = await context.ids(words);
    const workspace = await context.workspace();
    const { store, world } = workspace;
    const replica = await store.replica();
    if (replica && !context.globals.dryRun && !options.flag('acknowledgeRemote'))
      throw failed(
        `a purge takes records out of ${replica.shown} and of every replica that syncs, but out of none of these: ${replica.kind.remains}; nothing was erased`,
        '--acknowledge-remote erases what can be reached',
      );
    let found: Purged | undefined;
    const committed = await context.change(
      async (writer, draft) => {
        found = await forget(writer, store.journal, keys, addresses =>
          rememberEnds(draft, addresses, world.salt),
        );
        return { ...found, transactions: draft.erases!.map(({ seq }) => seq) };
      },
      {
        online: 'a purge',
        confirm: async () => {
          if (context.globals.dryRun) return;
          await context.confirm(
            `erase ${whatOf(context.deps.kinds, found!)} for good? Nothing brings it back.`,
          );
        },
      },
    );
    const { result, tx } = committed;
    if (result && tx !== null) forgetFiles(workspace, result.erased, tx);
    // A request that was carried out before has nothing more to report, because its records are erased.
    if (!result) return void (await context.message(`erased already, in transaction ${tx}`));
    if (await printJson(context, { tx, ...result })) return;
    if (context.globals.format === 'ids') return context.print(result.erased.map(id => `${id}\n`).join(''));
    await say(context, result, tx);
  },
});

/** `C3 with 2 activities, 1 message` */
function whatOf(kinds: Kinds, { named, erased }: Purged): string {
  const counts = new Map<string, number>();
  for (const id of erased) {
    const kind = kinds.kindOf(id);
    if (!named.includes(id)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const parts = [...counts].map(([kind, count]) => plural(count, kind));
  return parts.length === 0 ? some(named) : `${some(named)} with ${parts.join(', ')}`;
}

async function say(
  context: Context,
  result: Purged & { transactions: readonly number[] },
  tx: number | null,
): Promise<void> {
  const { detached, mentions, transactions } = result;
  const would = tx === null;
  const rewritten = plural(transactions.length, 'earlier transaction');
  await context.message(
    would
      ? `would erase ${whatOf(context.deps.kinds, result)}, also from ${rewritten}`
      : `erased ${whatOf(context.deps.kinds, result)}, also from ${rewritten} (transaction ${tx})`,
  );
  if (detached.length > 0)
    await context.message(
      `${would ? 'would no longer point' : 'no longer pointing'} there: ${some(detached)}`,
    );
  if (mentions.length > 0) {
    await context.message(
      `${plural(mentions.length, 'text')} of others ${mentions.length === 1 ? 'mentions' : 'mention'} the same name or address, and ${would ? 'would stay' : 'stay'} as ${mentions.length === 1 ? 'it is' : 'they are'}:`,
    );
    for (const mention of mentions.slice(0, NAMED)) await context.message(`  ${placeOf(mention)}`);
    if (mentions.length > NAMED)
      await context.message(`  and ${mentions.length - NAMED} more; --json lists them`);
  }
  if (!would)
    await context.message('copies elsewhere are not touched: backups, exports, errors files, a git history');
}

function placeOf({ id, field, in: where }: Mention): string {
  const what = field === null ? id : `${id} ${field}`;
  if (where === 'history') return `${what} (an earlier text, in the history; crm history ${id})`;
  return where === 'trash' ? `${what} (in the trash)` : what;
}

const some = (ids: readonly string[]): string => firstOf(ids, NAMED);
