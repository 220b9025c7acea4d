/** Which rows an export has, as its options say. */
import { parseLimit } from '../../app/reading/list.ts';
import type { Options } from '../line/options.ts';

export const offsetOf = (options: Options): number => {
  const offset = options.text('offset');
  return offset === undefined ? 0 : parseLimit(offset, '--offset');
};

export const limitOf = (options: Options): number | undefined => {
  const limit = options.text('limit');
  return limit === undefined ? undefined : parseLimit(limit);
};
