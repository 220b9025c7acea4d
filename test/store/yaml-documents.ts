/** YAML documents in many shapes, and edits of them, for properties: every line knows which entry it belongs to. */
import fc from 'fast-check';
import type { Plain } from '../../src/store/yaml/yaml-tree.ts';

export type Steps = readonly (string | number)[];

export interface Line {
  readonly text: string;
  /** The path of the entry that the line is part of; undefined where it is a comment between entries. */
  readonly owner: Steps | undefined;
}

export interface Place {
  readonly path: Steps;
  readonly kind: 'map' | 'list' | 'text' | 'null';
  readonly size: number;
}

export interface Drawn {
  readonly text: string;
  readonly lines: readonly Line[];
  readonly places: readonly Place[];
  readonly hasAnchor: boolean;
}

type Gen = fc.GeneratorValue;

/** What stands after a key or dash: the rest of its line, the lines below, and whose the line is, if not the entry's. */
interface Value {
  readonly rest: string;
  readonly below: Line[];
  readonly owner?: Steps | undefined;
}

class Drawing {
  readonly places: Place[] = [];
  hasAnchor = false;
  #names = 0;
  readonly #gen: Gen;
  readonly #anchors: boolean;
  readonly #anchorNames: string[] = [];

  constructor(gen: Gen, anchors: boolean) {
    this.#gen = gen;
    this.#anchors = anchors;
  }

  upTo(max: number): number {
    return this.#gen(fc.integer, { min: 0, max });
  }

  pick<T>(...options: readonly T[]): T {
    return options[this.upTo(options.length - 1)]!;
  }

  sometimes(oneIn = 4): boolean {
    return this.upTo(oneIn - 1) === oneIn - 1;
  }

  name(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }

  comment(): string {
    return `# ${this.name('c')}${this.pick('', ': [x]', ' "')}`;
  }

  trailing(): string {
    return this.sometimes() ? `${this.pick(' ', '   ', '\t')}${this.comment()}` : this.pick('', '', '', '  ');
  }

  /** Comment and blank lines between entries. */
  between(column: number): Line[] {
    if (!this.sometimes()) return [];
    const comment = { text: ' '.repeat(column) + this.comment(), owner: undefined };
    return this.pick([comment], [{ text: '', owner: undefined }], [comment, { text: '', owner: undefined }]);
  }

  scalar(inFlow: boolean): string {
    const name = this.name('v');
    return this.pick(
      name,
      `'${name} it''s: # no'`,
      `"${name} \\u00e9\\n\\"x\\" \\\n"`.replace('\\\n', '\\\\'),
      inFlow ? `"${name}, ]}"` : `${name} a, b]`,
      `"${name}"`,
    );
  }

  flow(path: Steps, depth: number, column: number): string {
    const isMap = this.upTo(1) === 0;
    const size = this.upTo(3);
    this.places.push({ path, kind: isMap ? 'map' : 'list', size });
    const items = Array.from({ length: size }, (_, i) => {
      const key = this.name('k');
      const below = [...path, isMap ? key : i];
      const value = this.flowValue(below, depth, column);
      if (!isMap) return value || '~';
      if (value === '' && this.sometimes()) return key;
      return `${this.pick(key, key, `"${key}"`)}:${value === '' ? '' : ` ${value}`}`;
    });
    const [open, close] = isMap ? ['{', '}'] : ['[', ']'];
    if (size > 0 && this.sometimes()) {
      const pad = ' '.repeat(column + 3);
      const comma = this.pick(',', '');
      const lines = items.map(
        (item, i) =>
          `${pad}${item}${i < size - 1 ? ',' : comma}${this.sometimes() ? ` ${this.comment()}` : ''}`,
      );
      return `${open}\n${lines.join('\n')}\n${' '.repeat(column + 1)}${close}`;
    }
    const pad = this.pick(' ', '', '  ');
    return `${open}${pad}${items.join(this.pick(', ', ',  '))}${size > 0 && this.sometimes() ? ' ,' : ''}${pad}${close}`;
  }

  flowValue(path: Steps, depth: number, column: number): string {
    const kind = this.upTo(depth > 0 ? 5 : 3);
    if (kind >= 4) return this.flow(path, depth - 1, column);
    if (kind === 3) {
      this.places.push({ path, kind: 'null', size: 0 });
      return '';
    }
    this.places.push({ path, kind: 'text', size: 0 });
    return this.scalar(true);
  }

  /** What stands after a key or dash: the rest of its line, and the lines below. */
  value(path: Steps, depth: number, column: number, isItem: boolean): Value {
    const own = (text: string): Line => ({ text, owner: path });
    const oneLine = (text: string) => {
      const [first, ...others] = `${text}${this.trailing()}`.split('\n');
      return { rest: first!, below: others.map(own) };
    };
    const anchor = this.#anchors && this.sometimes(3);
    const drawn = this.upTo(depth > 0 ? 9 : 5);
    // Two empty items of a list cannot be told apart.
    const kind = isItem && drawn === 3 ? 0 : drawn;
    if (anchor && this.#anchorNames.length > 0 && this.sometimes(2)) {
      this.places.push({ path, kind: 'text', size: 0 });
      return oneLine(` *${this.pick(...this.#anchorNames)}`);
    }
    let props = '';
    if (anchor) {
      this.hasAnchor = true;
      props = ` &${this.name('a')}`;
    }
    const made = ((): Value => {
      switch (kind) {
        case 0:
        case 1:
          this.places.push({ path, kind: 'text', size: 0 });
          return oneLine(`${props} ${this.scalar(false)}`);
        case 2: {
          this.places.push({ path, kind: 'text', size: 0 });
          const pad = ' '.repeat(column + this.pick(1, 2, 5));
          const blank = this.sometimes() ? [own('')] : [];
          const header = this.pick('|', '>', '|-', '|+');
          const rest = `${props} ${header}${this.sometimes() ? ` ${this.comment()}` : ''}`;
          return {
            rest,
            below: [own(`${pad}${this.name('v')}: # text`), ...blank, own(`${pad}- ${this.name('v')}`)],
          };
        }
        case 3: {
          this.places.push({ path, kind: 'null', size: 0 });
          const rest = `${props}${this.pick('', '', ' ~', ' null')}${this.trailing()}`;
          const below =
            isItem || this.sometimes(2)
              ? []
              : [{ text: `${' '.repeat(column + this.pick(0, 1, 2))}${this.comment()}`, owner: path }];
          return { rest, below };
        }
        case 4:
        case 5:
          return oneLine(`${props} ${this.flow(path, depth > 0 ? 1 : 0, column)}`);
        case 6:
        case 7: {
          const deeper = column + this.pick(1, 2, 5, 8);
          if (isItem && props === '' && this.sometimes(2)) {
            const gap = this.pick(1, 3);
            const lines = this.map(path, depth - 1, column + 1 + gap, true);
            const [first, ...below] = lines;
            return { rest: ' '.repeat(gap) + first!.text.trimStart(), below, owner: first!.owner };
          }
          return { rest: props + this.trailing(), below: this.map(path, depth - 1, deeper, false) };
        }
        default: {
          const deeper = column + (isItem ? this.pick(1, 2, 5) : this.pick(0, 1, 2, 5, 8));
          return { rest: props + this.trailing(), below: this.list(path, depth - 1, deeper) };
        }
      }
    })();
    if (props) this.#anchorNames.push(props.trim().slice(1));
    return made;
  }

  map(path: Steps, depth: number, column: number, isCompact: boolean): Line[] {
    const size = this.upTo(2) + 1;
    this.places.push({ path, kind: 'map', size });
    const pad = ' '.repeat(column);
    return Array.from({ length: size }, (_, i): Line[] => {
      const key = this.name('k');
      const below = [...path, key];
      const isExplicit = this.sometimes(8) && !(isCompact && i === 0);
      const drawn = this.value(below, depth, column, false);
      const lead = isCompact && i === 0 ? [] : this.between(column);
      if (isExplicit)
        return [
          ...lead,
          { text: `${pad}? ${key}`, owner: below },
          { text: `${pad}:${drawn.rest}`, owner: below },
          ...drawn.below,
        ];
      return [
        ...lead,
        { text: `${pad}${this.pick(key, key, `'${key}'`)}:${drawn.rest}`, owner: below },
        ...drawn.below,
      ];
    }).flat();
  }

  list(path: Steps, depth: number, column: number): Line[] {
    const size = this.upTo(2) + 1;
    this.places.push({ path, kind: 'list', size });
    return Array.from({ length: size }, (_, i): Line[] => {
      const below = [...path, i];
      const drawn = this.value(below, depth, column, true);
      return [
        ...this.between(column),
        { text: `${' '.repeat(column)}-${drawn.rest}`, owner: drawn.owner ?? below },
        ...drawn.below,
      ];
    }).flat();
  }
}

function draw(gen: Gen, anchors: boolean): Drawn {
  const drawing = new Drawing(gen, anchors);
  const comment = (): Line => ({ text: drawing.comment(), owner: undefined });
  const head: Line[] = [
    ...(drawing.sometimes() ? [comment()] : []),
    ...(drawing.sometimes(8)
      ? [
          { text: '%YAML 1.2', owner: undefined },
          { text: '---', owner: undefined },
        ]
      : []),
  ];
  if (head.length === 0 && drawing.sometimes())
    head.push({ text: drawing.pick('---', '--- # mark'), owner: undefined });
  const body = ((): Line[] => {
    if (drawing.sometimes(8)) {
      drawing.places.push({ path: [], kind: 'map', size: 0 });
      return [comment()];
    }
    return drawing.map([], 3, drawing.pick(0, 0, 0, 2), false);
  })();
  const foot: Line[] = drawing.pick([], [], [comment()], [{ text: '...', owner: undefined }]);
  const lines = [...head, ...body, ...foot];
  const all = lines.map(({ text }) => text).join('\n') + drawing.pick('\n', '\n', '\n\n', '');
  const mark = all.startsWith(' ') ? '' : drawing.pick('', '', '', '\uFEFF');
  const text = mark + (drawing.sometimes() ? all.replaceAll('\n', '\r\n') : all);
  return { text, lines, places: drawing.places, hasAnchor: drawing.hasAnchor };
}

export type Edit =
  | { readonly op: 'put'; readonly path: Steps; readonly value: Plain }
  | { readonly op: 'add'; readonly path: Steps; readonly at: number; readonly value: Plain }
  | { readonly op: 'take'; readonly path: Steps }
  | { readonly op: 'move'; readonly path: Steps; readonly from: number; readonly to: number };

const newValues: readonly Plain[] = [
  'new',
  'new: "quoted", it\'s',
  7,
  true,
  ['new', 'n, m'],
  { name: 'new', role: 'x' },
];

function edit(gen: Gen, { places }: Drawn): Edit {
  const upTo = (max: number) => gen(fc.integer, { min: 0, max });
  const value = newValues[upTo(newValues.length - 1)]!;
  const { path, kind, size } = places[upTo(places.length - 1)]!;
  const kinds = {
    map: ['new key', 'take'],
    list: ['add', 'add', 'move', 'take'],
    text: ['put', 'take'],
    null: ['put', 'new key', 'add', 'take'],
  }[kind];
  // No command replaces an item of a list: it is taken out, and another one added.
  const isItem = typeof path.at(-1) === 'number' && (kind === 'text' || kind === 'null');
  const op = isItem ? 'take' : kinds[upTo(kinds.length - 1)]!;
  if (op === 'add') return { op, path, at: upTo(size), value };
  if (op === 'move' && size > 1) {
    const from = upTo(size - 1);
    return { op, path, from, to: (from + 1 + upTo(size - 2)) % size };
  }
  if (op === 'take' && path.length > 0) return { op, path };
  if (op === 'put' && path.length > 0) return { op, path, value };
  return kind === 'list'
    ? { op: 'add', path, at: size, value }
    : { op: 'put', path: [...path, 'newkey'], value };
}

/** A document with an edit of it. */
export const edited = (anchors: boolean): fc.Arbitrary<{ drawn: Drawn; change: Edit }> =>
  fc.gen().map(gen => {
    const drawn = draw(gen, anchors);
    return { drawn, change: edit(gen, drawn) };
  });
