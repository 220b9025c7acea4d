/** The fields of records as far as two sides may contradict each other in them. */
import type { Kinds } from '../../domain/kinds.ts';
import { isEmpty, type Json } from '../../domain/records.ts';
import { definitionsIn } from '../../kinds/define.ts';

/** Fields that make sense only together: of a deal that was closed on both sides, one closing stays. */
const together: readonly (readonly string[])[] = [
  ['status', 'closedAt', 'closedStage', 'lostReason'],
  ['pipeline', 'stage', 'held', 'stageSince'],
  ['value', 'currency'],
  ['amount', 'currency'],
  ['status', 'doneAt', 'outcome'],
];

/** Returns the groups of fields that one side decides together, with each list of further values and its first one. */
export const togetherIn = (kinds: Kinds): readonly (readonly string[])[] => [
  ...together,
  ...definitionsIn(kinds).flatMap(({ several = [] }) => several.map(({ one, others }) => [one, others])),
];

/** Says what a field has on each side. */
export function contradictionOf(path: string, here: Json | undefined, there: Json | undefined): string {
  const text = (value: Json | undefined) => (isEmpty(value) ? 'nothing' : JSON.stringify(value));
  return `${path} is ${text(here)} here and ${text(there)} there`;
}

/** Fields that follow from a move or a closing, and are not decisions of their own. */
export const FOLLOWS: readonly string[] = ['held', 'stageSince', 'closedAt', 'closedStage', 'doneAt'];
