'use strict';
// Where the code that V8 compiled is kept, and reading it back. It is executable, so it lies with the user, in
// directories that nobody else can write, and never in a workspace, which may come from somebody else.
const fs = require('node:fs');
const { dirname, isAbsolute, join } = require('node:path');
const { isOurs, isTrusted } = require('./ours.js');
const { room } = require('./room.js');

/** Bytes that are read and compared at a time: the smaller they are, the less new memory is touched. */
const PIECE = 1 << 14;

/**
 * Returns the path of the compiled code of a file, or undefined where none is kept. Its directory is named for the build
 * (whose files begin with a comment that is their hash), Node's version and the processor; its name has the first words
 * of the command, since each command needs other functions of the file; not so for what `isOfAll` commands.
 */
function cacheFile(file, source, isOfAll = false) {
  const { env, version, arch, argv } = process;
  if (env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  const home = cacheHome(env);
  if (home === undefined) return undefined;
  const words = [];
  for (const word of isOfAll ? [] : argv.slice(2, 4)) if (/^[a-z]+$/.test(word)) words.push(word);
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
 * Returns the compiled code that a file keeps, or undefined if there is none or it must not be run. The file has the code
 * twice, and both must be the same: V8 would run into damage without noticing it. The bytes are valid until the next file
 * is read.
 */
function readKept(path) {
  let fd;
  try {
    fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
    const stat = fs.fstatSync(fd);
    if (!isOurs(stat, true) || !isTrusted(dirname(path))) return undefined;
    const size = stat.size / 2;
    const memory = room(size + PIECE);
    const data = memory.subarray(0, size);
    const piece = memory.subarray(size, size + PIECE);
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

module.exports = { cacheFile, readKept };
