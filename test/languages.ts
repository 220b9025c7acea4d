/** The languages of rules that tests hand to `checkConfig`. */
import { crons } from '../src/engine/croner.ts';
import { makeTexts } from '../src/engine/texts/liquid.ts';

export const languages = { makeTexts, crons };
