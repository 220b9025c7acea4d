/** Lists of short texts as parts of a card: how people are related, files. */
import type { Related } from '../app/records/relations.ts';
import { printable } from '../ui/escape.ts';
import { shorten } from '../ui/width.ts';
import { plural } from '../ui/words.ts';
import type { Drawn } from './record-lines.ts';

/** Returns a line for each relation of some contacts, by their ids: `C1 referred-by C2 Tom`. */
export function relationLines(relations: ReadonlyMap<string, readonly Related[]>, drawn: Drawn): string[] {
  const said = new Set<string>();
  const lines = [...relations].flatMap(([one, its]) =>
    its.flatMap(({ id, relation, contact, name }) => {
      // A relation between two of them is one line.
      if (said.has(id)) return [];
      said.add(id);
      return [`${one} ${relation} ${contact} ${name}`];
    }),
  );
  return listed('relation', lines, drawn);
}

/** Returns a heading with how many there are, and the first texts, a line each; no lines for no texts. */
export function listed(noun: string, texts: readonly string[], { width, paint, most }: Drawn): string[] {
  if (texts.length === 0) return [];
  const more = texts.length - most;
  return [
    `${paint.bold(plural(texts.length, noun))}\n`,
    ...texts.slice(0, most).map(text => `  ${shorten(printable(text), width - 2)}\n`),
    ...(more > 0 ? [`  ${paint.dim(`+ ${more} more`)}\n`] : []),
  ];
}
