/**
 * Decides which records a viewer sees. Records that a user may not see do not exist for them. A restricted user sees
 * their own records, unowned ones, and the contacts and accounts of visible deals; a pipeline may be closed to
 * everybody but managers; a user who sees a record also sees whatever is about it.
 */
import type { CodeColumn, NumberColumn, NumbersColumn } from '../../state/columns/column.ts';
import { type Kind, numberOf, refNumber } from '../../domain/kinds.ts';
import { definitionOf } from '../../kinds/define.ts';
import type { Deal, Rec } from '../../domain/records.ts';
import type { State } from '../../state/state.ts';
import { hasAccess, seesAll, type Viewer } from './viewer.ts';
import { isRuleHidden } from './visible-config.ts';

type Sees = (row: number) => boolean;

/** Returns a test of the rows of a kind that the viewer sees; undefined if they see all. */
export function visibility(state: State, viewer: Viewer, kind: Kind): Sees | undefined {
  const { owner: own, throughDeals, about, rule, inPipelines } = definitionOf(state.kinds, kind);
  if (seesAll(viewer)) return undefined;
  const closed = closedPipelines(state, viewer);
  const isRestricted = viewer.role === 'restricted';
  if (!isRestricted && closed.length === 0) return undefined;
  const table = state.table(kind);
  const tests: Sees[] = [];
  if (own && isRestricted) {
    const owner = table.column(own) as CodeColumn;
    const isOwn: Sees = row => {
      const code = owner.get(row);
      return code < 0 || owner.words[code] === viewer.user;
    };
    const reached = throughDeals && reachedFrom(state, viewer, kind, throughDeals);
    tests.push(reached ? row => isOwn(row) || reached(row) : isOwn);
  }
  if (inPipelines && closed.length > 0) {
    const pipeline = table.column('pipeline') as CodeColumn;
    tests.push(row => !closed.includes(pipeline.words[pipeline.get(row)] ?? ''));
  }
  if (rule && closed.length > 0) {
    const names = table.column(rule) as CodeColumn;
    tests.push(row => !isRuleHidden(state.config, viewer, names.words[names.get(row)]));
  }
  for (const field of about) tests.push(subjectVisible(state, viewer, table.column(field) as NumberColumn));
  return tests.length === 0 ? undefined : row => tests.every(sees => sees(row));
}

/** Whether a visible deal points to a row; asked only for rows of other owners. */
function reachedFrom(state: State, viewer: Viewer, kind: Kind, field: 'contacts' | 'account'): Sees {
  let seesDeal: Sees | undefined;
  return row => {
    seesDeal ??= visibility(state, viewer, 'deal');
    return state.links(kind, 'deal', field).some(row, deal => seesDeal?.(deal) ?? true);
  };
}

/**
 * Tells whether the viewer sees one record, which may be in the trash. A purged record is visible only to viewers who
 * see all.
 */
export function maySee(state: State, viewer: Viewer, kind: Kind, record: Rec | undefined): boolean {
  const { owner: own, throughDeals, about, rule, inPipelines } = definitionOf(state.kinds, kind);
  if (seesAll(viewer)) return true;
  if (!record) return false;
  const owner = own && record[own];
  const isOthers = owner && viewer.role === 'restricted' && owner !== viewer.user;
  if (isOthers && !(throughDeals && isReached(state, viewer, kind, throughDeals, record.id))) return false;
  if (inPipelines && closedPipelines(state, viewer).includes((record as Deal).pipeline)) return false;
  if (rule && isRuleHidden(state.config, viewer, record[rule])) return false;
  return about.every(field => {
    const id = record[field] as string | undefined;
    const subject = id === undefined ? undefined : (state.get(id) ?? state.trash().get(id)?.record);
    return !subject || maySee(state, viewer, state.kinds.kindOf(subject.id), subject);
  });
}

/** Whether a visible deal points to a record, which may be in the trash: links lead to living rows only. */
function isReached(
  state: State,
  viewer: Viewer,
  kind: Kind,
  field: 'contacts' | 'account',
  id: string,
): boolean {
  const deals = state.table('deal');
  const column = deals.column(field) as NumberColumn | NumbersColumn;
  const sees = visibility(state, viewer, 'deal');
  let isFound = false;
  column.equal(column.type === 'numbers' ? numberOf(id) : state.kinds.refTo(kind, numberOf(id)), row => {
    isFound ||= deals.live(row) && (sees?.(row) ?? true);
  });
  return isFound;
}

const closedPipelines = ({ config }: State, viewer: Viewer): string[] =>
  config.pipelines.filter(p => !hasAccess(p, viewer)).map(p => p.id);

/** Returns a test of whether the record that a column points to is visible. */
function subjectVisible(state: State, viewer: Viewer, column: NumberColumn): Sees {
  const byKind = new Map<Kind, Sees | undefined>();
  return row => {
    const ref = column.get(row);
    const kind = ref > 0 ? state.kinds.refKind(ref) : undefined;
    if (!kind) return true;
    if (!byKind.has(kind)) byKind.set(kind, visibility(state, viewer, kind));
    const visible = byKind.get(kind);
    const target = state.table(kind).row(refNumber(ref));
    if (target >= 0) return visible?.(target) ?? true;
    const removed = state.trash().get(state.kinds.makeId(kind, refNumber(ref)))?.record;
    return !removed || maySee(state, viewer, kind, removed);
  };
}
