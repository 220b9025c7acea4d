/** `--at DAY`: what a command reads is as it was at the end of a day. */
import type { View } from '../app/core/view.ts';
import { parseDay } from '../domain/typed-dates.ts';
import type { Context } from './context.ts';
import type { Options } from './options.ts';

export const atOption = {
  flags: '--at <DAY>',
  description: 'as of the end of a day, by the history: 2026-06-30, yesterday, -3m (default: now)',
} as const;

/** Returns what the acting user sees now, or of the end of the day that is asked for. */
export async function viewAsked(context: Context, options: Pick<Options, 'text'>): Promise<View> {
  const workspace = await context.workspace();
  const day = options.text('at');
  if (day === undefined) return workspace.view();
  const { viewAt } = await import('../app/history/view-at.ts');
  return viewAt(workspace, parseDay(day, workspace.clock, 'past'));
}
