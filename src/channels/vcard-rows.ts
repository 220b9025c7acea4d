/** vCards as rows: one card is one row, with the columns of `vcard-card.ts`. One card at a time is in memory. */
import { decodeStream } from './decode.ts';
import { lines, type Piece } from './json-values.ts';
import type { Row, RowFile, RowFileOptions } from './row-file.ts';
import { CardReader } from './vcard-card.ts';

/** The most lines of a card: a photo of 15 MB has fewer, at 75 characters each. */
const MOST_LINES = 200_000;

export async function openVcards(
  chunks: AsyncIterable<Uint8Array>,
  { name, encoding }: RowFileOptions,
): Promise<RowFile> {
  const { default: ical } = await import('ical.js');
  const reader = new CardReader(ical.parse);
  const batches = rowsOf(lines(decodeStream(chunks, encoding, name), name), reader);
  const first = await batches.next();
  return {
    format: 'vcf',
    header: reader.header,
    guarded: false,
    rows: (async function* () {
      try {
        if (!first.done) yield first.value;
        yield* batches;
      } finally {
        await batches.return(undefined);
      }
    })(),
  };
}

async function* rowsOf(
  batches: AsyncIterable<Piece[]>,
  reader: CardReader,
): AsyncGenerator<Row[], void, undefined> {
  let card: string[] | undefined;
  let begun = 0;
  for await (const batch of batches) {
    const rows: Row[] = [];
    for (const { text, line } of batch) {
      const written = text.replace(/\r$/, '');
      const mark = written.trim().toUpperCase();
      if (mark === 'BEGIN:VCARD') {
        if (card) rows.push(unread(begun, card, 'has no END:VCARD'));
        card = [];
        begun = line;
      } else if (!card) rows.push({ line, cells: [], error: outside, source: written });
      else if (mark !== 'END:VCARD') {
        if (card.length < MOST_LINES) card.push(written);
      } else {
        rows.push(rowOf(begun, card, reader));
        card = undefined;
      }
    }
    if (rows.length > 0) yield rows;
  }
  if (card) yield [unread(begun, card, 'has no END:VCARD')];
}

const outside = 'is not in a vCard, which begins with BEGIN:VCARD';

function rowOf(line: number, card: readonly string[], reader: CardReader): Row {
  if (card.length >= MOST_LINES) return unread(line, card, `has more than ${MOST_LINES} lines`);
  try {
    return { line, cells: reader.cells(card), source: sourceOf(card) };
  } catch (error) {
    return unread(line, card, `is not a vCard: ${(error as Error).message}`);
  }
}

const unread = (line: number, card: readonly string[], error: string): Row => ({
  line,
  cells: [],
  error,
  source: sourceOf(card),
});

const sourceOf = (card: readonly string[]): string => ['BEGIN:VCARD', ...card, 'END:VCARD'].join('\n');
