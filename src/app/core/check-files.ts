/** Checks the settings in files; loads Liquid and cron only if the files may use them. */
import type { Kinds } from '../../domain/kinds.ts';
import { noCrons } from '../../engine/crons.ts';
import { plainTexts } from '../../engine/texts/texts.ts';
import { type CheckedConfig, checkConfig } from './check-config.ts';

/** Checks the settings in files, by path. The result may be shared with other calls, so nobody may change it. */
export async function checkFiles(files: ReadonlyMap<string, string>, kinds: Kinds): Promise<CheckedConfig> {
  if (!mayUseLanguages(files))
    return checkConfig(files, kinds, { makeTexts: () => plainTexts, crons: noCrons });
  const { makeTexts } = await import('../../engine/texts/liquid.ts');
  const { crons } = await import('../../engine/croner.ts');
  return checkConfig(files, kinds, { makeTexts, crons });
}

/** Liquid, or a backslash: YAML may write a bracket of Liquid as an escape. */
const LIQUID = /\{[{%]|\\/;

/** Returns whether there are rules or templates, or a signature that may have Liquid. */
function mayUseLanguages(files: ReadonlyMap<string, string>): boolean {
  for (const path of files.keys()) if (/^(automations|templates)\//.test(path)) return true;
  return LIQUID.test(files.get('crm.yaml') ?? '');
}
