#!/usr/bin/env node
'use strict';
// CommonJS (see package.json beside this file): Node starts it sooner than an ES module.
//
// The program is functions by name, a chunk of modules each, in a few files of dist/ (see build.mjs): `more/export-X` is
// in more.cjs. Compiling them takes longer than anything a command does, so what V8 compiled for a command is kept and
// given back to it at the next run of that command. (What Node 22 has for this keeps what the first command of all
// needed, and Node 20 has nothing.) The files are executable, so they lie with the user, never in a workspace, which
// may come from somebody else. Without them, or where they do not fit, crm is slower and does the same.
const fs = require('node:fs');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

/** So many files are kept; a word that is not a command's must not fill the disk. */
const MOST_FILES = 128;
/** What earlier builds left is removed after so many days. */
const DAYS_KEPT = 30;
/** A kept file is read in pieces of so many bytes: memory that is used again costs less than new memory. */
const PIECE = 1 << 16;

const chunksIn = new Map();
const exportsOf = new Map();
need('crm/bin');

/** What a chunk exports; it runs at the first call. */
function need(name) {
  let exports = exportsOf.get(name);
  if (!exports) {
    const file = `${name.slice(0, name.indexOf('/'))}.cjs`;
    let chunks = chunksIn.get(file);
    if (!chunks) chunksIn.set(file, (chunks = compile(file)));
    exports = chunks[name](need, load, require);
    exportsOf.set(name, exports);
  }
  return exports;
}

async function load(name) {
  return need(name);
}

function compile(file) {
  const filename = join(__dirname, '../dist', file);
  const source = fs.readFileSync(filename, 'latin1');
  const cache = cacheFile(file, source);
  const script = new Script(source, { filename, cachedData: cache && readTwice(cache) });
  if (cache && script.cachedDataRejected !== false)
    process.once('exit', code => code === 0 && keep(cache, script));
  return script.runInThisContext();
}

/** Named for the build, which begins with a comment that is its hash, for Node, and for the first words of the command. */
function cacheFile(file, source) {
  const { env, version, arch, argv } = process;
  const home = env.XDG_CACHE_HOME || (env.HOME && join(env.HOME, '.cache'));
  if (!home || env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  const words = [];
  for (const word of argv.slice(2, 4)) if (/^[a-z]+$/.test(word)) words.push(word);
  return join(
    home,
    'crm',
    `${source.slice(2, 18)}-${version}-${arch}`,
    `${words.join('-') || 'crm'}.${file}`,
  );
}

/** The content, which is in the file twice: V8 would run into damage without noticing it. */
function readTwice(path) {
  let fd;
  try {
    fd = fs.openSync(path, 'r');
    const size = fs.fstatSync(fd).size / 2;
    const data = Buffer.allocUnsafeSlow(size);
    const piece = Buffer.allocUnsafeSlow(Math.min(size, PIECE));
    if (size === 0 || fs.readSync(fd, data, 0, size, 0) < size) return undefined;
    for (let at = 0; at < size; at += PIECE) {
      const bytes = fs.readSync(fd, piece, 0, Math.min(size - at, PIECE), size + at);
      if (data.compare(piece, 0, bytes, at, Math.min(size, at + PIECE)) !== 0) return undefined;
    }
    return data;
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

function keep(path, script) {
  try {
    const dir = dirname(path);
    if (fs.mkdirSync(dir, { recursive: true, mode: 0o700 })) removeOld(dirname(dir));
    // The first run of a command may have to do what later ones need not: the second shows what is worth keeping.
    if (!fs.existsSync(path)) {
      if (fs.readdirSync(dir).length < MOST_FILES) fs.writeFileSync(path, '', { mode: 0o600 });
      return;
    }
    const data = script.createCachedData();
    const temporary = `${path}.${process.pid}`;
    fs.writeFileSync(temporary, Buffer.concat([data, data]), { mode: 0o600 });
    fs.renameSync(temporary, path);
  } catch {
    // No home, no permission, a full disk: the next run compiles again.
  }
}

function removeOld(dir) {
  for (const name of fs.readdirSync(dir)) {
    const path = join(dir, name);
    const days = (Date.now() - fs.statSync(path).mtimeMs) / 86_400_000;
    if (days > DAYS_KEPT) fs.rmSync(path, { recursive: true });
  }
}
