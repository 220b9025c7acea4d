'use strict';
// Memory for the bytes of files, used again for each of them: what is read becomes a string or V8's own objects at once,
// and each page of memory that is touched for the first time costs more than reading it full.
const fs = require('node:fs');

/** Bytes: the files of a usual start fit. Pages that nothing is read into cost nothing. */
const USUAL = 1 << 20;

let memory;

/** Returns the memory with room for so many bytes. What was there before is lost. */
function room(size) {
  if (memory === undefined || memory.length < size) memory = Buffer.allocUnsafeSlow(Math.max(size, USUAL));
  return memory;
}

/** Returns the bytes of a file, valid until the next use of the memory. */
function bytesOf(path) {
  const fd = fs.openSync(path);
  try {
    const { size } = fs.fstatSync(fd);
    const bytes = room(size).subarray(0, size);
    for (let at = 0; at < size; ) {
      const read = fs.readSync(fd, bytes, at, size - at, at);
      if (read === 0) throw new Error(`${path} became shorter while it was read`);
      at += read;
    }
    return bytes;
  } finally {
    fs.closeSync(fd);
  }
}

module.exports = { bytesOf, room };
