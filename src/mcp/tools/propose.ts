import { z } from 'zod';
import { formatInstant } from '../../domain/dates.ts';
import { plural } from '../../ui/words.ts';
import type { CommandLine, Outcome } from '../desk.ts';
import type { Proposals } from '../proposals.ts';
import type { Told } from '../data.ts';
import { tool } from '../tool.ts';
import { dataOf, leftOut, outcomeShape } from './outcome.ts';

/** The most commands of a proposal: a person has to read what they do. */
const MOST_COMMANDS = 50;

export const propose = tool({
  name: 'propose',
  title: 'Propose a change',
  description: `Any change of records or settings, as crm commands that become one transaction: shows what they would change, saves nothing, and returns a token for commit. Each command is its words, without "crm" and without shell quoting: ["deal","move","D12","proposal"], ["deal","set","D12","value=1300","close=+30d"], ["task","add","Call Jane","--for","D12","--due","tomorrow"], ["log","call","D12","asked for a discount"], ["undo","57"]. In later commands "$1" is the id of what the first one added. input is the text for a command that reads "-". help with topic "deal set" and the like says what a command takes. Show the person the diff before you commit.`,
  does: 'proposes',
  input: z.strictObject({
    commands: z
      .array(
        z.strictObject({
          words: z.array(z.string().max(20_000)).min(1).max(200),
          input: z.string().max(200_000).optional(),
        }),
      )
      .min(1)
      .max(MOST_COMMANDS),
  }),
  output: { ...outcomeShape, token: z.string().optional(), until: z.string().optional() },
  async run({ commands }, { desk, proposals }) {
    const lines = commands.map(({ words: [first, ...rest], ...others }) => ({
      ...others,
      words: first === 'crm' ? rest : [first!, ...rest],
    }));
    const decided = await desk.preview(lines);
    if (decided.became === 'refused') return decided;
    return { told: proposed(proposals, lines, decided.outcome) };
  },
});

/** Returns the answer that shows a proposed change: with a new token, unless nothing would be changed. */
export function proposed(proposals: Proposals, commands: readonly CommandLine[], outcome: Outcome): Told {
  const data = dataOf(outcome);
  if (outcome.changes.length === 0) return { said: 'Nothing would be changed.', ...data };
  const { token, until } = proposals.add(commands, outcome.likeness);
  const end = formatInstant(until);
  return {
    said: `Would make ${plural(outcome.changes.length, 'change')}${leftOut(outcome)}. Nothing is saved yet: commit with token ${token}, once, until ${end}.`,
    own: { token, until: end },
    ...data,
  };
}
