/**
 * The checksum of bytes in caches: 32 bits, made of words of four bytes one after the other. Any damage within one
 * word always changes it; other damage goes unnoticed once in 2^32 times, as with CRC-32.
 *
 * Why not the CRC-32 of node:zlib: loading that takes 3 % of the start of Node, which every command would pay. In
 * plain JavaScript, 100 KB take 2.5 ms in a process this short, because V8 interprets them; a table-driven CRC takes
 * 4.5 ms. As WebAssembly, which is compiled at once, they take 0.1 ms, and to compile it takes less than 1 ms.
 */

/** Odd, so that to multiply with it loses nothing: 2^32 divided by the golden ratio. */
const FACTOR = 0x9e3779b1 | 0;
/** Odd, and unlike FACTOR: spreads the length. */
const SPREAD = 0x85ebca6b | 0;
/** A page of WebAssembly's memory, in bytes. */
const PAGE = 0x10000;

/**
 * sum(from, to, hash): while (from < to) { hash = (hash ^ load32(from)) * FACTOR; hash ^= hash >>> 15; from += 4 }
 *
 *   (memory (export "memory") 1 1)
 *   (func (export "sum") (param i32 i32 i32) (result i32)
 *     (block (loop
 *       (br_if 1 (i32.ge_u (local.get 0) (local.get 1)))
 *       (local.set 2 (i32.mul (i32.xor (local.get 2) (i32.load (local.get 0))) (i32.const FACTOR)))
 *       (local.set 2 (i32.xor (local.get 2) (i32.shr_u (local.get 2) (i32.const 15))))
 *       (local.set 0 (i32.add (local.get 0) (i32.const 4)))
 *       (br 0)))
 *     (local.get 2))
 */
const PROGRAM =
  'AGFzbQEAAAABCAFgA39/fwF/AwIBAAUEAQEBAQcQAgZtZW1vcnkCAANzdW0AAAo1ATMAAkADQCAAIAFPDQEgAiAAKAIAc0Gx893xeWwiAiACQQ92cyECIABBBGohAAwACwsgAgs=';

interface Program {
  readonly memory: Uint8Array;
  /** Adds the words from `from` up to `to` (exclusive), both in bytes of the memory, to `hash`. */
  sum(from: number, to: number, hash: number): number;
}

/** Types that TypeScript has only in its library for browsers. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (
    module: object,
  ) => { readonly exports: { memory: { buffer: ArrayBuffer }; sum: Program['sum'] } };
};

/** The same in JavaScript, for a Node that has no WebAssembly, or no address space for its memory (`ulimit -v`). */
export function interpreted(): Program {
  const memory = new Uint8Array(PAGE);
  const view = new DataView(memory.buffer);
  return {
    memory,
    sum(from, to, hash) {
      let sum = hash;
      for (let at = from; at < to; at += 4) {
        sum = Math.imul(sum ^ view.getInt32(at, true), FACTOR);
        sum ^= sum >>> 15;
      }
      return sum;
    },
  };
}

export function compiled(): Program {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(PROGRAM, 'base64')));
  return { memory: new Uint8Array(exports.memory.buffer), sum: exports.sum };
}

let program: Program | undefined;

function theProgram(): Program {
  if (!program)
    try {
      program = compiled();
    } catch {
      program = interpreted();
    }
  return program;
}

/** The checksum of bytes: an integer from 0 to 2^32 - 1. */
export function checksum(bytes: Uint8Array, { memory, sum } = theProgram()): number {
  // The length is included, because the last word is filled up with zeros. It is spread over all bits, so that a
  // first word that equals the length does not cancel it.
  let hash = Math.imul(bytes.length + 1, SPREAD);
  for (let at = 0; at < bytes.length; at += PAGE) {
    const piece = Math.min(PAGE, bytes.length - at);
    memory.set(at === 0 && piece === bytes.length ? bytes : bytes.subarray(at, at + piece));
    const end = (piece + 3) & ~3;
    if (end > piece) memory.fill(0, piece, end);
    hash = sum(0, end, hash);
  }
  return hash >>> 0;
}

/**
 * Whether each block of `size` bytes, the last of which may be shorter, has the checksum in `sums` from `first` on; a
 * page is a whole number of blocks.
 */
export function areSound(
  bytes: Uint8Array,
  size: number,
  sums: ArrayLike<number>,
  first: number,
  { memory, sum } = theProgram(),
): boolean {
  let block = first;
  // Each page is copied at once: a call for each block would cost as much as its checksum.
  for (let page = 0; page < bytes.length; page += PAGE) {
    const piece = Math.min(PAGE, bytes.length - page);
    memory.set(piece === bytes.length ? bytes : bytes.subarray(page, page + piece));
    const end = (piece + 3) & ~3;
    if (end > piece) memory.fill(0, piece, end);
    for (let at = 0; at < piece; at += size) {
      const length = Math.min(size, piece - at);
      const hash = sum(at, (at + length + 3) & ~3, Math.imul(length + 1, SPREAD));
      if (hash >>> 0 !== sums[block++]) return false;
    }
  }
  return true;
}

/** The checksums of all blocks of `size` bytes. */
export function checksumsOf(bytes: Uint8Array, size: number): Uint32Array {
  const sums = new Uint32Array(Math.ceil(bytes.length / size));
  for (let i = 0; i < sums.length; i++) sums[i] = checksum(bytes.subarray(i * size, (i + 1) * size));
  return sums;
}
