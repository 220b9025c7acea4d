/** The exports for other programs, in the order in which help lists their options: a new one is a file and a line here. */
import { calendar } from './calendar.ts';
import { cards } from './cards.ts';
import type { OtherForm } from './other-form.ts';

export const forms: readonly OtherForm[] = [cards, calendar];
