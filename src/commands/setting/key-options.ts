/** Keys of settings as options of `add`. */
import { readSettings, type SettingKeys, type SettingValues } from '../../app/settings/setting-keys.ts';
import { camel } from '../../domain/name-case.ts';
import type { Options, OptionSpec } from '../line/options.ts';

const flagOf = (key: string, option: { readonly flag?: string }): string => option.flag ?? key;

/** Returns the options that `add` has for keys. */
export const keyOptions = (keys: SettingKeys): OptionSpec[] =>
  Object.entries(keys).flatMap(([key, { option }]) =>
    option
      ? {
          flags: `--${flagOf(key, option)} <${option.takes}>`,
          description: option.help,
          ...(option.isList && { repeat: 'list' as const }),
        }
      : [],
  );

/** Reads the values of the keys that options give, as `set` reads them; errors name the option. */
export function valuesGiven(what: string, keys: SettingKeys, options: Options): SettingValues {
  const given = Object.entries(keys).flatMap(([key, { option }]) => {
    const flag = option && flagOf(key, option);
    const text = flag && options.text(camel(flag));
    return text === undefined ? [] : [[key, text, `--${flag}`] as const];
  });
  const pairs = given.map(([key, text]) => [key, text] as const);
  const named = given.map(([key, , flag]) => {
    const { read, ...rest } = keys[key]!;
    return [key, { ...rest, read: (text: string) => read(text, flag) }] as const;
  });
  return readSettings(what, Object.fromEntries(named), pairs);
}
