import { parseLimit } from '../app/reading/list.ts';
import type { ComparedKind, Duplicate } from '../app/records/duplicates.ts';
import type { Kinds } from '../domain/kinds.ts';
import { plainColumn } from '../ui/thing-column.ts';
import { grouped } from '../ui/words.ts';
import { oneWord } from './args/declare.ts';
import { command } from './command.ts';
import { kindNamed } from './kind.ts';
import { formatFor, printThings } from './output.ts';
import { quietIfNothing } from './quiet-option.ts';

/** How many pairs are listed unless `--limit` says otherwise: about one screen. */
const SHOWN = 20;

/** `crm dupes contacts|accounts` */
export const dupes = (kinds: Kinds) =>
  command({
    summary: 'list contacts or accounts that are probably there twice, with the command that merges them',
    effect: 'reads',
    args: { of: oneWord(['contacts', 'accounts'], { asks: 'of which kind' }) },
    options: [
      { flags: '--limit <N>', description: `the N likeliest pairs (default: ${SHOWN})` },
      quietIfNothing,
    ],
    examples: ['dupes contacts', 'dupes accounts --limit 100', 'dupes contacts --json'],
    jsonFields: ['score', 'into', 'from', 'reasons', 'merge', 'intoName', 'fromName'],
    async run(context, { of: word }, options) {
      const { comparedKinds, duplicates } = await import('../app/records/duplicates.ts');
      const kind = kindNamed(kinds, word, comparedKinds) as ComparedKind;
      const limitText = options.text('limit');
      const limit = limitText === undefined ? SHOWN : parseLimit(limitText);
      const view = await (await context.workspace()).view();
      const all = duplicates(view, kind);
      const shown = all.slice(0, limit);
      await printThings(
        context,
        shown,
        [
          plainColumn<Duplicate>('score', d => d.score, { align: 'right', human: d => d.score.toFixed(2) }),
          plainColumn<Duplicate>('into', d => d.into, { human: d => `${d.into} ${d.intoName}` }),
          plainColumn<Duplicate>('from', d => d.from, { human: d => `${d.from} ${d.fromName}` }),
          plainColumn<Duplicate>('reasons', d => d.reasons, {
            title: 'why',
            goes: true,
            human: d => d.reasons.join('; '),
          }),
          plainColumn<Duplicate>('merge', d => `crm ${kind} merge ${d.into} ${d.from}`, { whole: true }),
          { ...plainColumn<Duplicate>('intoName', d => d.intoName), jsonOnly: true },
          { ...plainColumn<Duplicate>('fromName', d => d.fromName), jsonOnly: true },
        ],
        ({ from }) => from,
      );
      if (all.length > shown.length && formatFor(context) === 'table')
        await context.message(`${grouped(all.length - shown.length)} more: --limit ${all.length}`);
    },
  });
