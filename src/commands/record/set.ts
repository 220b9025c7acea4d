import { changedFields } from '../../app/records/given-fields.ts';
import { CrmError } from '../../domain/errors.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { definitionOf } from '../../kinds/define.ts';
import { changeAndReport, whereOption } from '../choose.ts';
import { chosen, fieldPairs } from '../args/declare.ts';
import { command } from '../line/command.ts';

/** `crm <kind> set ID... NAME=VALUE...`, or `--where QUERY` for all that a query finds. */
export const set = (kinds: Kinds, kind: Kind) =>
  command({
    summary: 'change fields, of one or many',
    effect: 'changes',
    args: { words: chosen(kind), texts: fieldPairs() },
    options: [whereOption],
    examples: definitionOf(kinds, kind).examples.set ?? [],
    async run(context, { words, texts }, options) {
      const choosing = { kinds: [kind], words, options, did: 'changed', asks: 'change' };
      await changeAndReport(context, choosing, (writer, id) =>
        hintingAtPairs(() => writer.set(id, changedFields(writer, id, texts))),
      );
    },
  });

/** An option with a value, or with several to choose from: `--reason price|no budget`. */
const ADVICE = /^--(\w+) (\S+|[^|]+(?:\|[^|]+)+)$/;
/** Options that are not called as their field is. */
const fieldOf: Readonly<Record<string, string>> = { reason: 'lostReason' };

/** What the rules of a kind advise as an option, `--pipeline hardware`, is `pipeline=hardware` here. */
function hintingAtPairs(work: () => void): void {
  try {
    work();
  } catch (error) {
    const [, option, value] = (error instanceof CrmError && ADVICE.exec(error.hint ?? '')) || [];
    if (!option) throw error;
    const { kind, message } = error as CrmError;
    throw new CrmError(kind, message, `${fieldOf[option] ?? option}=${value}`, error);
  }
}
