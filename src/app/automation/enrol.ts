/** Enrols records by hand, whatever the triggers of the rule are. */
import type { Draft } from '../../state/draft.ts';
import { failed } from '../../domain/errors.ts';
import { numberOf } from '../../domain/kinds.ts';
import type { Enrolment } from '../../domain/records.ts';
import { enrolmentsIn } from '../../engine/admission.ts';
import { compileText } from '../../query/compile.ts';
import type { Writer } from '../core/writer.ts';
import { automationNamed } from './automation-named.ts';

export interface Enrolled {
  /** The new enrolments, which begin with the next sweep. */
  readonly enrolments: readonly string[];
  /** Subjects that are on their way already. */
  readonly already: readonly Pick<Enrolment, 'id' | 'subject'>[];
}

/**
 * Enrols records, by ids or natural keys, in an enabled rule. `once` and the limit do not count, because it is done
 * on purpose. FAILED if the rule is disabled or its `where` does not hold; NOT_FOUND if a record is of another kind
 * than the rule's subjects.
 */
export function enrol(writer: Writer, draft: Draft, name: string, keys: readonly string[]): Enrolled {
  const rule = automationNamed(writer.view.config, name);
  if (!rule.enabled) throw failed(`${name} is disabled`, `crm automation enable ${name}`);
  const { view } = writer;
  const { state } = draft;
  const query = rule.where === undefined ? undefined : compileText(rule.where, rule.for, state.config);
  const enrolments: string[] = [];
  const already: Enrolled['already'][number][] = [];
  for (const subject of new Set(keys.map(key => view.find([rule.for], key)))) {
    const row = state.table(rule.for).row(numberOf(subject));
    if (query && !query.bind(view.whole).test(row))
      throw failed(
        `the where of ${name} does not hold for ${subject}: ${rule.where}`,
        `crm explain ${subject} ${name}`,
      );
    const open = enrolmentsIn(state, rule, subject).find(e => e.status === 'waiting' || e.status === 'ready');
    if (open && !rule.overlap) already.push({ id: open.id, subject });
    else
      enrolments.push(
        draft.add('enrolment', {
          automation: rule.id,
          subject,
          status: 'ready',
          events: state.nextNumber('event'),
        }).id,
      );
  }
  return { enrolments, already };
}
