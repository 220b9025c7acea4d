// Bundles src/ into dist/: one file of ours, and one for each heavy library, loaded when it is first needed. CommonJS,
// because loading one such file costs a third of what the same code costs as an ES module with its chunks; inside
// it, every `await import()` still runs its module only when it is called.
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

/** Libraries that most commands do not need. */
const heavy = [
  '@inquirer/prompts',
  'chalk',
  'croner',
  'liquidjs',
  'papaparse',
  'string-width',
  'yaml',
  'zod',
];
const fileOf = name => `${name.replace('@', '').replace('/', '-')}.cjs`;

const common = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  minifyWhitespace: true,
  minifySyntax: true,
  // V8 takes up every name when it starts. `npm run build -- --names` keeps them, for reading a stack trace.
  minifyIdentifiers: !process.argv.includes('--names'),
  // What is compiled by bin/crm.js cannot import(); require() is as lazy.
  supported: { 'dynamic-import': false },
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

/**
 * To code that was an ES module, the default of a CommonJS file is all that it exports. string-width exports a default
 * and nothing else, so that is what its file must be.
 */
const footerOf = name => (name === 'string-width' ? { js: 'module.exports = module.exports.default;' } : {});

/** Points imports of heavy libraries to their own files, as seen from bin/ and from dist/. */
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    const filter = new RegExp(`^(${heavy.join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path: `../dist/vendor/${fileOf(path)}`, external: true }));
    onResolve({ filter: /\/ready-rules\/index\.ts$/ }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: '../dist/ready-rules.cjs', external: true },
    );
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
 * starts, and string-width, which few texts need, as much again.
 */
const whenCalled = {
  name: 'when-called',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:crypto|string-width)$/ }, ({ path, namespace }) =>
      namespace === 'when-called'
        ? { path: path === 'node:crypto' ? path : `../dist/vendor/${fileOf(path)}`, external: true }
        : { path, namespace: 'when-called' },
    );
    onLoad({ filter: /^node:crypto$/, namespace: 'when-called' }, () => {
      const names = ['createHash', 'randomBytes', 'randomUUID'];
      const calls = names.map(
        name => `export const ${name} = (...args) => require('node:crypto').${name}(...args);`,
      );
      return { contents: calls.join('\n') };
    });
    onLoad({ filter: /^string-width$/, namespace: 'when-called' }, () => ({
      contents: `export default (...args) => require('string-width')(...args);`,
    }));
  },
};

rmSync('dist', { recursive: true, force: true });
const results = await Promise.all([
  build({
    ...common,
    entryPoints: ['src/bin.ts'],
    outfile: 'dist/crm.cjs',
    define: { 'process.env.CRM_VERSION': JSON.stringify(version) },
    plugins: [whenCalled, apart, withoutChildProcess],
  }),
  // The ready-made rules, which are texts.
  build({
    ...common,
    entryPoints: ['src/app/automation/ready-rules/index.ts'],
    outfile: 'dist/ready-rules.cjs',
    loader: { '.yaml': 'text', '.md': 'text' },
  }),
  ...heavy.map(name =>
    build({ ...common, entryPoints: [name], outfile: `dist/vendor/${fileOf(name)}`, footer: footerOf(name) }),
  ),
]);

// bin/crm.js reads the program as bytes, compiles it as it is, and tells builds apart by what they begin with.
const program = readFileSync('dist/crm.cjs', 'utf8').replace(
  /[^\0-\x7f]/g,
  char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
);
const hash = createHash('sha256').update(program).digest('hex').slice(0, 16);
writeFileSync('dist/crm.cjs', `//${hash}\n(function (exports, require, module) {${program}\n})`);

// The licences of what is bundled travel with it.
const packages = new Set();
for (const { metafile } of results)
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
