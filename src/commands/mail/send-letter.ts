/** Opens the editor on a letter or reads its text, queues it, and tries to send it at once. */
import type { Begun } from '../../app/outbox/letters.ts';
import {
  type Around,
  type Letter,
  letterText,
  queueLetter,
  readLetter,
  requireLetter,
} from '../../app/outbox/write-mail.ts';
import { CrmError, usage } from '../../domain/errors.ts';
import { reportAdded } from '../printing/changed.ts';
import { automation, oneWord } from '../args/declare.ts';
import { oneOf } from '../line/globals.ts';
import type { Context } from '../line/context.ts';
import { codeAfter, deliveredAfter, sayDelivery } from '../deliveries.ts';
import { edit } from '../editor.ts';
import type { Options, OptionSpec } from '../line/options.ts';

const whens = ['sent', 'replied'] as const;

export const sendingOptions: readonly OptionSpec[] = [
  {
    flags: '--start <NAME>',
    description: 'an automation that starts with the first crm run after --when',
    value: automation(),
  },
  { flags: '--when <WHEN>', description: 'sent or replied (default: replied)', value: oneWord(whens) },
  { flags: '--no-deliver', description: 'leave it in the outbox; crm deliver sends it' },
];

/** Returns the rule that a letter starts, by the options. */
export function startIn(options: Options): Around['start'] {
  const [rule, when] = [options.text('start'), options.text('when')];
  if (rule === undefined && when !== undefined)
    throw usage('--when says when an automation starts', '--start NAME --when replied');
  return rule === undefined
    ? undefined
    : { rule, when: when === undefined ? 'replied' : oneOf('--when', when, whens) };
}

/** Sends a letter with the text from the editor or from standard input. Returns the exit code. */
export async function sendLetter(
  context: Context,
  { letter, around }: Begun,
  options: Options,
  { isTyped, name, instead }: { isTyped: boolean; name: string; instead: string },
): Promise<number> {
  const send = async (written: Letter) => {
    const workspace = await context.workspace();
    const committed = await context.change(writer => void queueLetter(writer, workspace, written, around));
    await reportAdded(context, committed, 'message');
    return committed;
  };
  const committed = isTyped
    ? await send(requireLetter({ ...letter, body: await context.readStdin() }))
    : await edit(context, {
        name,
        text: letterText(letter),
        instead,
        save: async text => send(readLetter(text)),
      });
  if (!committed) throw new CrmError('INTERRUPTED', 'the text was left as it was; nothing was sent', instead);
  if (context.globals.dryRun) return 0;
  const workspace = await context.workspace();
  const isLeft = options.denied('deliver') || (context.deps.env.CRM_NO_DELIVER ?? '') !== '';
  const view = await workspace.view();
  const delivery = await deliveredAfter(context, view, isLeft);
  await sayDelivery({ message: text => context.message(text) }, view, delivery, false);
  return codeAfter(delivery);
}
