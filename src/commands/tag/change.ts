/** Renaming and removing a tag everywhere. */
import { filesNaming, parseTag, replaceTag } from '../../app/records/tags.ts';
import type { Committed } from '../../app/core/commit.ts';
import { usage } from '../../domain/errors.ts';
import type { Kind } from '../../domain/kinds.ts';
import { plural } from '../../ui/words.ts';
import { reportDryRun } from '../printing/changed.ts';
import { tag, text } from '../args/declare.ts';
import { command } from '../line/command.ts';
import type { Context } from '../line/context.ts';
import { formatFor, printJson } from '../printing/output.ts';

export const rename = command({
  summary: 'rename a tag on all records; if the new name exists already, the two become one',
  effect: 'changes',
  args: { tag: tag(), by: text('NEW', 'what instead', { example: 'key-customer' }) },
  examples: ['tag rename vip key-customer', 'tag rename hotels hotel --dry-run'],
  jsonFields: ['tx', 'changed'],
  async run(context, { tag, by }) {
    const [from, to] = [parseTag(tag), parseTag(by)];
    if (from === to) throw usage(`${from} is its name already`);
    await change(context, from, to, `renamed ${from} to ${to} on`);
  },
});

export const rm = command({
  summary: 'remove a tag wherever it is',
  effect: 'changes',
  args: { tag: tag() },
  examples: ['tag rm cold', 'tag rm fair-2025 --dry-run'],
  jsonFields: ['tx', 'changed'],
  async run(context, { tag }) {
    const from = parseTag(tag);
    await change(context, from, undefined, `removed ${from} from`);
  },
});

async function change(context: Context, tag: string, by: string | undefined, did: string): Promise<void> {
  const committed = await context.change(writer => replaceTag(writer, tag, by));
  if (context.globals.dryRun) return reportDryRun(context, committed);
  await report(context, committed, did);
  const files = filesNaming(committed.state.named('file').values(), tag);
  if (files.length > 0)
    await context.message(`Warning: still named in ${files.join(', ')}, which is not changed with it`);
}

async function report(
  context: Context,
  { result, tx }: Committed<Readonly<Record<Kind, number>>>,
  did: string,
): Promise<void> {
  if (formatFor(context) === 'json') {
    await printJson(context, { tx, changed: result ?? {} });
    return;
  }
  const counts = Object.entries(result ?? {}).map(([kind, count]) => plural(count, kind));
  await context.message(`${did} ${counts.join(', ')}`);
}
