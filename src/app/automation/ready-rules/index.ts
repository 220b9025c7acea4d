/** The ready-made rules as texts, each with its test and the e-mail templates that it needs: a chunk of its own, loaded when asked for. */

import closePassedTest from './close-passed.test.yaml';
import closePassed from './close-passed.yaml';
import firstCallTest from './first-call.test.yaml';
import firstCall from './first-call.yaml';
import hotLeadDealTest from './hot-lead-deal.test.yaml';
import hotLeadDeal from './hot-lead-deal.yaml';
import lostWinBackTest from './lost-win-back.test.yaml';
import lostWinBack from './lost-win-back.yaml';
import mailBouncedTest from './mail-bounced.test.yaml';
import mailBounced from './mail-bounced.yaml';
import nextTaskTest from './next-task.test.yaml';
import nextTask from './next-task.yaml';
import noContactTest from './no-contact.test.yaml';
import noContact from './no-contact.yaml';
import pointsOffTest from './points-off.test.yaml';
import pointsOff from './points-off.yaml';
import requestFollowUpTest from './request-follow-up.test.yaml';
import requestFollowUp from './request-follow-up.yaml';
import requestReceived from './request-received.md';
import roundRobinTest from './round-robin.test.yaml';
import roundRobin from './round-robin.yaml';
import stageNewsTest from './stage-news.test.yaml';
import stageNews from './stage-news.yaml';
import thankYou from './thank-you.md';
import wonThankYouTest from './won-thank-you.test.yaml';
import wonThankYou from './won-thank-you.yaml';

/** A rule's file and that of its cases, before values are put for the names with a `$`. */
export interface RuleTexts {
  readonly rule: string;
  readonly test: string;
}

export const ruleTexts: Readonly<Record<string, RuleTexts>> = {
  'hot-lead-deal': { rule: hotLeadDeal, test: hotLeadDealTest },
  'request-follow-up': { rule: requestFollowUp, test: requestFollowUpTest },
  'stage-news': { rule: stageNews, test: stageNewsTest },
  'won-thank-you': { rule: wonThankYou, test: wonThankYouTest },
  'lost-win-back': { rule: lostWinBack, test: lostWinBackTest },
  'no-contact': { rule: noContact, test: noContactTest },
  'close-passed': { rule: closePassed, test: closePassedTest },
  'next-task': { rule: nextTask, test: nextTaskTest },
  'first-call': { rule: firstCall, test: firstCallTest },
  'round-robin': { rule: roundRobin, test: roundRobinTest },
  'points-off': { rule: pointsOff, test: pointsOffTest },
  'mail-bounced': { rule: mailBounced, test: mailBouncedTest },
};

/** E-mail templates by their names. */
export const mailTexts: Readonly<Record<string, string>> = {
  'request-received': requestReceived,
  'thank-you': thankYou,
};
