/** Checks the settings in files, with no more of the languages of rules loaded than the files may use. */
import type { Kinds } from '../../domain/kinds.ts';
import { noCrons } from '../../engine/crons.ts';
import { plainTexts } from '../../engine/texts/texts.ts';
import { type CheckedConfig, checkConfig } from './check-config.ts';

/** Checks the settings in files, by path. The result may be shared with other calls, so nobody may change it. */
export async function checkFiles(files: ReadonlyMap<string, string>, kinds: Kinds): Promise<CheckedConfig> {
  if (!mayUseLanguages(files))
    return checkConfig(files, kinds, { makeTexts: () => plainTexts, crons: noCrons });
  const [{ makeTexts }, { crons }] = [
    await import('../../engine/texts/liquid.ts'),
    await import('../../engine/croner.ts'),
  ];
  return checkConfig(files, kinds, { makeTexts, crons });
}

/** Liquid, or an escape of YAML that may stand for a part of it. */
const LIQUID = /\{[{%]|\\/;

/** Whether there are rules or templates, or a signature that may have Liquid. */
function mayUseLanguages(files: ReadonlyMap<string, string>): boolean {
  for (const path of files.keys()) if (/^(automations|templates)\//.test(path)) return true;
  return LIQUID.test(files.get('crm.yaml') ?? '');
}
