import type { FoundPlace } from '../app/reading/search-places.ts';
import { nameOf } from '../app/reading/said.ts';
import { parseLimit } from '../app/reading/list.ts';
import { spansOf } from '../app/reading/excerpt.ts';
import { usage } from '../domain/errors.ts';
import { inWords } from '../domain/in-words.ts';
import { definitionsIn } from '../kinds/define.ts';
import type { Paint } from '../ui/paint.ts';
import { plainColumn, type ThingColumn } from '../ui/thing-column.ts';
import { grouped } from '../ui/words.ts';
import { several, text } from './args/declare.ts';
import { command } from './command.ts';
import { kindNamed } from './kind.ts';
import { formatFor, printThings } from './output.ts';
import { quietIfNothing } from './quiet-option.ts';

/** How many hits are listed unless `--limit` says otherwise: about one screen. */
const SHOWN = 20;

/** `crm search WORDS...` */
export const search = command({
  summary: 'find records of all kinds by words: names, addresses, phones, ids, tags, notes and other texts',
  effect: 'reads',
  args: { texts: several(text('TEXT', 'search for what', { example: 'patel' })) },
  options: [
    {
      flags: '--kind <KIND>',
      description: 'only records of this kind: deals, contacts, messages, ...; several with commas',
      repeat: 'list',
    },
    { flags: '--limit <N>', description: `the best N (default: ${SHOWN})` },
    quietIfNothing,
  ],
  examples: [
    'search patel',
    'search oak chairs --kind deals,activities',
    'search \'"second floor"\'',
    'search 5551234',
  ],
  async run(context, { texts }, options) {
    const { search: searchIn, wordsIn } = await import('../app/reading/search.ts');
    const { placeOf } = await import('../app/reading/search-places.ts');
    const words = wordsIn(texts);
    if (words.length === 0) throw usage('search for what?', 'crm search patel');
    const limitText = options.text('limit');
    const limit = limitText === undefined ? SHOWN : parseLimit(limitText);
    const { kinds: known } = context.deps;
    const all = definitionsIn(known).map(({ name }) => name);
    const kinds = options
      .text('kind')
      ?.split(',')
      .map(word => kindNamed(known, word.trim(), all));
    const view = await (await context.workspace()).view();
    const { hits, count } = searchIn(view, words, { ...(kinds && { kinds }), limit });
    const found = hits.map(hit => placeOf(view, hit, words));
    await printThings(
      context,
      found,
      columnsFor(words, id => nameOf(view, id)),
      ({ id }) => id,
    );
    if (count > hits.length && formatFor(context) === 'table')
      await context.message(`${grouped(count - hits.length)} more: --limit ${count}`);
  },
});

function columnsFor(
  words: readonly string[],
  nameOfAbout: (id: string) => string,
): readonly ThingColumn<FoundPlace>[] {
  const paint = (text: string, _: FoundPlace, colors: Paint) => marked(text, words, colors);
  const isTitle = ({ title, excerpt }: FoundPlace) => excerpt === title;
  const about = ({ about }: FoundPlace) => (about === null ? '' : `${about} ${nameOfAbout(about)}`);
  return [
    plainColumn('id', f => f.id, { whole: true, paint }),
    plainColumn('kind', f => f.kind, { goes: true }),
    plainColumn('title', f => f.title, { isName: true, paint, human: f => f.title ?? about(f) }),
    plainColumn('field', f => f.field, { goes: true, human: f => (isTitle(f) ? '' : inWords(f.field)) }),
    plainColumn('excerpt', f => f.excerpt, {
      title: 'found',
      paint,
      human: f => (isTitle(f) ? '' : f.excerpt),
    }),
    plainColumn('about', f => f.about, { goes: true, human: f => (f.title === null ? '' : about(f)) }),
  ];
}

/** A text with the words in it marked. */
function marked(text: string, words: readonly string[], { bold, yellow }: Paint): string {
  let end = 0;
  let painted = '';
  for (const [from, to] of spansOf(text, words)) {
    painted += text.slice(end, from) + bold(yellow(text.slice(from, to)));
    end = to;
  }
  return painted + text.slice(end);
}
