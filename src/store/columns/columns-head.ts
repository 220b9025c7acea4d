/** The layout of a projection's file: its head, and where the stretches of bytes are that the head names. */
import type { ColumnType } from '../../domain/cell.ts';
import { checksum } from '../disk/checksum.ts';

export const FORMAT = 4;
/**
 * The size of a block in bytes. A single cell is read together with the block around it, because a list asks for the
 * cells of consecutive rows. The system reads this many bytes at once, and checking them takes a few microseconds.
 */
export const BLOCK = 4096;
/** Bytes before the head: its size and its checksum, each padded with spaces, and a space. */
export const PREFIX = 20;
/** A stretch of bytes: where it begins, how long it is, and its first block. */
export type Stretch = readonly [at: number, bytes: number, block: number];

export interface Place {
  readonly key: string;
  readonly type: ColumnType;
  readonly values: Stretch;
  readonly items?: Stretch;
  readonly words?: Stretch;
}

export interface Head {
  readonly format: number;
  /** The version of crm, which decides how a record becomes a cell. */
  readonly version: string;
  readonly checksum: string;
  readonly rows: number;
  /** The number of blocks of all stretches together. */
  readonly blocks: number;
  readonly columns: readonly Place[];
}

/** Size and checksum of a head. */
export const prefixOf = (head: Uint8Array): string =>
  `${String(head.length).padStart(10)} ${checksum(head).toString(16).padStart(8)} `;

export const startOf = (sumsAt: number, { blocks }: Head): number => align(sumsAt + 4 * blocks);

/** Returns where the stretches of a head end. */
export function lengthOf({ columns }: Head): number {
  let length = 0;
  for (const { values, items, words } of columns)
    for (const stretch of [values, items, words])
      if (stretch) length = Math.max(length, stretch[0] + stretch[1]);
  return length;
}

export const align = (n: number) => Math.ceil(n / 8) * 8;
