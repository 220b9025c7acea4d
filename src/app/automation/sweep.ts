/** `crm run`: plans on what was done since the last sweep, and commits what comes of it as one transaction. */
import { SWEEPER } from '../../domain/sweeper.ts';
import { plan } from '../../engine/plan.ts';
import type { Asked } from '../../engine/sweep/input.ts';
import type { Trace } from '../../engine/sweep/report.ts';
import { commit, type Committed } from '../core/commit.ts';
import type { Workspace } from '../core/workspace.ts';
import { groundOf, planInput } from './plan-input.ts';

/** Sweeps once; in a dry run the same is decided, and nothing is written. `only` is a rule's id. */
export async function sweep(
  workspace: Workspace,
  asked: Pick<Asked, 'only' | 'progress' | 'isExplained'> = {},
): Promise<Committed<Trace>> {
  return commit(workspace, { via: 'run', by: SWEEPER, online: 'a sweep' }, async draft => {
    const planned = plan(planInput(await groundOf(workspace, draft, asked.only), asked));
    // What the plan has read and made is there already: the commit goes on with it.
    draft.adopt(planned.draft);
    return planned.trace;
  });
}
