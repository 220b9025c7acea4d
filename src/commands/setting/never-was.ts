import { withArticle } from '../../domain/article.ts';
import { type CrmError, type notFound, usage } from '../../domain/errors.ts';

/** Makes the error for something that the history has never had: USAGE, or NOT_FOUND for what is a file of its own. */
export const neverWas = (
  what: string,
  name: string,
  error: typeof usage | typeof notFound = usage,
): CrmError => error(`there never was ${withArticle(what)} ${JSON.stringify(name)}`, 'crm history');
