/** Schemas of settings that a function of the domain reads. */
import * as z from 'zod/mini';
import { CrmError, invalid } from '../../domain/errors.ts';

/** Makes a schema that has a function read the values of another schema; an error of the function becomes the problem. */
export const readBy = <Given, Read>(given: z.ZodMiniType<Given>, read: (value: Given) => Read) =>
  z.pipe(
    given,
    z.transform((value: Given, { issues }): Read => {
      try {
        return read(value);
      } catch (error) {
        const message = error instanceof CrmError ? withHint(error) : String(error);
        issues.push({ code: 'custom', input: value, message });
        return z.NEVER;
      }
    }),
  );

const withHint = ({ message, hint }: CrmError): string =>
  hint === undefined ? message : `${message} (${hint})`;

/** Returns what was read; throws INVALID with `why` if that is undefined. */
export function made<Read>(read: Read | undefined, why: string): Read {
  if (read === undefined) throw invalid(why);
  return read;
}
