import type { Crons } from './crons.ts';
import type { Texts } from './texts.ts';

/** What rules are written in beside queries. */
export interface Languages {
  readonly texts: Texts;
  readonly crons: Crons;
}
