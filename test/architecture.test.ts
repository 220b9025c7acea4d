/** The rooms of src/ and what each may touch, read from the imports: ARCHITECTURE.md draws it, this holds it. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseAst } from 'vitest/node';
import { steps } from '../src/engine/steps/index.ts';
import { triggers } from '../src/engine/triggers/index.ts';
import { recordKinds } from '../src/kinds/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Which rooms each room may import from, beside itself. `.` is src/ itself: the entry. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  kinds: ['domain'],
  state: ['domain', 'kinds'],
  query: ['domain', 'kinds', 'state'],
  engine: ['domain', 'kinds', 'state', 'query'],
  store: ['domain', 'kinds', 'state'],
  channels: ['domain', 'kinds'],
  ui: ['domain', 'kinds'],
  app: ['domain', 'kinds', 'state', 'query', 'engine', 'store', 'channels'],
  // What is drawn is data that the app has read: a screen opens no store and decides nothing.
  screens: ['domain', 'kinds', 'state', 'query', 'channels', 'ui', 'app'],
  // A page is text from what a report answered: it knows no terminal, and takes of ui what makes texts safe and readable.
  pages: ['domain', 'app', 'ui'],
  // Nothing but the command that starts it knows the server.
  serve: ['domain', 'kinds', 'state', 'channels', 'app'],
  // The tools of an assistant are handed somebody who runs command lines.
  mcp: ['domain', 'kinds', 'ui'],
  commands: [
    'domain',
    'kinds',
    'state',
    'query',
    'engine',
    'store',
    'channels',
    'ui',
    'app',
    'screens',
    'pages',
    'serve',
    'mcp',
  ],
  '.': ['commands', 'ui'],
};

/**
 * The rooms inside large rooms, lowest first: each imports those above it in its list alone, so that no two need each other.
 * In src/app/, core is all that every use case stands on, and knows none of them.
 */
const roomsInside: Readonly<Record<string, readonly string[]>> = {
  app: [
    'core',
    'reading',
    'records',
    'settings',
    'history',
    'reports',
    'automation',
    'outbox',
    'inbound',
    'hooks',
    'trust',
    'import',
    'care',
    'ready-workspaces',
    'sharing',
  ],
  // The last one is src/store/ itself.
  store: [
    'disk',
    'caches',
    'lines',
    'journal',
    'site',
    'machine',
    'snapshot',
    'columns',
    'past',
    'checkpoint',
    'verify',
    'yaml',
    'settings',
    'remotes',
    '.',
  ],
};

/** Packages that only one room knows, and what it needs them for. A room may use Node's own modules where listed. */
const packages: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  kinds: ['libphonenumber-js/min'],
  state: [],
  query: [],
  engine: ['croner', 'liquidjs'],
  store: [
    '@noble/hashes/sha2.js',
    'aws4fetch',
    'execa',
    'lowdb',
    'node:buffer',
    'node:crypto',
    'node:fs',
    'node:path',
    'node:url',
    'pg',
    'yaml',
    'zod/mini',
    'zod/v4/locales/en.js',
  ],
  channels: [
    'execa',
    'ical.js',
    'imapflow',
    'marked',
    'node:buffer',
    'node:crypto',
    'node:dns',
    'node:http',
    'node:https',
    'node:net',
    'node:stream',
    'node:url',
    'node:util',
    'nodemailer',
    'nodemailer/lib/smtp-connection',
    'papaparse',
    'postal-mime',
  ],
  ui: [
    'node:fs',
    'node:readline',
    'node:stream',
    '@inquirer/prompts',
    'chalk',
    'cli-table3',
    'string-width',
    'yaml',
  ],
  app: ['node:path', 'yaml', 'zod/mini'],
  screens: [],
  pages: ['d3-scale', 'd3-shape'],
  serve: ['node:crypto', 'node:http', 'node:net'],
  mcp: ['@modelcontextprotocol/server', '@modelcontextprotocol/server/stdio', 'node:stream', 'zod'],
  commands: ['node:fs', 'node:fs/promises', 'node:path', 'node:stream', 'commander'],
  '.': ['node:child_process', 'node:crypto', 'node:fs', 'node:os', 'node:tty'],
};

/** What reaches out of the program, and the files that may use it: all others are handed it. */
const reachesOut: readonly { readonly what: RegExp; readonly only: readonly string[] }[] = [
  { what: /\bprocess\.(env|stdin|stdout|stderr|argv|exit|exitCode|cwd|on)\b/, only: ['src/main.ts'] },
  // A lock asks whether its holder lives; a command ends with the group of processes that it began; Ctrl-Z stops the whole group.
  {
    what: /\bprocess\.kill\b/,
    only: ['src/main.ts', 'src/store/disk/owner.ts', 'src/channels/processes.ts'],
  },
  { what: /\bDate\.now\b|\bnew Date\(\)|\bperformance\./, only: ['src/main.ts'] },
  { what: /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/, only: ['src/main.ts'] },
  { what: /\bhostname\(|\buserInfo\(/, only: ['src/main.ts'] },
  // What may steer a terminal: all else is escaped where it is written.
  { what: /\.draw\(/, only: ['src/ui/full-screen/full-screen.ts', 'src/ui/progress.ts', 'src/ui/prompt.ts'] },
  { what: /\bconsole\./, only: [] },
  // A file of a workspace is opened for reading by openRegular alone: no link, device or FIFO, no more than it may have.
  {
    what: /\b(io|#io|fs)\.(openSync|readFileSync|createReadStream)\b/,
    only: [
      'src/store/disk/io.ts',
      'src/store/disk/durable.ts', // makes temporary files that nobody has, and opens directories to sync them
    ],
  },
  // What sorts, folds and prints is the same bytes everywhere.
  { what: /\blocaleCompare\b|\btoLocale\w+/, only: [] },
  {
    what: /\bIntl\./,
    only: [
      'src/domain/zone.ts',
      'src/ui/width.ts', // grapheme clusters, for the width of a cell on a terminal
      'src/commands/init.ts', // the system's time zone
    ],
  },
];

interface Import {
  readonly from: string;
  /** The names taken; undefined for all of them. */
  readonly names: readonly string[] | undefined;
}

interface Source {
  /** From the root of the project: `src/app/core/commit.ts`. */
  readonly path: string;
  /** Without comments. */
  readonly code: string;
  readonly imports: readonly Import[];
}

const named = (list: string): string[] =>
  list
    .split(',')
    .map(item => item.trim().replace(/^type /, ''))
    .filter(item => item !== '')
    .map(item => item.split(/ as |:/)[0]!.trim());

/** The imports of a formatted file: static, re-exports, and `await import()` with what is taken from it. */
function importsOf(code: string): Import[] {
  const found: Import[] = [];
  for (const [, list, from] of code.matchAll(/^(?:import|export) (?:type )?\{([^}]*)\} from '([^']+)'/gm))
    found.push({ from: from!, names: named(list!) });
  for (const [, from] of code.matchAll(/^(?:import|export) (?:type )?[\w*][^'{};]* from '([^']+)'/gm))
    found.push({ from: from!, names: undefined });
  for (const [, from] of code.matchAll(/^import '([^']+)'/gm)) found.push({ from: from!, names: [] });
  for (const match of code.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)) {
    const before = /\{([^{}]*)\} = await $/.exec(code.slice(0, match.index))?.[1];
    const after = /^\)\.(\w+)/.exec(code.slice(match.index + match[0].length))?.[1];
    found.push({
      from: match[1]!,
      names: before !== undefined ? named(before) : after !== undefined ? [after] : undefined,
    });
  }
  return found;
}

/** Comments go; what is in a text stays, and is told apart by the patterns. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');

function sourcesIn(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => {
      const path = join(folder, name);
      const code = withoutComments(readFileSync(join(root, path), 'utf8'));
      return { path, code, imports: importsOf(code) };
    });
}

const sources = sourcesIn('src');
const tests = sourcesIn('test');

const isRelative = (from: string) => from.startsWith('.');
const resolved = (source: Source, from: string) => join(dirname(source.path), from);
const roomOf = (path: string) => {
  const [room, ...rest] = relative('src', path).split('/');
  return rest.length === 0 ? '.' : room!;
};

describe('the rooms of src/', () => {
  test('are all known', () => {
    expect([...new Set(sources.map(s => roomOf(s.path)))].sort()).toEqual(Object.keys(arrows).sort());
  });

  test.each(Object.keys(arrows))('%s imports only from the rooms below it', room => {
    const wrong = sources
      .filter(s => roomOf(s.path) === room)
      .flatMap(s =>
        s.imports
          .filter(({ from }) => isRelative(from))
          .map(({ from }) => resolved(s, from))
          .filter(to => roomOf(to) !== room && !arrows[room]!.includes(roomOf(to)))
          .map(to => `${s.path} -> ${to}`),
      );
    expect(wrong).toEqual([]);
  });

  test.each(Object.keys(arrows))('%s knows only its packages', room => {
    const used = new Set(
      sources
        .filter(s => roomOf(s.path) === room)
        .flatMap(s => s.imports.map(i => i.from).filter(from => !isRelative(from))),
    );
    expect([...used].sort()).toEqual([...packages[room]!].sort());
  });

  test('every import is of a file that exists', () => {
    const all = new Set([...sources, ...tests].map(s => s.path));
    const missing = [...sources, ...tests].flatMap(s =>
      s.imports
        .filter(({ from }) => from.endsWith('.ts') && isRelative(from) && !all.has(resolved(s, from)))
        .map(({ from }) => `${s.path} -> ${from}`),
    );
    expect(missing).toEqual([]);
  });
});

test('pages take words and safe texts of ui, and nothing of terminals', () => {
  const taken = sources
    .filter(({ path }) => path.startsWith('src/pages/'))
    .flatMap(source => source.imports.map(({ from }) => resolved(source, from)))
    .filter(path => path.startsWith('src/ui/'));
  expect([...new Set(taken)].sort()).toEqual(['src/ui/escape.ts', 'src/ui/words.ts']);
});

describe.each(Object.entries(roomsInside))('the rooms of src/%s/', (room, inside) => {
  const insideOf = (path: string) => /^src\/\w+\/([^/]+)\//.exec(path)?.[1] ?? '.';
  const here = sources.filter(({ path }) => roomOf(path) === room);

  test('are all known', () => {
    const met = new Set(here.map(({ path }) => insideOf(path)));
    expect([...met].sort()).toEqual([...inside].sort());
  });

  test.each(inside)('%s imports only from the rooms below it', each => {
    const below = inside.slice(0, inside.indexOf(each) + 1);
    const wrong = here
      .filter(({ path }) => insideOf(path) === each)
      .flatMap(source =>
        source.imports
          .filter(({ from }) => isRelative(from))
          .map(({ from }) => resolved(source, from))
          .filter(to => roomOf(to) === room && !below.includes(insideOf(to)))
          .map(to => `${source.path} -> ${to}`),
      );
    expect(wrong).toEqual([]);
  });
});

test('the store is handed values, and work of the app to do only where `past` says why', () => {
  const { code } = sources.find(({ path }) => path === 'src/store/store.ts')!;
  const methods = [...code.matchAll(/^ {2}(?:async )?(\w+)(?:<[^>]*>)?\(([\s\S]*?)\)(?:: [^{]+)? \{$/gm)];
  expect(methods.map(([, name]) => name)).toContain('append');
  expect(methods.filter(([, , parameters]) => parameters!.includes('=>')).map(([, name]) => name)).toEqual([
    'past',
  ]);
});

test('no files import each other in a circle, types included', () => {
  const targets = new Map(
    sources.map(source => [
      source.path,
      source.imports.filter(({ from }) => isRelative(from)).map(({ from }) => resolved(source, from)),
    ]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' -> '));
    if (done.has(path) || way.includes(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...way, path]);
    done.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  expect(circles).toEqual([]);
});

test.each(reachesOut)('only $only uses $what', ({ what, only }) => {
  const found = sources.filter(s => what.test(s.code)).map(s => s.path);
  expect(found.filter(path => !only.includes(path))).toEqual([]);
  // An exception that is no longer needed goes.
  expect(only.filter(path => !found.includes(path))).toEqual([]);
});

test('no file is imported for its side effects, and no export changes: build.mjs makes functions of them', () => {
  const effects = sources.filter(({ code }) => /^import '/m.test(code)).map(({ path }) => path);
  const changing = sources.filter(({ code }) => /^export (?:let|var)\b/m.test(code)).map(({ path }) => path);
  expect({ effects, changing }).toEqual({ effects: [], changing: [] });
});

/** Names of steps and triggers that are words of something else too: commands, channels, kinds of records, parts of a line. */
const commonWords: Readonly<
  Record<'steps' | 'triggers', { engine: readonly string[]; all: readonly string[] }>
> = {
  steps: {
    engine: [],
    all: ['assign', 'end', 'label', 'log', 'notify', 'run', 'start', 'update', 'wait', 'webhook'],
  },
  triggers: { engine: ['date', 'event'], all: ['created', 'date', 'event'] },
};

test.each([
  ['steps', steps],
  ['triggers', triggers],
] as const)(
  'names of %s stand only in their folder: what is special about one is in its definition',
  (what, registry) => {
    const home = `src/engine/${what}/`;
    const named = sources
      .filter(({ path }) => !path.startsWith(home))
      .flatMap(({ path, code }) => {
        const words = commonWords[what][path.startsWith('src/engine/') ? 'engine' : 'all'];
        return [...code.matchAll(/(['"`])([a-z][a-z-]*)\1/g)]
          .map(([, , text]) => text!)
          .filter(text => registry.has(text) && !words.includes(text))
          .map(text => `${path}: ${text}`);
      });
    expect(named).toEqual([]);
  },
);

describe('sizes', () => {
  /** Most lines of a file, and of a function. */
  const [FILE, FUNCTION] = [400, 60];
  /** Larger until they are taken apart; no other file may be. */
  const largeFiles: readonly string[] = [];
  /** Files with functions that are longer, and do not give a reason, until they are taken apart. */
  const longFunctions: readonly string[] = [];

  const texts = sources.map(({ path }) => ({
    path,
    lines: readFileSync(join(root, path), 'utf8').split('\n'),
  }));

  test(`no file has more than ${FILE} lines`, () => {
    const large = texts.filter(({ lines }) => lines.length - 1 > FILE).map(({ path }) => path);
    expect(large.sort()).toEqual(largeFiles);
  });

  /** The comment that ends directly above a line, from 0. */
  function commentAbove(lines: readonly string[], at: number): string {
    let first = at;
    while (first > 0 && /^\s*(\/\/|\/?\*)/.test(lines[first - 1]!)) first--;
    return lines.slice(first, at).join('\n');
  }

  interface Code {
    readonly type: string;
    readonly start: number;
    readonly end: number;
    readonly body?: unknown;
  }

  /** The functions in what `mayBeLong` admits: nothing longer is in what is short, and most code is. */
  function functionsIn(code: unknown, mayBeLong: (code: Code) => boolean, found: Code[] = []): Code[] {
    if (typeof code !== 'object' || code === null) return found;
    const { type, body, start } = code as Code;
    if (typeof start === 'number' && !mayBeLong(code as Code)) return found;
    if (/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(type) && body)
      found.push(code as Code);
    for (const part of Object.values(code)) functionsIn(part, mayBeLong, found);
    return found;
  }

  test(`no function has more than ${FUNCTION} lines, unless the comment above it says "Long because"`, () => {
    const long = texts.flatMap(({ path, lines }) => {
      const text = lines.join('\n');
      const linesOf = ({ start, end }: Code) => text.slice(start, end).split('\n').length;
      return functionsIn(parseAst(text, { lang: 'ts' }), code => linesOf(code) > FUNCTION)
        .map(code => ({ first: text.slice(0, code.start).split('\n').length - 1, size: linesOf(code) }))
        .filter(({ first }) => !/\bLong because \w/.test(commentAbove(lines, first)))
        .map(({ first, size }) => `${path}:${first + 1}: ${size} lines`);
    });
    const known = (place: string) => longFunctions.some(path => place.startsWith(`${path}:`));
    expect(long.filter(place => !known(place))).toEqual([]);
    // What was taken apart stands here no more.
    expect(longFunctions.filter(path => !long.some(place => place.startsWith(`${path}:`)))).toEqual([]);
  });
});

describe('exports', () => {
  const declared = (code: string, what: string): string[] =>
    [...code.matchAll(new RegExp(`^export (?:async |abstract )?(?:${what}) (\\w+)`, 'gm'))].map(m => m[1]!);
  const listed = (code: string): string[] =>
    [...code.matchAll(/^export (?:type )?\{([^}]*)\};/gm)].flatMap(m => named(m[1]!));

  /** What other files take of each file: its names, or all of it. */
  function taken(): { names: Map<string, Set<string>>; whole: Set<string> } {
    const names = new Map<string, Set<string>>();
    const whole = new Set<string>();
    for (const source of [...sources, ...tests])
      for (const { from, names: some } of source.imports) {
        if (!isRelative(from)) continue;
        const to = resolved(source, from);
        if (some === undefined) whole.add(to);
        names.set(to, new Set([...(names.get(to) ?? []), ...(some ?? [])]));
      }
    return { names, whole };
  }

  test('are all imported by another file, or are the types that such exports speak of', () => {
    const { names, whole } = taken();
    const dead = sources
      .filter(s => !whole.has(s.path))
      .flatMap(({ path, code }) => {
        const spokenOf = (type: string) => (code.match(new RegExp(`\\b${type}\\b`, 'g')) ?? []).length > 1;
        return [
          ...declared(code, 'function\\*?|const|let|class'),
          ...listed(code),
          ...declared(code, 'interface|type').filter(type => !spokenOf(type)),
        ]
          .filter(name => !names.get(path)?.has(name))
          .map(name => `${path}: ${name}`);
      });
    expect(dead).toEqual([]);
  });
});

describe('kinds of record', () => {
  /** The most tests for a kind's name outside of src/kinds: those left are mostly the guesses of an import. */
  const MOST_TESTS = 25;
  /** An enrolment is what the engine keeps of its own work, and its rooms and those that replay it speak of nothing else. */
  const names = recordKinds.names.filter(name => name !== 'enrolment');

  test('are asked for what they are, not for their names', () => {
    const name = `'(?:${names.join('|')})'`;
    const letter = `'[${recordKinds.all.map(each => each.letter).join('')}]'`;
    const tests = new RegExp(
      [
        `[!=]==? *${name}`,
        `${name} *[!=]==?`,
        `case ${name}:`,
        `\\[[^\\][]*${name}[^\\][]*\\](?: as const)?\\.(?:includes|some|find|indexOf)\\b`,
        `startsWith\\(${letter}\\)`,
      ].join('|'),
      'g',
    );
    const found = sources
      .filter(({ path }) => !path.startsWith('src/kinds/'))
      .flatMap(({ path, code }) => [...code.matchAll(tests)].map(([text]) => `${path}: ${text}`));
    expect(found.length, found.join('\n')).toBeLessThanOrEqual(MOST_TESTS);
  });
});

describe('ARCHITECTURE.md', () => {
  const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');

  test('names files that exist', () => {
    const files = [
      ...page.matchAll(
        /`((?:app|commands|screens|pages|domain|kinds|state|engine|query|store|channels|ui)\/[\w/-]+\.ts)`/g,
      ),
    ];
    expect(files.length).toBeGreaterThan(20);
    const known = new Set(sources.map(s => s.path));
    expect(files.map(([, file]) => `src/${file}`).filter(path => !known.has(path))).toEqual([]);
  });

  test('names functions and types that exist', () => {
    const names = [...page.matchAll(/`([A-Z][A-Za-z]*\.)?([a-z]+[A-Z]\w*|[A-Z][a-z]\w*)(?:\([\w, ]*\))?`/g)];
    expect(names.length).toBeGreaterThan(20);
    const words = new Set(sources.flatMap(s => s.code.match(/\w+/g) ?? []));
    expect(names.map(match => match[2]!).filter(name => !words.has(name))).toEqual([]);
  });
});
