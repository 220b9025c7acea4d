/** The engine's texts, loaded only where a rule has any: most sweeps render nothing. */
import type { Config } from '../domain/config.ts';
import type { Texts } from '../engine/texts.ts';

const none: Texts = { render: text => text, check: () => undefined };

/** Liquid for the rules of a workspace. */
export async function loadTexts(config: Config): Promise<Texts> {
  const mentions = JSON.stringify(config.automations.map(a => a.steps)) + JSON.stringify(config.templates);
  if (!mentions.includes('{{') && !mentions.includes('{%')) return none;
  const { makeTexts } = await import('../engine/liquid.ts');
  return makeTexts(config.timezone);
}
