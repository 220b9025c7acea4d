/** Changes settings of the whole workspace that are for reports: rates, reasons, and the start of years. */
import { usage } from '../../domain/errors.ts';
import { isCurrency } from '../../domain/money.ts';
import type { Draft } from '../../state/draft.ts';
import type { Viewer } from '../core/viewer.ts';
import {
  asAmount,
  asList,
  putSettings,
  readSettings,
  type SettingKeys,
  type SettingValues,
} from './setting-keys.ts';
import { editSettings } from './settings.ts';

const workspaceKeys: SettingKeys = {
  'year-start': { read: asMonth },
  'lost-reasons': { read: asList },
  holidays: { read: asList },
};

function asMonth(text: string): number {
  if (/^([1-9]|1[0-2])$/.test(text)) return Number(text);
  throw usage(`year-start: ${JSON.stringify(text)} is not a month`, 'accepted: 1 to 12');
}

/** Reads `year-start=4`, `lost-reasons=price,timing` and `rates.GBP=1.17`; an empty text takes a setting out. */
export function readWorkspaceSettings(
  pairs: readonly (readonly [key: string, text: string])[],
): SettingValues {
  const rates = pairs.map(([key]) => key).filter(key => key.startsWith('rates.'));
  for (const key of rates)
    if (!isCurrency(key.slice('rates.'.length)))
      throw usage(
        `${key}: ${JSON.stringify(key.slice(6))} is not an ISO 4217 currency`,
        'for example rates.GBP=1.17',
      );
  const keys = { ...workspaceKeys, ...Object.fromEntries(rates.map(key => [key, { read: asAmount }])) };
  return readSettings('workspace', keys, pairs);
}

export async function setWorkspace(draft: Draft, viewer: Viewer, values: SettingValues): Promise<void> {
  await editSettings(draft, viewer, 'crm.yaml', tree => putSettings(tree, [], values));
}
