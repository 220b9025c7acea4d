/** Prints the result of taking mails in. */
import type { Ingested } from '../../app/inbound/ingested.ts';
import { firstOf } from '../../domain/series.ts';
import { plural } from '../../ui/words.ts';
import type { Context } from '../line/context.ts';
import { printJson } from '../printing/output.ts';

/** The most unreadable mails that are named. */
const NAMED = 8;

/** Prints what became of mails; returns the exit code. */
export async function reportIngested(context: Context, ingested: Ingested): Promise<number> {
  const { failed, sameId, contacts, deals } = ingested;
  context.canUndo(ingested.tx);
  const code = failed.length > 0 ? 1 : 0;
  const { recorded, bounces, unsubscribed, unknown } = ingested;
  if (recorded + bounces + unsubscribed + unknown + contacts.length + deals.length + failed.length === 0)
    context.nothing();
  if (await printJson(context, ingested)) return code;
  await context.message(summary(ingested, context.globals.dryRun));
  for (const [what, ids] of [
    ['contact', contacts],
    ['deal', deals],
  ] as const)
    if (ids.length > 0)
      await context.message(
        `${context.globals.dryRun ? 'would add' : 'added'} ${plural(ids.length, what)}: ${firstOf(ids, NAMED)}`,
      );
  for (const { activity, sameIdAs } of sameId.slice(0, NAMED))
    await context.message(
      `${activity} has the Message-ID of ${sameIdAs}, but is a different e-mail: both are kept`,
    );
  for (const { name, error } of failed.slice(0, NAMED)) await context.message(`${name}: ${error}`);
  if (failed.length > NAMED)
    await context.message(`and ${plural(failed.length - NAMED, 'more e-mail')} that could not be recorded`);
  return code;
}

/** `recorded 12 e-mails, 3 of them replies; 2 known already` */
function summary(ingested: Ingested, isDryRun: boolean): string {
  const { recorded, replies, bounces, unsubscribed, unknown, known, ignored, failed } = ingested;
  const did = isDryRun ? 'would record' : 'recorded';
  const answers = replies > 0 ? `, ${replies === recorded ? 'all' : replies} of them replies to ours` : '';
  const parts = [`${did} ${plural(recorded, 'e-mail')}${answers}`];
  if (bounces > 0) parts.push(plural(bounces, 'bounce'));
  if (unsubscribed > 0) parts.push(`${unsubscribed} unsubscribed`);
  if (unknown > 0) parts.push(`${unknown} from unknown senders (crm mail unknown)`);
  if (known > 0) parts.push(`${known} known already`);
  if (ignored > 0) parts.push(`${ignored} left out, since nobody outside took part`);
  if (failed.length > 0) parts.push(`${failed.length} failed`);
  return parts.join('; ');
}
