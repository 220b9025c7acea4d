/** What the commands on settings (stages, pipelines, users, fields, views) share. */
import { usage } from '../domain/errors.ts';
import { assignments } from './record/add.ts';

/** The word before the `KEY=VALUE` pairs of `crm <noun> set WORD KEY=VALUE...`, and the pairs. */
export function wordAndPairs(
  noun: string,
  args: readonly string[],
  example: string,
): { word: string; pairs: [string, string][] } {
  const [word, ...pairs] = args;
  if (word === undefined || word.includes('=')) throw usage(`which ${noun}?`, `crm ${noun} set ${example}`);
  if (pairs.length === 0) throw usage('nothing to set', `crm ${noun} set ${example}`);
  return { word, pairs: assignments(pairs, 'a setting') };
}
