'use strict';
// Runs the chunks of the program, which are functions by name in a few files of dist/: `more/export-X` is in more.cjs.
// README.md beside this file says why. The build joins this and the files beside it into dist/load.cjs: __dirname is dist.
const { join } = require('node:path');
const { Script } = require('node:vm');
const { cacheFile, readKept } = require('./kept-code.js');
const { bytesOf } = require('./room.js');

const chunksIn = new Map();
const exportsOf = new Map();

/** Returns what a chunk, a library of dist/vendor or a module of Node exports, and runs it at the first call. */
function need(name) {
  let exports = exportsOf.get(name);
  if (exports === undefined) exportsOf.set(name, (exports = run(name)));
  return exports;
}

function run(name) {
  if (name.startsWith('node:')) return require(name);
  if (name.startsWith('./vendor/')) return require(join(__dirname, name));
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
  const cache = cacheFile(file, source);
  const script = new Script(source, { filename, cachedData: cache && readKept(cache) });
  if (cache && script.cachedDataRejected !== false)
    process.once('exit', code => code === 0 && require('./keep-code.js').keep(cache, script));
  return script.runInThisContext();
}

module.exports = { need };
