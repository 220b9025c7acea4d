#!/usr/bin/env node
'use strict';
// CommonJS (see package.json beside this file): Node starts it sooner than an ES module.
//
// The program is functions by name, a chunk of modules each, in a few files of dist/ (see build.mjs): `more/export-X` is
// in more.cjs. Compiling them takes longer than anything a command does, so what V8 compiled for a command is kept and
// given back to it at the next run of that command. (What Node 22 has for this keeps what the first command of all
// needed, and Node 20 has nothing.) The files are executable, so they lie with the user, in directories that nobody else
// can write, and never in a workspace, which may come from somebody else. Without them, or where they do not fit, crm is
// slower and does the same.
const fs = require('node:fs');
const { dirname, isAbsolute, join } = require('node:path');
const { Script } = require('node:vm');

/** So many files are kept; a word that is not a command's must not fill the disk. */
const MOST_FILES = 128;
/** What earlier builds left is removed after so many days. */
const DAYS_KEPT = 30;
/** The names that directories and files have here: nothing else is ever removed. */
const DIRECTORY = /^[0-9a-f]{16}-v\d+\.\d+\.\d+[^/]*-[a-z0-9]+$/;
const FILE = /^[a-z-]+\.[a-z]+\.cjs(\.\d+)?$/;
/** What others than the owner may not do with them: write. */
const WRITE_BY_OTHERS = 0o022;
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
  if (env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  const home = cacheHome(env);
  if (home === undefined) return undefined;
  const words = [];
  for (const word of argv.slice(2, 4)) if (/^[a-z]+$/.test(word)) words.push(word);
  return join(
    home,
    'crm',
    `${source.slice(2, 18)}-${version}-${arch}`,
    `${words.join('-') || 'crm'}.${file}`,
  );
}

/** Where caches of this user are: a path that is not absolute would be another one in each directory. */
function cacheHome({ XDG_CACHE_HOME: named, HOME: home }) {
  if (named && isAbsolute(named)) return named;
  return home && isAbsolute(home) ? join(home, '.cache') : undefined;
}

/**
 * Whether what is in the directory can only be from this user: it and the one above it are real directories of the user
 * that nobody else can write, and are not below a workspace, whose files belong to the user whoever made them.
 */
function isTrusted(dir) {
  return isOurs(fs.lstatSync(dir)) && isOurs(fs.lstatSync(dirname(dir))) && !isInWorkspace(dir);
}

/** Whether a path, as far as it is there, is below a workspace. */
function isInWorkspace(path) {
  let there = path;
  while (!fs.existsSync(there)) there = dirname(there);
  for (let each = fs.realpathSync.native(there); ; each = dirname(each)) {
    if (fs.existsSync(join(each, 'crm.yaml')) && !isHome(each)) return true;
    if (each === dirname(each)) return false;
  }
}

/** A directory, or a file where `isFile`, that belongs to this user, and that nobody else can write. */
function isOurs(stat, isFile = false) {
  const isKind = isFile ? stat.isFile() : stat.isDirectory();
  const user = process.geteuid?.();
  return isKind && (user === undefined || (stat.uid === user && (stat.mode & WRITE_BY_OTHERS) === 0));
}

/** Who has a workspace in the home directory has caches all the same. */
function isHome(path) {
  const { HOME: home } = process.env;
  return home !== undefined && isAbsolute(home) && path === fs.realpathSync.native(home);
}

/** The content, which is in the file twice: V8 would run into damage without noticing it. */
function readTwice(path) {
  let fd;
  try {
    fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
    const stat = fs.fstatSync(fd);
    if (!isOurs(stat, true) || !isTrusted(dirname(path))) return undefined;
    const size = stat.size / 2;
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
    if (!makeDirectory(dir) || !isTrusted(dir)) return;
    // The first run of a command may have to do what later ones need not: the second shows what is worth keeping.
    if (!fs.existsSync(path)) {
      if (fs.readdirSync(dir).length < MOST_FILES) fs.writeFileSync(path, '', { mode: 0o600, flag: 'wx' });
      return;
    }
    const data = script.createCachedData();
    const temporary = `${path}.${process.pid}`;
    fs.writeFileSync(temporary, Buffer.concat([data, data]), { mode: 0o600, flag: 'wx' });
    fs.renameSync(temporary, path);
  } catch {
    // No home, no permission, a full disk: the next run compiles again.
  }
}

/** Makes the directory where it is missing, but not a home; whether it is there now. */
function makeDirectory(dir) {
  if (fs.existsSync(dir)) return true;
  if (isInWorkspace(dir)) return false;
  const { XDG_CACHE_HOME: named, HOME: home } = process.env;
  const isNamed = named && isAbsolute(named);
  // Nothing is put into the home of another user, who could not remove it.
  if (!isNamed && !isOwned(fs.statSync(home))) return false;
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (isTrusted(dir)) removeOld(dirname(dir));
  return true;
}

const isOwned = ({ uid }) => process.geteuid === undefined || uid === process.geteuid();

/** Removes what earlier builds left, by name; whatever else lies there stays, and so does the directory that has it. */
function removeOld(dir) {
  for (const name of fs.readdirSync(dir)) {
    const path = join(dir, name);
    if (!DIRECTORY.test(name)) continue;
    const stat = fs.lstatSync(path);
    const days = (Date.now() - stat.mtimeMs) / 86_400_000;
    if (days <= DAYS_KEPT || !isOurs(stat)) continue;
    const files = fs.readdirSync(path);
    for (const file of files) if (FILE.test(file)) fs.unlinkSync(join(path, file));
    if (files.every(file => FILE.test(file))) fs.rmdirSync(path);
  }
}
