/** The time of a sweep. Rules that depend on time use it, and a moment that has passed once does not come again. */
import { setLastSweep } from '../app/automation/last-sweep.ts';
import { DAY, formatInstant } from '../domain/dates.ts';
import { usage } from '../domain/errors.ts';
import { parseWhen } from '../domain/typed-dates.ts';
import type { Context } from './line/context.ts';
import { printJson } from './printing/output.ts';

/**
 * Asks before a sweep whose `--now` is more than a day after the system's clock: every moment until then would count as
 * seen. A test or a demo that sets CRM_NOW lives at that time.
 */
export async function confirmTime(context: Context): Promise<void> {
  const { globals, deps } = context;
  if (globals.now === undefined || deps.env.CRM_NOW || globals.dryRun || globals.yes) return;
  const { now } = (await context.workspace()).clock;
  const clock = deps.now();
  if (now <= clock + DAY) return;
  const question = `--now ${formatInstant(now)} is more than a day after the clock, ${formatInstant(clock)}: rules that depend on time start for all that comes until then, and not again when it comes.`;
  if (!context.canAsk())
    throw usage(
      question,
      'crm run --dry-run --now TIME only shows it; --yes sweeps all the same; crm run --last-sweep TIME takes back the time of a sweep with a wrong clock',
    );
  await context.confirm(`${question} Sweep?`);
}

/** Sets the time of the last sweep as a transaction of its own, and sweeps nothing. */
export async function putLastSweep(context: Context, text: string): Promise<void> {
  const { clock, viewer } = await context.workspace();
  const at = parseWhen(text, clock, 'past');
  const { tx, result } = await context.change((_, draft) => setLastSweep(draft, viewer, at));
  const lastSweep = formatInstant(at);
  if (await printJson(context, { lastSweep, before: result ?? null, tx })) return;
  const would = context.globals.dryRun ? 'dry run: ' : '';
  const done = tx === null ? '' : ` (transaction ${tx})`;
  await context.message(
    `${would}the last sweep counts as one of ${lastSweep}, and not of ${result ?? 'never'}: the next crm run goes on from there${done}`,
  );
}
