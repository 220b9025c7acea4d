/** The languages of a workspace's rules, loaded only where a rule uses them: most sweeps use none. */
import type { Config } from '../../domain/config.ts';
import { type Crons, noCrons } from '../../engine/crons.ts';
import type { Languages } from '../../engine/texts/languages.ts';
import { plainTexts, type Texts } from '../../engine/texts/texts.ts';

export async function loadLanguages(config: Config): Promise<Languages> {
  return { texts: await loadTexts(config), crons: await loadCrons(config) };
}

/** Returns the texts of a workspace: those of its rules and templates, and of the templates that these render. */
export async function loadTexts(config: Config): Promise<Texts> {
  const signatures = Object.values(config.users).map(({ signature }) => signature);
  const mentions = JSON.stringify([config.automations.map(a => a.steps), config.templates, signatures]);
  if (!mentions.includes('{{') && !mentions.includes('{%')) return plainTexts;
  const { makeTexts } = await import('../../engine/texts/liquid.ts');
  return makeTexts(config.timezone, bodiesOf(config));
}

const bodiesOf = ({ templates }: Config): ReadonlyMap<string, string> =>
  new Map(Object.values(templates).map(({ id, body }) => [id, body]));

async function loadCrons(config: Config): Promise<Crons> {
  const hasCron = config.automations.some(a => a.on.some(({ params }) => params.cron !== undefined));
  return hasCron ? (await import('../../engine/croner.ts')).crons : noCrons;
}
