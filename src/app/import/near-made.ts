/** Finds contacts and accounts that an import made from misspelt names: those that resemble another one. */
import {
  type Comparable,
  isComparable,
  type Near,
  nearExisting,
  readingOnce,
} from '../records/near-names.ts';
import type { View } from '../core/view.ts';
import { numberOf } from '../../domain/kinds.ts';
import { definitionOf } from '../../kinds/define.ts';

/** A record that an import made and that resembles an existing one, or one that an earlier row made. */
export interface NearMade {
  readonly kind: Comparable;
  readonly id: string;
  /** The name or address that the row has. */
  readonly text: string;
  readonly line: number;
  readonly near: Near;
}

/** The most names that are compared with all others; beyond it, the report says how many were not compared. */
const COMPARED = 500;

/**
 * Returns which of the records that rows made, by their ids with the lines, resemble another one that the viewer sees,
 * and how many names were too many to be compared.
 */
export function nearMade(
  view: View,
  beside: ReadonlyMap<string, number>,
): { readonly found: readonly NearMade[]; readonly notCompared: number } {
  const made = [...beside].flatMap(([id, line]) => {
    const kind = view.kinds.kindOf(id);
    if (!isComparable(kind)) return [];
    const { knownBy } = definitionOf(view.kinds, kind);
    const text = knownBy && view.state.get(id)?.[knownBy];
    return typeof text === 'string' ? [{ kind, id, text, line } as const] : [];
  });
  const reading = readingOnce();
  const found = made.slice(0, COMPARED).flatMap(each => {
    const { kind, id, text } = each;
    // Records of later rows are not older than this one.
    const number = numberOf(id);
    const isNew = (other: string) => numberOf(other) >= number && beside.has(other);
    const near = nearExisting(view, kind, text, isNew, reading);
    return near ? [{ ...each, near }] : [];
  });
  return { found, notCompared: Math.max(0, made.length - COMPARED) };
}
