import { withArticle } from '../../domain/article.ts';
import { type CrmError, type notFound, usage } from '../../domain/errors.ts';

/**
 * Makes the error for a setting that never existed in the history: USAGE, or NOT_FOUND for one with a file of its
 * own.
 */
export const neverWas = (
  what: string,
  name: string,
  error: typeof usage | typeof notFound = usage,
): CrmError => error(`there never was ${withArticle(what)} ${JSON.stringify(name)}`, 'crm history');
