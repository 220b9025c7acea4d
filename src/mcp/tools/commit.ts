import { z } from 'zod';
import { plural } from '../../ui/words.ts';
import type { Told } from '../data.ts';
import type { Outcome } from '../desk.ts';
import { isAlike } from '../likeness.ts';
import { tool } from '../tool.ts';
import { dataOf, leftOut, outcomeShape } from './outcome.ts';
import { proposed } from './propose.ts';

const unknown = {
  code: 'NOT_FOUND',
  message: 'this token is unknown, was used, or is too old',
  hint: 'propose the change again, and commit with the new token',
};

const different = {
  code: 'CONFLICT',
  message: 'the workspace has changed, and the outcome would be another one; nothing was saved',
  hint: 'look at the new diff; its token commits that',
};

export const commit = tool({
  name: 'commit',
  title: 'Commit a proposed change',
  description:
    'Saves what propose showed, as one transaction that crm undo takes back. The token works once and for some minutes. The change is decided again: if the workspace has changed so that its outcome would be another one, nothing is saved, and you get the new diff with a new token to show.',
  does: 'changes',
  input: z.strictObject({ token: z.string().min(1).max(200) }),
  output: { ...outcomeShape, tx: z.number().nullable().optional() },
  async run({ token }, { desk, proposals, ask }) {
    const waiting = proposals.look(token);
    if (!waiting) return { failure: unknown };
    if (ask) {
      const now = await desk.preview(waiting.commands);
      if (now.became === 'refused') return now;
      // The person is asked only about the proposed outcome; any other one is refused below.
      const isSame = isAlike(now.outcome.likeness, waiting.likeness);
      const question = { said: questionOf(now.outcome), ...dataOf(now.outcome) };
      const consent = isSame ? ask(question) : 'yes';
      if (consent === undefined) return { asks: question };
      if (consent === 'no') {
        proposals.take(token);
        return { failure: { code: 'INTERRUPTED', message: 'the person said no; nothing was saved' } };
      }
    }
    // The token may have expired during the preview, or another call may have used it.
    const proposal = proposals.take(token);
    if (!proposal) return { failure: unknown };
    const decided = await desk.save(proposal.commands, proposal.likeness);
    if (decided.became === 'refused') return decided;
    if (decided.became === 'different')
      return { failure: different, told: proposed(proposals, proposal.commands, decided.outcome) };
    return { told: saved(decided.tx, decided.outcome) };
  },
});

const saved = (tx: number | null, outcome: Outcome): Told =>
  tx === null
    ? { said: 'Nothing was changed.', own: { tx } }
    : {
        said: `Saved ${plural(outcome.changes.length, 'change')} as transaction ${tx}${leftOut(outcome)}; crm undo ${tx} takes it back.`,
        own: { tx },
        ...dataOf(outcome),
      };

const questionOf = (outcome: Outcome): string =>
  `Save ${plural(outcome.changes.length, 'change')}${leftOut(outcome)}?`;
