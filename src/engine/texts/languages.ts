import type { Crons } from '../crons.ts';
import type { Texts } from './texts.ts';

/** The languages of rules beside queries: Liquid texts and cron expressions. */
export interface Languages {
  readonly texts: Texts;
  readonly crons: Crons;
}
