import { whoTakesOver } from '../../domain/absence.ts';
import { today } from '../../domain/clock.ts';
import type { SubjectKind } from '../../domain/automation.ts';
import { type AssignBy, waysToAssign } from '../../domain/config.ts';
import { failed } from '../../domain/errors.ts';
import { parseUser } from '../../kinds/field-types.ts';
import type { Deal } from '../../domain/records.ts';
import { definitionOf } from '../../kinds/define.ts';
import { ownerField } from '../subjects.ts';
import type { Step } from './step.ts';
import { actsOn, on } from './step.ts';

export const assign: Step = {
  name: 'assign',
  summary:
    "gives a record an owner, a task an assignee: a user, or for a deal the next of its pipeline's users",
  params: {
    on,
    to: {
      type: 'assignee',
      description: 'a user or none; auto, round-robin, round-robin-value or least-busy',
      required: true,
    },
  },
  short: 'to',
  effects(params, rule) {
    const kind = actsOn(params, rule.for);
    return [{ sets: kind, fields: { [ownerField(kind)]: params.to } }];
  },
  check: ({ to }, acts, { kinds }) =>
    waysToAssign.includes(String(to)) && !definitionOf(kinds, acts).inPipelines
      ? {
          message: `${String(to)} chooses among the users of a pipeline, and a ${acts} is in none`,
          hint: 'on: deal',
        }
      : undefined,
  example: 'assign: { on: deal, to: round-robin }',
  run({ params, writer, why, on: find, text, scope }) {
    const id = find(params.on);
    const kind = writer.config.kinds.kindOf(id);
    const to = text(params.to).trim();
    const way = waysToAssign.includes(to) ? to : undefined;
    if (way && !definitionOf(writer.config.kinds, kind).inPipelines) throw failed(`${id} is in no pipeline`);
    const named = way
      ? writer.autoOwner(
          (writer.view.record(id) as Deal).pipeline,
          way === 'auto' ? undefined : (way as AssignBy),
        )
      : parseUser(to, 'assign', { config: writer.config, me: '' });
    const taker = named === null ? null : whoTakesOver(writer.config, named, today(scope.clock));
    const changed = writer.set(id, { [ownerField(kind as SubjectKind)]: taker }, why);
    const whose = taker === named ? (taker ?? 'nobody') : `${taker}, as ${named} is away`;
    return { did: changed ? `assigned ${id} to ${whose}` : `${id} is of ${whose} already` };
  },
};
