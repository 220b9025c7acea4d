import { relate as relateTo, relationsOf, unrelate } from '../../app/records/relations.ts';
import { View } from '../../app/core/view.ts';
import { usage } from '../../domain/errors.ts';
import { slug } from '../../domain/fold.ts';
import { reportAdded, reportDryRun } from '../printing/changed.ts';
import { record, text } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { namingIn } from '../printing/naming.ts';

/** `crm contact relate C1 C2 --relation referred-by` */
export const relate = command({
  summary: 'say how two contacts are related: who referred whom, who reports to whom',
  effect: 'changes',
  args: {
    first: record('contact', { example: 'C1' }),
    second: record('contact', { example: 'C2', asks: 'which other contact' }),
  },
  options: [
    {
      flags: '--relation <WORD>',
      description: 'what the first is to the second: referred-by, reports-to, assistant-of, colleague, ...',
      value: text('WORD', 'which relation', { example: 'referred-by' }),
      asks: 'how are they related',
      isRequired: true,
      asksUnless: ['remove'],
    },
    { flags: '--remove', description: 'take the relation away; without --relation, all between the two' },
  ],
  examples: [
    'contact relate C1 C2 --relation referred-by',
    'contact relate jane@example.com tom@example.com --relation reports-to',
    'contact relate C1 C2 --remove',
  ],
  jsonAs: 'relation show',
  async run(context, { first, second }, options) {
    const given = options.text('relation');
    const word = given === undefined ? undefined : slug(given);
    const isRemoval = options.flag('remove');
    if (word === '' || (word === undefined && !isRemoval))
      throw usage(
        'how are they related?',
        '--relation referred-by; others are reports-to, assistant-of, partner-of, colleague, or a word of your own',
      );
    let pair: readonly [string, string] = ['', ''];
    let ids: readonly string[] = [];
    const committed = await context.change(writer => {
      pair = [writer.view.find(['contact'], first), writer.view.find(['contact'], second)];
      if (isRemoval) ids = unrelate(writer, pair[0], pair[1], word);
      else ids = [relateTo(writer, pair[0], pair[1], word!)];
    });
    if (context.globals.dryRun) return reportDryRun(context, committed);
    const name = await namingIn(context, committed.state);
    if (committed.changes.length === 0) {
      const what = isRemoval ? 'not related' : `related already: ${word!}`;
      return context.message(
        `nothing to do: ${name(pair[0])} and ${name(pair[1])} are ${isRemoval && word !== undefined ? `not related by ${word}` : what}`,
      );
    }
    if (isRemoval) return context.message(`removed ${ids.join(', ')}: ${name(pair[0])} and ${name(pair[1])}`);
    await reportAdded(context, committed, 'relation');
    const workspace = await context.workspace();
    const view = new View(committed.state, workspace.viewer, workspace.clock);
    const its = relationsOf(view, pair[0]).find(({ id }) => id === ids[0]);
    if (context.streams.stderr.isTTY && its)
      await context.message(`${name(pair[0])} ${its.relation} ${name(pair[1])}`);
  },
});
