import type { View } from '../../domain/config.ts';
import { plainColumn, type ThingColumn } from '../output.ts';

/** What is shown of a view. */
export const viewColumns: readonly ThingColumn<View>[] = [
  plainColumn('id', v => v.id),
  plainColumn('of', v => v.of),
  plainColumn('query', v => v.query),
];
