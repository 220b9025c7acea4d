import { changedFields } from '../../app/records/given-fields.ts';
import { CrmError, usage } from '../../domain/errors.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { definitionOf } from '../../kinds/define.ts';
import { changeAndReport, whereOption } from '../choose.ts';
import type { Command } from '../command.ts';
import { assignments } from './add.ts';

/** `crm <kind> set ID... NAME=VALUE...`, or `--where QUERY` for all that a query finds. */
export const set = (kinds: Kinds, kind: Kind): Command => ({
  summary: 'change fields, of one or many',
  usage: 'ID... FIELD=VALUE...',
  options: [whereOption],
  examples: definitionOf(kinds, kind).examples.set ?? [],
  async run(context, args, options) {
    const isAssignment = (arg: string) => /^[\p{L}_][\p{L}\p{N}_.-]*=/u.test(arg);
    const texts = assignments(args.filter(isAssignment), 'a field');
    const words = args.filter(arg => !isAssignment(arg));
    if (texts.length === 0) throw usage('nothing to set', `crm ${kind} set ID FIELD=VALUE`);
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
