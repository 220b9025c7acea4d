// Bundles src/ into dist/, so that a command loads little more than it needs. esbuild splits the program into chunks:
// what the same commands need is one chunk. Here each chunk becomes a function, which runs when it is first asked for,
// and all of them lie in a few files (`files`); each heavy library is a file of its own. bin/loader/ runs them.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { writeFunctions, writeHash, writePlain } from './bin/loader/build/as-functions.mjs';

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
    'src/commands/line/plain-options',
    'src/commands/line/split-options',
    'src/commands/record/add',
    'src/commands/record/list',
    'src/commands/record/set',
    'src/commands/record/show',
    'src/commands/deal/',
    'src/commands/task/',
    'src/commands/log.ts',
    // Every command on a terminal has colors.
    'src/ui/paint',
  ],
  /** What people look at: the point commands above do without it. */
  look: [
    'src/commands/board.ts',
    'src/commands/status',
    'src/app/reading/status',
    'src/app/reading/prompt-line',
    'src/app/reading/quotas',
    'src/commands/tasks',
    'src/app/history/timeline',
    'src/app/reading/list-totals',
    'src/screens/board',
    'src/screens/card',
    'src/screens/status',
    'src/screens/tasks',
    'src/ui/table',
  ],
  /** What cron calls every minute. */
  run: ['src/commands/run.ts'],
  /** What was done, and what takes it back. */
  past: ['src/commands/history', 'src/commands/undo', 'src/app/history/undo', 'src/screens/history'],
  /** What finds a record, or what is next: few of a day's commands, each of which needs this and what people look at. */
  find: [
    'src/commands/search',
    'src/commands/show',
    'src/commands/next',
    'src/commands/brief',
    'src/app/reading/search',
    'src/app/reading/next',
    'src/app/history/brief',
    'src/screens/brief',
  ],
  /** Figures: the rest is five times as large, and to read what is not needed costs more than it takes to compile. */
  report: [
    'src/commands/report',
    'src/app/reports/',
    'src/app/history/view-at',
    'src/screens/report',
    'src/store/past/changes-since',
    'src/store/journal/journal-lines',
    'src/store/past/kept-history',
    'src/pages/',
  ],
  /** The board with keys, which few commands of a day are. */
  keys: ['src/commands/board-keys', 'src/screens/keys/', 'src/ui/full-screen/'],
  /** What may come next on a command line: a Tab waits for it. */
  complete: ['completion', 'candidates', 'values', 'queries'].map(name => `src/commands/completion/${name}`),
  more: [''],
};

/** Libraries that most commands do not need. */
const heavy = [
  '@inquirer/prompts',
  '@modelcontextprotocol/server',
  '@modelcontextprotocol/server/stdio',
  'aws4fetch',
  'chalk',
  'cli-table3',
  'croner',
  'd3-scale',
  'd3-shape',
  'execa',
  'ical.js',
  'imapflow',
  'libphonenumber-js/min',
  'liquidjs',
  'lowdb',
  'marked',
  'nodemailer',
  'nodemailer/lib/smtp-connection',
  'papaparse',
  'pg',
  'postal-mime',
  'string-width',
  'yaml',
  'zod',
];
/** Entries of one package that share most of their code, and so a file. */
const together = { '@modelcontextprotocol/server/stdio': '@modelcontextprotocol/server' };
const fileOf = name => `${(together[name] ?? name).replace('@', '').replaceAll('/', '-')}.cjs`;

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
 * To code that was an ES module, the default of a CommonJS file is all that it exports. These export a default and
 * nothing else, so that is what their files must be.
 */
const footerOf = name =>
  ['ical.js', 'string-width'].includes(name) ? { js: 'module.exports = module.exports.default;' } : {};

/** Points imports of heavy libraries to their own files, as seen from bin/. */
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    const filter = new RegExp(`^(${heavy.join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path: `./vendor/${fileOf(path)}`, external: true }));
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

/** zod comes with its messages in 60 languages, more than half of its size; crm words its messages itself. */
const onlyEnglish = {
  name: 'only-english',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/**
 * The server of the Model Context Protocol checks messages with the zod that is a file already, and comes with two
 * checkers of JSON Schema, of which the one for small machines is a tenth as large.
 */
const sharedZod = {
  name: 'shared-zod',
  setup({ onResolve }) {
    onResolve({ filter: /^zod(\/v4)?$/ }, () => ({ path: `./${fileOf('zod')}`, external: true }));
  },
};

/** liquidjs imports crypto and stream for filters and calls that few texts have; these two take longer to load than liquidjs. */
const builtInsWhenUsed = {
  name: 'built-ins-when-used',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(crypto|stream)$/ }, ({ path }) => ({ path, namespace: 'when-used' }));
    onLoad({ filter: /.*/, namespace: 'when-used' }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, name) => require('node:${path}')[name] });`,
    }));
  },
};

/** The source of a library's file: its exports, and those of the entries that go with it. */
const sourceOf = name => {
  const entries = Object.keys(together).filter(entry => together[entry] === name);
  if (entries.length === 0) return { entryPoints: [name] };
  const contents = [name, ...entries].map(entry => `export * from '${entry}';`).join('\n');
  return { stdin: { contents, resolveDir: process.cwd() }, conditions: ['workerd'], plugins: [sharedZod] };
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
        ? { path: path === 'node:crypto' ? path : `./vendor/${fileOf(path)}`, external: true }
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

rmSync('dist', { recursive: true, force: true });
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
  ...heavy
    .filter(name => !(name in together))
    .map(name =>
      build({
        ...common,
        ...sourceOf(name),
        external: ['pg-native', 'pg-cloudflare'],
        ...(name === 'cli-table3' && { plugins: [ownWidth] }),
        ...(name === 'liquidjs' && { plugins: [builtInsWhenUsed] }),
        ...(name === 'zod' && { plugins: [onlyEnglish] }),
        // It makes a Response to find out whether it runs at Cloudflare, for which Node loads its whole fetch.
        ...(name === 'pg' && { define: { Response: 'undefined' } }),
        outfile: `dist/vendor/${fileOf(name)}`,
        format: 'cjs',
        footer: footerOf(name),
      }),
    ),
]);

await writeFunctions(program, files, common);
for (const name of ['liquidjs', 'papaparse', 'yaml', 'zod']) writeHash(`dist/vendor/${fileOf(name)}`);
// One file for Node to find and compile before anything else runs.
await build({ ...common, entryPoints: ['bin/loader/load.js'], outfile: 'dist/load.cjs', format: 'cjs' });
// Chunks that run without our loader: for measuring it, and for a debugger.
if (process.argv.includes('--plain')) await writePlain(program, common);

// The licences of what is bundled travel with it. A package may have another version of a library below itself.
const packages = new Set();
for (const { metafile } of [program, ...vendors])
  for (const input of Object.keys(metafile.inputs)) {
    const [dir] = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input) ?? [];
    if (dir !== undefined) packages.add(dir);
  }
/** The texts of a package's licences and notices: files of their own, otherwise a chapter of what it says of itself. */
function licencesIn(dir) {
  const names = readdirSync(dir).sort();
  const texts = names
    .filter(name => /^(licen[cs]e|copying|notice)/i.test(name))
    .map(name => readFileSync(`${dir}/${name}`, 'utf8').trim());
  if (texts.length > 0) return texts.join('\n\n');
  const readme = names.find(name => /^readme/i.test(name));
  const text = readme === undefined ? '' : readFileSync(`${dir}/${readme}`, 'utf8');
  return (/^#+ *licen[cs]e\b[\s\S]*/im.exec(text)?.[0] ?? '').trim();
}
const notices = [...packages].sort().map(dir => {
  const manifest = JSON.parse(readFileSync(`${dir}/package.json`, 'utf8'));
  const text = licencesIn(dir);
  if (text === '') throw new Error(`${dir} has no text of its licence, which has to travel with it`);
  // Some licences, such as the MPL, ask that where the source is be said.
  const source = manifest.repository?.url ?? manifest.repository ?? manifest.homepage ?? '';
  return `${manifest.name} ${manifest.version} (${manifest.license})\n${source}\n\n${text}\n`;
});
writeFileSync('dist/THIRD-PARTY-LICENSES.txt', notices.join(`\n${'-'.repeat(72)}\n\n`));
