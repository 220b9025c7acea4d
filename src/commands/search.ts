import type { FoundPlace } from '../app/reading/search-places.ts';
import { nameOf } from '../app/reading/said.ts';
import { settingKinds } from '../app/reading/search-settings.ts';
import { parseLimit } from '../app/reading/list.ts';
import { spansOf } from '../app/reading/excerpt.ts';
import { usage } from '../domain/errors.ts';
import { inWords } from '../domain/in-words.ts';
import type { Kinds } from '../domain/kinds.ts';
import { definitionsIn } from '../kinds/define.ts';
import type { Paint } from '../ui/paint.ts';
import { plainColumn, type ThingColumn } from '../ui/thing-column.ts';
import { grouped } from '../ui/words.ts';
import { several, text } from './args/declare.ts';
import { command } from './line/command.ts';
import { kindNamed } from './line/kind.ts';
import { formatFor, printThings } from './printing/output.ts';
import { quietIfNothing } from './line/quiet-option.ts';

/** How many hits are listed unless `--limit` says otherwise: about one screen. */
const SHOWN = 20;

/** `crm search WORDS...` */
export const search = command({
  summary:
    'find records of all kinds, and settings, by words: names, addresses, phones, ids, tags, notes and other texts',
  effect: 'reads',
  args: { texts: several(text('TEXT', 'search for what', { example: 'patel' })) },
  options: [
    {
      flags: '--kind <KIND>',
      description: 'only this kind: deals, contacts, messages, stages, users, ...; several with commas',
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
  jsonFields: columnsFor([], String).map(({ name }) => name),
  async run(context, { texts }, options) {
    const { search: searchIn, wordsIn } = await import('../app/reading/search.ts');
    const { placeOf } = await import('../app/reading/search-places.ts');
    const { searchSettings } = await import('../app/reading/search-settings.ts');
    const words = wordsIn(texts);
    if (words.length === 0) throw usage('search for what?', 'crm search patel');
    const limitText = options.text('limit');
    const limit = limitText === undefined ? SHOWN : parseLimit(limitText);
    const kinds = options.text('kind')?.split(',');
    const asked = kinds?.map(word => searchedKind(context.deps.kinds, word.trim()));
    const view = await (await context.workspace()).view();
    const records = searchIn(view, words, { ...(asked && { kinds: asked }), limit });
    // Ids alone are handed to commands about records.
    const settings = formatFor(context) === 'ids' ? [] : searchSettings(view.config, words, asked);
    const found = [...records.hits, ...settings]
      .sort((a, b) => a.rank - b.rank)
      .slice(0, limit)
      .map(hit => ('row' in hit ? placeOf(view, hit, words) : hit));
    const name = (id: string) => (view.kinds.parseId(id) ? `${id} ${nameOf(view, id)}` : id);
    await printThings(context, found, columnsFor(words, name), ({ id }) => id);
    const count = records.count + settings.length;
    if (count > found.length && formatFor(context) === 'table')
      await context.message(`${grouped(count - found.length)} more: --limit ${count}`);
  },
});

/** Returns the kind of record, or of setting, that a word names in the singular or the plural. */
function searchedKind(kinds: Kinds, word: string): string {
  const setting = Object.entries(settingKinds).find(names => names.includes(word))?.[1];
  const all = definitionsIn(kinds).map(({ name }) => name);
  return setting ?? kindNamed(kinds, word, all, Object.keys(settingKinds));
}

function columnsFor(
  words: readonly string[],
  named: (id: string) => string,
): readonly ThingColumn<FoundPlace>[] {
  const paint = (text: string, _: FoundPlace, colors: Paint) => marked(text, words, colors);
  const isTitle = ({ title, excerpt }: FoundPlace) => excerpt === title;
  const about = ({ about }: FoundPlace) => (about === null ? '' : named(about));
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
