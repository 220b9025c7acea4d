'use strict';
// Runs the chunks of the program, which are functions by name in a few files of dist/: `more/export-X` is in more.cjs.
// README.md beside this file says why. The build joins this and the files beside it into dist/load.cjs: __dirname is dist.
const { join } = require('node:path');
const { Script } = require('node:vm');
const { cacheFile, readKept } = require('./kept-code.js');
const { standingInFor } = require('./later.js');
const { bytesOf } = require('./room.js');

const chunksIn = new Map();
const exportsOf = new Map();
/** Libraries that take long to compile, and of which each command that needs them calls about the same. */
const KEPT_LIBRARY = /^\.\/vendor\/((?:liquidjs|papaparse|yaml|zod)\.cjs)$/;
/** What was compiled without kept code, and where to keep it. */
let toKeep;

/**
 * Returns what a chunk, a library of dist/vendor or a module of Node exports, and runs it at the first call. A chunk whose
 * name follows a `~` runs when one of its exports is first read.
 */
function need(name) {
  if (name[0] === '~') return exportsOf.get(name.slice(1)) ?? later(name.slice(1));
  let exports = exportsOf.get(name);
  if (exports === undefined) exportsOf.set(name, (exports = run(name)));
  return exports;
}

const later = standingInFor(need);

function run(name) {
  if (name.startsWith('node:')) return require(name);
  if (name.startsWith('./vendor/')) return library(name);
  const file = `${name.slice(0, name.indexOf('/'))}.cjs`;
  let chunks = chunksIn.get(file);
  if (chunks === undefined) chunksIn.set(file, (chunks = compile(file)));
  let exports = {};
  chunks[name](all => (exports = all), need);
  return exports;
}

/** Returns the chunks of a file by name, with what V8 compiled of them at an earlier run of the same command. */
function compile(file) {
  const filename = join(__dirname, file);
  const source = bytesOf(filename).latin1Slice();
  return compiled(filename, source, cacheFile(file, source));
}

/** Returns what a library exports, as Node's `require`, which other libraries call for it, does from then on. */
function library(name) {
  const filename = join(__dirname, name);
  const [, file] = KEPT_LIBRARY.exec(name) ?? [];
  if (file === undefined || require.cache[filename] !== undefined) return require(filename);
  const source = bytesOf(filename).utf8Slice();
  const body = compiled(
    filename,
    `(function(exports,require,module){${source}\n})`,
    cacheFile(file, source, true),
  );
  const module = { id: filename, filename, loaded: true, exports: {}, children: [], paths: [] };
  body.call(module.exports, module.exports, require, module);
  require.cache[filename] = module;
  return module.exports;
}

/** Runs a source with the code that is kept of it in the file `cache`, or sees to it that it is kept. */
function compiled(filename, source, cache) {
  const script = new Script(source, { filename, cachedData: cache && readKept(cache) });
  if (cache && script.cachedDataRejected !== false) {
    // One listener for all, since Node warns of many.
    if (toKeep === undefined) process.once('exit', code => code === 0 && keepAll());
    (toKeep ??= []).push([cache, script]);
  }
  return script.runInThisContext();
}

function keepAll() {
  const { keep } = require('./keep-code.js');
  for (const [cache, script] of toKeep) keep(cache, script);
}

module.exports = { need };
