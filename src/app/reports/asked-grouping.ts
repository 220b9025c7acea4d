/**
 * The groupings of `--per`: a field of deals, a field of a record that they lead to, or their teams and groups of
 * stages.
 */
import type { View } from '../core/view.ts';
import type { Config } from '../../domain/config.ts';
import { usage } from '../../domain/errors.ts';
import { suggestion } from '../../domain/nearest.ts';
import { fieldsOf, findField } from '../../kinds/fields.ts';
import { relatedKind } from '../../query/through.ts';
import type { CodeColumn } from '../../state/columns/column.ts';
import type { Block } from '../../state/table.ts';
import { byField, canGroup } from './field-groups.ts';
import { type Grouping, groupOf } from './grouping.ts';
import { byStageGroup } from './stage-groups.ts';

/** The groups that `--per` names have beside the fields of deals. */
const special: Readonly<Record<string, (view: View) => Grouping>> = { team: byTeam, group: byStageGroup };

/** The grouping that a word names, of the deals in some blocks. USAGE for what deals cannot be grouped by. */
export function groupingBy(view: View, name: string, blocks: Iterable<Block>): Grouping {
  if (Object.hasOwn(special, name)) return special[name]!(view);
  const { config } = view;
  const field = findField(config, 'deal', name);
  if (field) return byField(view, field, field.name, blocks);
  const dot = name.indexOf('.');
  const relation = dot > 0 ? relatedKind('deal', name.slice(0, dot)) : undefined;
  const related = relation && findField(config, relation.kind, name.slice(dot + 1));
  if (related) return byField(view, related, `${name.slice(0, dot)}.${related.name}`, blocks, relation);
  throw usage(`--per: unknown group ${JSON.stringify(name)}`, suggestion(name, groupNames(config), 'groups'));
}

/** Returns the possible groups, except fields of the records that deals point to. */
export const groupNames = (config: Config): readonly string[] => [
  ...Object.keys(special),
  ...fieldsOf(config, 'deal')
    .filter(canGroup)
    .map(({ name }) => name),
];

/** A user in two teams counts in each of them. */
function byTeam(view: View): Grouping {
  const { config } = view;
  const owner = view.state.table('deal').column('owner') as CodeColumn;
  const teams = Object.keys(config.teams);
  const none = [0];
  const teamsOf = owner.words.map(user => {
    const own = teams.flatMap((team, i) => (config.teams[team]!.includes(user) ? [i + 1] : []));
    return own.length > 0 ? own : none;
  });
  const inNone = teams.length > 0 ? `not:owner:${teams.map(team => `team:${team}`).join()}` : '';
  return {
    none: { team: null },
    size: teams.length + 1,
    of: () => 0,
    several: row => teamsOf[owner.get(row)] ?? none,
    group: number => {
      const team = teams[number - 1];
      return team === undefined
        ? groupOf('team', null, 'no team', inNone)
        : groupOf('team', team, team, `owner:team:${team}`);
    },
    order: [...teams.map((_, i) => i + 1), 0],
  };
}
