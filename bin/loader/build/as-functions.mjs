// The loader's half of the build: turns the chunks that esbuild made of src/ into functions, in a few files of dist/.
// README.md beside bin/loader/load.js says what for.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { build } from 'esbuild';

/**
 * Writes all chunks of a build into `dist/FILE.cjs`, an object of functions by name.
 *
 * @param program what esbuild returned for an ES module build with `splitting`, a metafile, and `write: false`
 * @param files for each FILE, how the paths of the modules begin that bring a chunk there, with the chunks that it needs;
 *   a chunk goes to the first file that wants it
 * @param common esbuild's options for the style of the code: target, minification
 */
export async function writeFunctions(program, files, common) {
  const fileOf = filesOfChunks(program.metafile, files);
  const nameIn = chunk => `${fileOf.get(chunk)}/${chunk}`;
  // The loader runs a chunk that is imported by name when something of it is first read.
  const chunks = await toCommonJs(
    program,
    (chunk, isByName) => (isByName ? '~' : '') + nameIn(chunk),
    common,
  );
  for (const file of Object.keys(files)) {
    const functions = chunks
      .filter(({ chunk }) => fileOf.get(chunk) === file)
      .map(({ chunk, text }) => `${JSON.stringify(nameIn(chunk))}(provide,require){"use strict";${text}}`);
    const text = asciiOf(`({${functions.join(',\n')}})`);
    writeFileSync(`dist/${file}.cjs`, text);
    writeHash(`dist/${file}.cjs`);
  }
}

/** Puts the hash of a file into its first line: the loader tells builds apart by it, without reading on. */
export function writeHash(path) {
  const text = readFileSync(path, 'utf8');
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  writeFileSync(path, `//${hash}\n${text}`);
}

/** Writes all chunks of a build as CommonJS files of their own, which need no loader: `node dist/bin.cjs`. */
export async function writePlain(program, common) {
  for (const { chunk, text } of await toCommonJs(program, chunk => `./${chunk}.cjs`, common))
    writeFileSync(`dist/${chunk}.cjs`, `"use strict";const provide=all=>{module.exports=all};${text}`);
}

/** Returns the file of each chunk, by the chunk's name. */
function filesOfChunks({ inputs, outputs: byPath }, files) {
  const outputs = new Map(Object.entries(byPath).map(([path, output]) => [nameOf(path), output]));
  const fileOf = new Map();
  const take = (chunk, file) => {
    if (fileOf.has(chunk) || !outputs.has(chunk)) return;
    fileOf.set(chunk, file);
    for (const { path, kind } of outputs.get(chunk).imports)
      if (kind === 'import-statement') take(nameOf(path), file);
  };
  const paths = Object.keys(inputs);
  for (const [file, starts] of Object.entries(files)) {
    const strays = starts.filter(start => !paths.some(path => path.startsWith(start)));
    if (strays.length > 0) throw new Error(`${file} wants modules that do not exist: ${strays.join(', ')}`);
    for (const [chunk, { entryPoint }] of outputs)
      if (starts.some(start => entryPoint?.startsWith(start))) take(chunk, file);
  }
  return fileOf;
}

/**
 * Returns each chunk as the body of a function that calls `require(importOf(other, isByName))` for the exports of another
 * chunk, and `provide(exports)` with its own. `isByName` says that the chunk reads single exports of the other, when it needs
 * them. `import()` and an import of the default are not by name: they copy the exports at once.
 */
async function toCommonJs({ outputFiles, metafile }, importOf, common) {
  const sources = new Map(outputFiles.map(({ path, text }) => [nameOf(path), text]));
  const exported = new Map(
    Object.entries(metafile.outputs).map(([path, output]) => [nameOf(path), output.exports]),
  );
  const inFunctions = {
    name: 'in-functions',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ path, kind, namespace }) => {
        if (kind === 'entry-point') return { path, namespace: 'whole' };
        if (namespace === 'whole') return { path, namespace: 'chunk' };
        const chunk = nameOf(path);
        const isByName = kind === 'import-statement' && !exported.get(chunk)?.includes('default');
        const name = sources.has(chunk) ? importOf(chunk, isByName) : path;
        return { path: name, external: true, sideEffects: false };
      });
      onLoad({ filter: /.*/, namespace: 'whole' }, ({ path }) => ({
        contents: provided(path, exported.get(path)),
      }));
      onLoad({ filter: /.*/, namespace: 'chunk' }, ({ path }) => ({ contents: sources.get(path) }));
    },
  };
  const { outputFiles: converted } = await build({
    ...common,
    bundle: true,
    write: false,
    metafile: false,
    entryPoints: [...sources.keys()].map(name => ({ in: name, out: name })),
    outdir: 'dist',
    format: 'cjs',
    supported: { 'dynamic-import': false },
    plugins: [inFunctions],
  });
  return converted.map(({ path, text }) => ({ chunk: nameOf(path), text: text.trim() }));
}

/**
 * Returns an ES module that hands all exports of a chunk to `provide()`, as one object: what esbuild would write for
 * exports is a getter for each of them, all made whenever the chunk is started.
 */
function provided(chunk, names) {
  const bindings = names.map((name, i) => `${name} as export${i}`);
  const properties = names.map((name, i) => `${name}:export${i}`);
  // Otherwise esbuild's import() takes the object itself for the default export.
  if (names.includes('default')) properties.push('__esModule:true');
  return `import{${bindings.join()}}from${JSON.stringify(chunk)};provide({${properties.join()}});`;
}

const nameOf = path => basename(path).replace(/\.js$/, '');

/** Writes other characters as escapes, since the loader reads the files as bytes and compiles them as they are. */
const asciiOf = text =>
  text.replace(/[^\0-\x7f]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
