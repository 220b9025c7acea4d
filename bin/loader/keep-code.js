'use strict';
// Keeps the code that V8 compiled for a command. Loaded when there is something to keep, which is seldom.
const fs = require('node:fs');
const { dirname, isAbsolute, join } = require('node:path');
const { isInWorkspace, isOurs, isTrusted } = require('./ours.js');

/** Files per directory, at most: words that are not commands must not fill the disk. */
const MOST_FILES = 128;
/** Days after which the directory of another build is removed, if no run has changed it. */
const DAYS_KEPT = 30;
/** The names of our directories and files: nothing else is ever removed. */
const DIRECTORY = /^[0-9a-f]{16}-v\d+\.\d+\.\d+[^/]*-[a-z0-9]+$/;
const FILE = /^[a-z-]+\.[a-z]+\.cjs(\.\d+)?$/;

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

module.exports = { keep };
