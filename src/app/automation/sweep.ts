/** `crm run`: plans on the changes since the last sweep, and commits the result as one transaction. */
import { SWEEPER } from '../../domain/sweeper.ts';
import { plan } from '../../engine/plan.ts';
import type { Asked } from '../../engine/sweep/input.ts';
import type { Trace } from '../../engine/sweep/report.ts';
import { commit, type Committed } from '../core/commit.ts';
import type { Workspace } from '../core/workspace.ts';
import { groundOf, planInput } from './plan-input.ts';

/** Sweeps once; a dry run makes the same decision and writes nothing. `only` is a rule's id. */
export async function sweep(
  workspace: Workspace,
  asked: Pick<Asked, 'only' | 'progress' | 'isExplained'> = {},
): Promise<Committed<Trace>> {
  return commit(workspace, { via: 'run', by: SWEEPER, online: 'a sweep' }, async draft => {
    const planned = plan(planInput(await groundOf(workspace, draft, asked.only), asked));
    // The commit continues with the data that the plan has read and made.
    draft.adopt(planned.draft);
    return planned.trace;
  });
}
