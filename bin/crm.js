#!/usr/bin/env node
'use strict';
// CommonJS (see package.json beside this file): Node starts it sooner than an ES module.
//
// Compiling the program takes longer than anything it does, so what V8 compiled for a command is kept and given back
// to it at the next run of that command. (What Node 22 has for this keeps what the first command of all needed, and
// Node 20 has nothing.) The files are executable, so they lie with the user, never in a workspace, which may come
// from somebody else. Without them, or where they do not fit, crm is slower and does the same.
const fs = require('node:fs');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

/** So many commands are kept; a word that is not a command's must not fill the disk. */
const MOST_FILES = 64;
/** What earlier builds left is removed after so many days. */
const DAYS_KEPT = 30;

const program = join(__dirname, '../dist/crm.cjs');
const source = fs.readFileSync(program, 'latin1');
const cache = cacheFile();
const script = new Script(source, {
  filename: program,
  cachedData: cache && readTwice(cache),
});
if (cache && script.cachedDataRejected !== false) process.once('exit', code => code === 0 && keep(cache));
const module_ = { exports: {} };
script.runInThisContext()(module_.exports, require, module_);

/** Named for the build, which begins with a comment that is its hash, for Node, and for the first words of the command. */
function cacheFile() {
  const { env, version, arch, argv } = process;
  const home = env.XDG_CACHE_HOME || (env.HOME && join(env.HOME, '.cache'));
  if (!home || env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  const words = [];
  for (const word of argv.slice(2, 4)) if (/^[a-z]+$/.test(word)) words.push(word);
  return join(home, 'crm', `${source.slice(2, 18)}-${version}-${arch}`, words.join('-') || 'crm');
}

/** The content, which is in the file twice: V8 would run into damage without noticing it. */
function readTwice(path) {
  try {
    const both = fs.readFileSync(path);
    const half = both.length / 2;
    return both.subarray(0, half).equals(both.subarray(half)) ? both.subarray(0, half) : undefined;
  } catch {
    return undefined;
  }
}

function keep(path) {
  try {
    const dir = dirname(path);
    if (fs.mkdirSync(dir, { recursive: true, mode: 0o700 })) removeOld(dirname(dir));
    if (fs.readdirSync(dir).length >= MOST_FILES) return;
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
