/** When rules became enabled: a rule sees only later changes, even if its file was written by hand. */

import { automationIn } from '../../domain/automation.ts';
import type { Config } from '../../domain/config.ts';
import type { Logged } from '../../state/change-log.ts';

/** Returns the rules that these changes enabled, each with the last such transaction and its time (ms). */
export async function activations(
  config: Config,
  since: readonly Logged[],
): Promise<Map<string, { seq: number; at: number }>> {
  const activated = new Map<string, { seq: number; at: number }>();
  for (const { change, seq, at } of since) {
    if (!('set' in change) || change.kind !== 'file') continue;
    const id = automationIn(change.id);
    const [old, now] = change.set.text ?? [null, null];
    if (id === undefined || !config.automations.some(a => a.id === id)) continue;
    if (!(await isEnabled(old)) && (await isEnabled(now))) activated.set(id, { seq, at: Date.parse(at) });
  }
  return activated;
}

/** Whether a rule's file exists and does not have `enabled: false`. */
async function isEnabled(text: unknown): Promise<boolean> {
  if (typeof text !== 'string') return false;
  const { parseYaml } = await import('../../store/yaml/yaml.ts');
  const { value } = parseYaml('', text);
  return typeof value === 'object' && value !== null && (!('enabled' in value) || value.enabled === true);
}
