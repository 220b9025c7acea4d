// Bundles src/ into dist/, so that a command loads little more than it needs. esbuild splits the program into chunks:
// what the same commands need is one chunk. Here each chunk becomes a function, which runs when it is first asked for,
// and all of them lie in a few files (`files`); each heavy library is a file of its own. bin/crm.js loads them.
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { init, parse } from 'es-module-lexer';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

/**
 * The files of the program, by how the modules begin that bring a chunk there, with all that it needs: a chunk is in
 * the first file that wants it. The last one has the rest.
 */
const files = {
  /** What people call all day, which is read at every start. */
  crm: [
    'src/bin',
    'src/commands/program',
    'src/commands/split-options',
    'src/commands/record/add',
    'src/commands/record/list',
    'src/commands/record/set',
    'src/commands/record/show',
    'src/commands/deal/',
    'src/commands/task/',
  ],
  /** What people look at: the point commands above do without it. */
  look: [
    'src/commands/board.ts',
    'src/commands/status',
    'src/app/reading/status',
    'src/app/reading/prompt-line',
    'src/app/reading/quotas',
    'src/commands/tasks',
    'src/screens/board',
    'src/screens/card',
    'src/screens/status',
    'src/screens/surroundings',
    'src/screens/tasks',
  ],
  /** What cron calls every minute. */
  run: ['src/commands/run.ts'],
  /** Figures: the rest is five times as large, and to read what is not needed costs more than it takes to compile. */
  report: [
    'src/commands/report',
    'src/app/reports/',
    'src/app/history/view-at',
    'src/screens/report',
    'src/store/changes-since',
    'src/store/journal-lines',
    'src/store/kept-history',
    'src/pages/',
  ],
  /** The board with keys, which few commands of a day are. */
  keys: ['src/commands/board-keys', 'src/screens/keys/', 'src/ui/full-screen/'],
  more: [''],
};

/** Libraries that most commands do not need. */
const heavy = [
  '@inquirer/prompts',
  'chalk',
  'cli-table3',
  'croner',
  'd3-scale',
  'd3-shape',
  'execa',
  'imapflow',
  'libphonenumber-js/min',
  'liquidjs',
  'lowdb',
  'marked',
  'nodemailer',
  'nodemailer/lib/smtp-connection',
  'papaparse',
  'postal-mime',
  'string-width',
  'yaml',
  'zod',
];
const fileOf = name => `${name.replace('@', '').replaceAll('/', '-')}.cjs`;

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minifyWhitespace: true,
  minifySyntax: true,
  // V8 takes up every name when it starts. `npm run build -- --names` keeps them, for reading a stack trace.
  minifyIdentifiers: !process.argv.includes('--names'),
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

/**
 * To code that was an ES module, the default of a CommonJS file is all that it exports. string-width exports a default
 * and nothing else, so that is what its file must be.
 */
const footerOf = name => (name === 'string-width' ? { js: 'module.exports = module.exports.default;' } : {});

/** Points imports of heavy libraries to their own files, as seen from bin/. */
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    const filter = new RegExp(`^(${heavy.join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path: `../dist/vendor/${fileOf(path)}`, external: true }));
  },
};

/** cli-table3 measures texts as all other tables do, by our own width; string-width, which that needs, is the file beside it. */
const ownWidth = {
  name: 'own-width',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^string-width$/ }, ({ importer }) =>
      /node_modules.cli-table3/.test(importer)
        ? { path: 'own-width', namespace: 'own-width' }
        : { path: `./${fileOf('string-width')}`, external: true },
    );
    onLoad({ filter: /.*/, namespace: 'own-width' }, () => ({
      contents: "module.exports = require('./src/ui/width.ts').displayWidth;",
      resolveDir: process.cwd(),
    }));
  },
};

/** commander loads child_process for a feature that is not used here; it costs as much as commander itself. */
const withoutChildProcess = {
  name: 'without-child-process',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /node_modules.commander/.test(importer) ? { path: 'child_process', namespace: 'unused' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {}' }));
  },
};

/**
 * What is imported by name, but loaded only when it is called: node:crypto takes a sixth of the time in which Node
 * starts, and string-width, which few texts need, as much again; few commands meet a phone number.
 */
const whenCalled = {
  name: 'when-called',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:crypto|string-width|libphonenumber-js\/min)$/ }, ({ path, namespace }) =>
      namespace === 'when-called'
        ? { path: path === 'node:crypto' ? path : `../dist/vendor/${fileOf(path)}`, external: true }
        : { path, namespace: 'when-called' },
    );
    onLoad({ filter: /^node:crypto$/, namespace: 'when-called' }, () => {
      const names = ['createHash', 'createHmac', 'createVerify', 'randomBytes', 'timingSafeEqual'];
      const calls = names.map(
        name => `export const ${name} = (...args) => require('node:crypto').${name}(...args);`,
      );
      return { contents: calls.join('\n') };
    });
    onLoad({ filter: /^libphonenumber/, namespace: 'when-called' }, ({ path }) => {
      const names = ['isSupportedCountry', 'parsePhoneNumberFromString'];
      const calls = names.map(
        name => `export const ${name} = (...args) => require(${JSON.stringify(path)}).${name}(...args);`,
      );
      return { contents: calls.join('\n') };
    });
    onLoad({ filter: /^string-width$/, namespace: 'when-called' }, () => ({
      contents: `export default (...args) => require('string-width')(...args);`,
    }));
  },
};

/**
 * A chunk, which is an ES module, as a function of three: `$need(name)` gives what another chunk exports, `$load(name)`
 * promises it, `require` is Node's. Nothing that is exported may change afterwards: who imports it has it as it was.
 */
function functionOf(source) {
  const [imports, exports] = parse(source);
  const edits = [];
  const before = [];
  for (const { n: name, d: at, ss: start, se: end } of imports) {
    const isOurs = name.startsWith('./');
    const other = isOurs ? nameOf(basename(name)) : JSON.stringify(name);
    if (at >= 0) edits.push([start, end, isOurs ? `$load(${other})` : promised(other)]);
    else {
      const [, clause] = /^import\s*(.*?)\s*(?:from\s*)?"/.exec(source.slice(start, end));
      // What is imported for no name is there for what it does, and ours do nothing but declare.
      if (clause !== '') before.push(declared(clause, isOurs ? `$need(${other})` : `require(${other})`));
      edits.push([start, end, '']);
    }
  }
  const statement = source.lastIndexOf('export{');
  if (exports.length > 0) {
    const end = source.indexOf('}', statement) + 1;
    const properties = exports.map(({ n: name, ln: local }) => (name === local ? name : `${name}:${local}`));
    edits.push([statement, end, `return{${properties.join()}}`]);
  }
  let text = source;
  for (const [start, end, instead] of edits.sort(([a], [b]) => b - a))
    text = text.slice(0, start) + instead + text.slice(end);
  return `function($need,$load,require){"use strict";${before.join('')}${text}}`;
}

/** A library as `import()` gives it: with all of it as the default, unless it has one. Modules of Node are as they are. */
const promised = quoted =>
  quoted.includes('/vendor/')
    ? `Promise.resolve(require(${quoted})).then(all=>({default:all,...all}))`
    : `Promise.resolve(require(${quoted}))`;

/** How a chunk is asked for, quoted: the file that has it, and its name. */
function nameOf(chunk) {
  return JSON.stringify(`${fileOfChunk.get(chunk)}/${chunk.replace(/\.js$/, '')}`);
}

/** `import CLAUSE from ...` as a declaration. */
function declared(clause, from) {
  if (clause.startsWith('*')) return `const ${clause.replace(/^\*\s*as\s+/, '')}=${from};`;
  if (clause.startsWith('{')) return `const ${clause.replace(/\s+as\s+/g, ':')}=${from};`;
  const [own, rest] = clause.split(/,(.*)/s);
  return `const ${own}=${from};${rest ? declared(rest.trim(), own) : ''}`;
}

rmSync('dist', { recursive: true, force: true });
await init;
const [program, ...vendors] = await Promise.all([
  build({
    ...common,
    entryPoints: ['src/bin.ts'],
    outdir: 'dist',
    format: 'esm',
    splitting: true,
    write: false,
    chunkNames: '[name]-[hash]',
    define: { 'process.env.CRM_VERSION': JSON.stringify(version) },
    loader: { '.yaml': 'text', '.md': 'text' },
    plugins: [whenCalled, apart, withoutChildProcess],
  }),
  ...heavy.map(name =>
    build({
      ...common,
      entryPoints: [name],
      ...(name === 'cli-table3' && { plugins: [ownWidth] }),
      outfile: `dist/vendor/${fileOf(name)}`,
      format: 'cjs',
      footer: footerOf(name),
    }),
  ),
]);

/** The file of each chunk. */
const fileOfChunk = new Map();
const outputs = new Map(
  Object.entries(program.metafile.outputs).map(([path, output]) => [basename(path), output]),
);
function take(chunk, file) {
  if (fileOfChunk.has(chunk) || !outputs.has(chunk)) return;
  fileOfChunk.set(chunk, file);
  for (const { path, kind } of outputs.get(chunk).imports)
    if (kind === 'import-statement') take(basename(path), file);
}
for (const [file, starts] of Object.entries(files))
  for (const [chunk, { entryPoint }] of outputs)
    if (starts.some(start => entryPoint?.startsWith(start))) take(chunk, file);

// bin/crm.js reads programs as bytes, compiles them as they are, and tells builds apart by what they begin with.
for (const file of Object.keys(files)) {
  const functions = program.outputFiles
    .map(({ path, text }) => ({ chunk: basename(path), text }))
    .filter(({ chunk }) => fileOfChunk.get(chunk) === file)
    .map(({ chunk, text }) => `${nameOf(chunk)}:${functionOf(text)}`);
  const text = `({${functions.join(',\n')}})`.replace(
    /[^\0-\x7f]/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  writeFileSync(`dist/${file}.cjs`, `//${hash}\n${text}`);
}

// The licences of what is bundled travel with it.
const packages = new Set();
for (const { metafile } of [program, ...vendors])
  for (const input of Object.keys(metafile.inputs)) {
    const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) packages.add(match[1]);
  }
const read = path => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};
const notices = [...packages].sort().map(name => {
  const manifest = JSON.parse(read(`node_modules/${name}/package.json`));
  const files = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'License.txt'];
  const text = files.map(file => read(`node_modules/${name}/${file}`)).find(found => found !== '') ?? '';
  return `${name} ${manifest.version} (${manifest.license})\n\n${text.trim()}\n`;
});
writeFileSync('dist/THIRD-PARTY-LICENSES.txt', notices.join(`\n${'-'.repeat(72)}\n\n`));
