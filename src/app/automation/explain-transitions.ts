/** Explains why a deal is in its stage: each row of its pipeline's table, each term with the actual value. */
import { definitionOf } from '../../kinds/define.ts';
import { usage } from '../../domain/errors.ts';
import { numberOf } from '../../domain/kinds.ts';
import type { Deal } from '../../domain/records.ts';
import {
  type Answer,
  bindTransitions,
  type BoundTransitions,
  type RowExplanation,
} from '../../engine/transitions.ts';
import { withValuesOf } from '../../query/compile.ts';
import { hiddenNames } from '../core/hidden-names.ts';
import type { View } from '../core/view.ts';

export interface TransitionsExplained {
  readonly record: string;
  readonly title: string;
  readonly stage: string;
  readonly stageSince: string;
  /** The answer for which a move by hand holds the deal; null if it is not held. */
  readonly held: { readonly stage: string | null } | null;
  readonly answer: Answer | null;
  readonly rows: readonly RowExplanation[];
}

/** Explains all rows of the table, or those that lead to one stage. */
export function explainTransitions(view: View, key: string, to?: string): TransitionsExplained {
  const id = view.find(view.kinds.names, key);
  if (!definitionOf(view.kinds, view.kinds.kindOf(id)).inPipelines)
    throw usage(`${id} is not a deal, and only deals have transitions`, `crm explain ${id} AUTOMATION`);
  const row = view.state.table('deal').row(numberOf(id));
  const deal = view.record(id) as Deal;
  const answer = bindTransitions(view.whole).answer(row);
  const names = hiddenNames(view.state.config, view.viewer);
  return {
    record: id,
    title: deal.title,
    stage: deal.stage,
    stageSince: deal.stageSince!,
    held: deal.held ?? null,
    answer: answer ? { rule: answer.rule, to: answer.to } : null,
    rows: rowsExplained(view)(row).filter(
      each => (to === undefined || each.to === to) && !(each.when && names?.inExplanation(each.when)),
    ),
  };
}

/** Explains the rows of the tables of deals, bound once; the values are those that the viewer may see. */
function rowsExplained(view: View): (row: number) => RowExplanation[] {
  const { whole, seen } = view.explained(
    scope => ({ whole: bindTransitions(scope), seen: undefined as BoundTransitions | undefined }),
    (all, some) => ({ whole: all.whole, seen: some.whole }),
  );
  return row => {
    const rows = whole.explain(row);
    const said = seen?.explain(row);
    return said
      ? rows.map((each, i) => ({ ...each, when: each.when && withValuesOf(each.when, said[i]!.when!) }))
      : rows;
  };
}
