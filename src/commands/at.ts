/** `--at DAY`: makes a command read the past, as it was at the end of a day. */
import type { View } from '../app/core/view.ts';
import { usage } from '../domain/errors.ts';
import { parseDay } from '../domain/typed-dates.ts';
import type { Context } from './line/context.ts';
import type { Options } from './line/options.ts';

export const atOption = {
  flags: '--at <DAY>',
  description: 'as of the end of a day, by the history: 2026-06-30, yesterday, -3m (default: now)',
} as const;

export const knownAtOption = {
  flags: '--known-at <TX>',
  description: 'answer as if this transaction were the last one (crm history); with --at, for that day',
} as const;

/** Returns the acting user's view of now, or of the past that the options name. */
export async function viewAsked(context: Context, options: Pick<Options, 'text'>): Promise<View> {
  const workspace = await context.workspace();
  const [day, knownAt] = [options.text('at'), options.text('knownAt')];
  if (day === undefined && knownAt === undefined) return workspace.view();
  const { viewAt } = await import('../app/history/view-at.ts');
  return viewAt(workspace, {
    ...(day !== undefined && { day: parseDay(day, workspace.clock, 'past') }),
    ...(knownAt !== undefined && { knownAt: transactionNamed(knownAt) }),
  });
}

function transactionNamed(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw usage(
      `--known-at: ${JSON.stringify(text)} is not the number of a transaction`,
      'crm history shows them: --known-at 57',
    );
  return Number(text);
}
