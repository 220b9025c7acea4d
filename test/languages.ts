/** The languages of rules, by which tests have settings checked. */
import { crons } from '../src/engine/croner.ts';
import { makeTexts } from '../src/engine/texts/liquid.ts';

export const languages = { makeTexts, crons };
