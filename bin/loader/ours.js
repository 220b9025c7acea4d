'use strict';
// Which files and directories can only come from this user.
const fs = require('node:fs');
const { dirname, isAbsolute, join } = require('node:path');

/** The permissions of a file that let others than its owner write it. */
const WRITE_BY_OTHERS = 0o022;

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

module.exports = { isInWorkspace, isOurs, isTrusted };
