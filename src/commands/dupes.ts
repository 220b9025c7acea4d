import { parseLimit } from '../app/reading/list.ts';
import type { ComparedKind, Duplicate } from '../app/records/duplicates.ts';
import type { Kinds } from '../domain/kinds.ts';
import { plainColumn, type ThingColumn } from '../ui/thing-column.ts';
import { grouped } from '../ui/words.ts';
import { oneWord } from './args/declare.ts';
import { command } from './line/command.ts';
import { kindNamed } from './line/kind.ts';
import { formatFor, printThings } from './printing/output.ts';
import { quietIfNothing } from './line/quiet-option.ts';

/** The default number of pairs that are listed: about one screen. */
const SHOWN = 20;

/** How many cells an id with its name keeps. */
const NAME = 18;

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
      const isTable = formatFor(context) === 'table';
      const columns = columnsFor(kind).filter(
        // On a terminal the line below says how any pair is merged.
        ({ name }) => name !== 'merge' || !isTable || context.globals.fields !== undefined,
      );
      await printThings(context, shown, columns, ({ from }) => from);
      if (!isTable || shown.length === 0) return;
      await context.message(`merge a pair: ${mergeCommand(kind, shown[0]!)}`);
      if (all.length > shown.length)
        await context.message(`${grouped(all.length - shown.length)} more: --limit ${all.length}`);
    },
  });

const mergeCommand = (kind: ComparedKind, { into, from }: Duplicate): string =>
  `crm ${kind} merge ${into} ${from}`;

const columnsFor = (kind: ComparedKind): ThingColumn<Duplicate>[] => [
  plainColumn('score', d => d.score, { align: 'right', human: d => d.score.toFixed(2) }),
  plainColumn('into', d => d.into, { isName: true, wants: NAME, human: d => `${d.into} ${d.intoName}` }),
  plainColumn('from', d => d.from, { isName: true, wants: NAME, human: d => `${d.from} ${d.fromName}` }),
  plainColumn('reasons', d => d.reasons, { title: 'why', goes: false, human: d => d.reasons.join('; ') }),
  plainColumn('merge', d => mergeCommand(kind, d), { whole: true }),
  { ...plainColumn<Duplicate>('intoName', d => d.intoName), jsonOnly: true },
  { ...plainColumn<Duplicate>('fromName', d => d.fromName), jsonOnly: true },
];
