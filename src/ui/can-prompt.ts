/** A file of its own, because most commands need this and few need the prompts. */
import type { Streams } from './streams.ts';

/** Whether there is somebody to ask: a terminal on both sides, and no setting that forbids prompts. */
export function canPrompt(
  streams: { readonly stdin: Pick<Streams['stdin'], 'isTTY'>; readonly stderr: { readonly isTTY: boolean } },
  noInput: boolean,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (noInput || env.CRM_NO_INPUT || env.CI || !streams.stderr.isTTY) return false;
  // Last, because to look at standard input is to open it.
  return streams.stdin.isTTY === true;
}
