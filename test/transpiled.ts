/**
 * Has src/ ready as JavaScript for the tests, each module as a file, which Node loads itself. vite would transform each
 * of some 1,100 modules when it is first imported, and hand it over to each worker: 20 seconds of a run. What was made
 * before stays as long as its source does.
 */
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, extname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, version } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCE = join(ROOT, 'src');
/** Where packages are found, and what `npm ci` empties. */
const ALL_MADE = join(ROOT, 'node_modules/.transpiled');
/** The version of esbuild and this file decide what is made. */
const BY = createHash('sha256')
  .update(version)
  .update(readFileSync(fileURLToPath(import.meta.url)))
  .digest('hex')
  .slice(0, 16);
const MADE = join(ALL_MADE, BY);

/** Returns the file that is made of one in src/: of a module, or of a text (a rule, a template, a help topic). */
const madeOf = (path: string): string =>
  join(MADE, relative(SOURCE, path))
    .replace(/\.ts$/, '.js')
    .replace(/\.(yaml|md|txt)$/, '.$1.js');

/** Returns the text of a module with imports of what is made: `from "./view.ts"` becomes `from "./view.js"`. */
const withMadeImports = (text: string): string =>
  text.replace(
    /\b(from |import |import\()"(\.[^"]*)"/g,
    (_, before: string, path: string) => `${before}"${path.endsWith('.ts') ? path.slice(0, -3) : path}.js"`,
  );

/** Makes a file with the time of its source. It appears as a whole, because other runs may be reading. */
function make(path: string, text: string, { atime, mtime }: { atime: Date; mtime: Date }): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, text);
  utimesSync(temporary, atime, mtime);
  renameSync(temporary, path);
}

const timeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** The files below a directory that end in one of these. */
const filesIn = (directory: string, ...ends: string[]): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter(name => ends.includes(extname(name)))
    .map(name => join(directory, name));

/** Makes the files that are missing or not of the time of their source, and removes those whose source is gone. */
async function transpile(): Promise<void> {
  const sourceFiles = filesIn(SOURCE, '.ts', '.yaml', '.md', '.txt');
  const wanted = new Set(sourceFiles.map(madeOf));
  mkdirSync(MADE, { recursive: true });
  for (const name of readdirSync(ALL_MADE))
    if (name !== BY) rmSync(join(ALL_MADE, name), { recursive: true, force: true });
  for (const path of filesIn(MADE, '.js')) if (!wanted.has(path)) rmSync(path, { force: true });
  // The time of a file is set to the microsecond.
  const changed = sourceFiles.filter(path => Math.abs(timeOf(path) - timeOf(madeOf(path))) > 1);
  const [modules, texts] = [changed.filter(isModule), changed.filter(path => !isModule(path))];
  for (const path of texts)
    make(madeOf(path), `export default ${JSON.stringify(readFileSync(path, 'utf8'))};\n`, statSync(path));
  if (modules.length === 0) return;
  make(join(MADE, 'package.json'), '{ "type": "module" }\n', statSync(SOURCE));
  const sources = new Map(modules.map(path => [madeOf(path), statSync(path)]));
  const { outputFiles } = await build({
    entryPoints: modules,
    write: false,
    outbase: SOURCE,
    outdir: MADE,
    format: 'esm',
    target: 'node20.19',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'error',
  });
  // The map of a module comes before it.
  for (const { path, text } of outputFiles.sort(
    (a, b) => Number(b.path.endsWith('.map')) - Number(a.path.endsWith('.map')),
  ))
    make(path, withMadeImports(text), sources.get(path.replace(/\.map$/, ''))!);
}

const isModule = (path: string): boolean => path.endsWith('.ts');

/** Points imports of src/ to what was made of it. */
export const transpiled = {
  name: 'transpiled',
  // Before vite's own.
  enforce: 'pre' as const,
  buildStart: transpile,
  resolveId(source: string, importer: string | undefined) {
    if (importer === undefined || !source.startsWith('.')) return undefined;
    const path = resolve(dirname(importer), source);
    return path.startsWith(SOURCE + sep) ? madeOf(path) : undefined;
  },
};
