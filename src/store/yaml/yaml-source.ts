/** The places of the entries of a YAML document in its text: offsets from the tokens of the parser, and lines. */
import { type CST, isMap, isPair, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';

type Token = CST.Token;

/** An entry of a map or an item of a list, by offsets in the text. */
export interface Entry {
  /** The key of a map's entry as text; undefined for an item of a list. */
  readonly key: string | undefined;
  readonly node: Node | null;
  /** The first character of its dash, question mark, anchor, tag or key. */
  readonly start: number;
  /** After its last character; comments after it are not part of it. */
  readonly end: number;
  /** After what precedes its value: the dash, or the colon, with anchor and tag. */
  readonly before: number;
  readonly hasColon: boolean;
  /** Undefined where nothing is written. */
  readonly value: { readonly start: number; readonly end: number; readonly token: Token } | undefined;
}

const isBlank = ({ type }: CST.SourceToken): boolean =>
  type === 'space' || type === 'newline' || type === 'comment' || type === 'comma';

/** The key of an entry as text, as the plain value of the document has it. */
export function keyOf({ key }: Pair): string {
  const value: unknown = (key as { value?: unknown } | null)?.value ?? key;
  return value === null || value === undefined ? '' : String(value);
}

/** The entries of a collection in the order of the text; undefined where the parser kept no tokens of it. */
export function entriesOf(node: YAMLMap | YAMLSeq): Entry[] | undefined {
  if (isMap(node)) {
    const entries = node.items.map(pair =>
      pair.srcToken ? entryOf(pair.srcToken, keyOf(pair), pair.value as Node | null) : undefined,
    );
    return entries.every(entry => entry !== undefined) ? entries : undefined;
  }
  const token = node.srcToken as CST.BlockSequence | CST.FlowCollection | undefined;
  const items = token?.items.filter(isItem);
  if (!items || items.length !== node.items.length || node.items.some(isPair)) return undefined;
  return items.map((item, i) => entryOf(item, undefined, node.items[i] as Node | null));
}

/** Whether an item of the tokens is one of the list, and not a comment at its end. */
const isItem = ({ start, key, sep, value }: AnyItem): boolean =>
  Boolean(key ?? value ?? sep?.length) || !start.every(isBlank);

interface AnyItem {
  readonly start: readonly CST.SourceToken[];
  readonly key?: Token | null;
  readonly sep?: readonly CST.SourceToken[];
  readonly value?: Token;
}

function entryOf(
  { start, key, sep = [], value }: AnyItem,
  text: string | undefined,
  node: Node | null,
): Entry {
  // A pair inside a list, `[a: 1]`, is a value as a whole.
  const isItemPair = text === undefined && (key || sep.length > 0);
  const lead: Token[] = [...start, ...(key ? [key] : []), ...sep].filter(
    token => !('source' in token && isBlank(token as CST.SourceToken)),
  );
  const all = value && value.type !== 'comment' ? [...lead, value] : lead;
  const first = all[0];
  const last = all.at(-1);
  const startAt = first ? first.offset : (start.at(-1)?.offset ?? 0);
  const end = last ? endOf(last) : startAt;
  const before = lead.length > 0 ? endOf(lead.at(-1)!) : startAt;
  const own = value && (value as CST.SourceToken).source !== '' ? value : undefined;
  return {
    key: text,
    node,
    start: startAt,
    end,
    before,
    hasColon: sep.some(({ type }) => type === 'map-value-ind'),
    value: isItemPair
      ? { start: startAt, end, token: (value ?? key)! }
      : own && { start: own.offset, end: endOf(own), token: own },
  };
}

/** The offset after a token's last character, of a collection after its last entry's. */
function endOf(token: Token): number {
  switch (token.type) {
    case 'block-map':
    case 'block-seq': {
      const last = (token.items as AnyItem[]).findLast(isItem);
      return last ? entryOf(last, '', null).end : token.offset;
    }
    case 'flow-collection': {
      const close = token.end.find(({ type }) => type.startsWith('flow-')) ?? token.end[0];
      return close ? close.offset + close.source.length : token.offset + token.start.source.length;
    }
    case 'block-scalar':
      return bodyOf(token) + token.source.length;
    default:
      return token.offset + ('source' in token ? token.source.length : 0);
  }
}

/** The offset of the first line of a block scalar, after its header. */
export function bodyOf({ props }: CST.BlockScalar): number {
  const last = props.at(-1)!;
  return endOf(last);
}

/** The offsets of the commas in a flow collection: after each entry, undefined where it has none. */
export function commasOf(token: CST.FlowCollection): (number | undefined)[] {
  const commas: (number | undefined)[] = [];
  (token.items as AnyItem[]).forEach((item, i) => {
    if (i > 0) commas.push(item.start.find(({ type }) => type === 'comma')?.offset);
  });
  if (token.items.length > 0 && isItem(token.items.at(-1)!)) commas.push(undefined);
  return commas;
}

export const isFlow = (node: YAMLMap | YAMLSeq): boolean =>
  node.srcToken ? node.srcToken.type === 'flow-collection' : node.flow === true;

export const isCollection = (node: unknown): node is YAMLMap | YAMLSeq => isMap(node) || isSeq(node);

/** A text by its lines. A byte-order mark is not part of the first one. */
export class Lines {
  readonly text: string;
  readonly #first: number;

  constructor(text: string) {
    this.text = text;
    this.#first = text.startsWith('\uFEFF') ? 1 : 0;
  }

  /** The offset of the first character of the line that has the offset. */
  startOf(offset: number): number {
    return Math.max(this.text.lastIndexOf('\n', offset - 1) + 1, this.#first);
  }

  /** The offset after the line end of the line that has the offset; the text's length for the last line. */
  endOf(offset: number): number {
    const at = this.text.indexOf('\n', offset);
    return at < 0 ? this.text.length : at + 1;
  }

  /** The offset of a line's line end, or the text's length. */
  lastOf(offset: number): number {
    const end = this.endOf(offset);
    const ending = this.text.slice(this.startOf(offset), end).match(/\r?\n$/)?.[0] ?? '';
    return end - ending.length;
  }

  column(offset: number): number {
    return offset - this.startOf(offset);
  }

  /** Whether only spaces precede the offset on its line. */
  startsLine(offset: number): boolean {
    return /^ *$/.test(this.text.slice(this.startOf(offset), offset));
  }

  /** The column of the comment that is alone on the line which begins at the offset; undefined if there is none. */
  commentAt(start: number): number | undefined {
    const indent = this.text.slice(start, this.endOf(start)).match(/^([ \t]*)#/)?.[1];
    return indent?.length;
  }

  isBlankLine(start: number): boolean {
    return start < this.text.length && this.text.slice(start, this.endOf(start)).trim() === '';
  }

  /** After the lines of what ends at the offset, with the comments below it that are indented deeper than a column. */
  after(end: number, column: number): number {
    const last = end > 0 && this.text[end - 1] === '\n' ? end - 1 : end;
    let to = this.endOf(last);
    for (let next = to; next < this.text.length; next = this.endOf(next)) {
      const comment = this.commentAt(next);
      if (comment !== undefined && comment > column) to = this.endOf(next);
      else if (!this.isBlankLine(next)) break;
    }
    return to;
  }

  /** Where the comments begin that stand right above the line of the offset, in its column; not before `bound`. */
  above(offset: number, bound: number): number {
    const column = this.column(offset);
    let from = this.startOf(offset);
    while (from > Math.max(bound, this.#first)) {
      const line = this.startOf(from - 1);
      if (line < bound || this.commentAt(line) !== column) break;
      from = line;
    }
    return from;
  }

  /** The end of the line that has the offset, else the first of the text, else that of Unix. */
  ending(offset: number): string {
    const near = this.text.slice(this.startOf(offset), this.endOf(offset)).match(/\r?\n$/)?.[0];
    return near ?? this.text.match(/\r?\n/)?.[0] ?? '\n';
  }
}
