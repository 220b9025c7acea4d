/** Hands over the work of a user who leaves: open deals, open tasks, customers, and rules that give them work. */
import { escapePattern } from '../../domain/escape-pattern.ts';
import { moveUses } from './move-uses.ts';
import { filesOf, writeFiles } from './settings.ts';
import { countOf, isWork, type Use, usesOf } from './uses.ts';
import { requireActiveUser } from '../core/viewer.ts';
import type { Writer } from '../core/writer.ts';
import { automationIn } from '../../domain/automation.ts';
import type { Config } from '../../domain/config.ts';
import { CrmError, failed, usage } from '../../domain/errors.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { parseUser } from '../../kinds/field-types.ts';
import type { editYaml as EditYaml } from '../../store/yaml/yaml-edit.ts';
import type { YamlTree } from '../../store/yaml/yaml-tree.ts';

/** The number of each, the trash included, and the successor; undefined if none was needed. */
export interface HandedOver {
  readonly deals: number;
  readonly tasks: number;
  readonly contacts: number;
  readonly accounts: number;
  readonly automations: number;
  readonly to: string | undefined;
  /**
   * The places, `file:line`, where queries of views, rules and transitions name the user who leaves; they stay as
   * they are.
   */
  readonly namedAt: readonly string[];
}

/**
 * Gives a user's work to another user. USAGE if there is open work, or a rule that gives some, and no successor is
 * named. Contacts and accounts go along, but need no successor, because nothing is due for them.
 */
export async function handOver(writer: Writer, from: string, to: string | undefined): Promise<HandedOver> {
  const uses = usesOf(writer.draft, { type: 'user', id: from });
  const all = (kind: Kind) => uses.filter(use => use.kind === kind).length;
  const rules = (await rulesGivingWork(writer))(from, to);
  const counts = {
    deals: all('deal'),
    tasks: all('task'),
    contacts: all('contact'),
    accounts: all('account'),
    automations: rules.size,
    to,
    namedAt: queriesNaming(writer, from),
  };
  if (to === undefined) {
    const work = stillHas(writer.config.kinds, from, uses, [...rules.keys()]);
    if (work === undefined) return { ...counts, contacts: 0, accounts: 0 };
    throw usage(work, '--successor USER takes them over');
  }
  if (to === from) throw usage(`${to} cannot take over from ${to}`);
  requireActiveUser(writer.config, to);
  moveUses(writer, uses, ({ path }) => ({ [path]: to }));
  if (rules.size > 0) await writeFiles(writer.draft, writer.view.viewer, rules);
  return counts;
}

/** Throws USAGE if a user who leaves without a successor has open work, or gets some from a rule. */
export function requireNoOpenWork({ draft }: Writer, user: string, rules: RulesGivingWork): void {
  const work = stillHas(draft.config.kinds, user, usesOf(draft, { type: 'user', id: user }), [
    ...rules(user).keys(),
  ]);
  if (work !== undefined) throw usage(work, `crm user rm ${user} --successor USER`);
}

/** Says which open work a user has, the trash included, and which rules give them more; undefined for none. */
function stillHas(
  kinds: Kinds,
  user: string,
  uses: readonly Use[],
  rules: readonly string[],
): string | undefined {
  const work = uses.filter(({ kind }) => isWork(kinds, kind));
  if (work.length + rules.length === 0) return undefined;
  const says = [
    ...(work.length > 0 ? [`still has ${countOf(kinds, work, { type: 'user', id: user })}`] : []),
    ...(rules.length > 0 ? [`is given work by ${rules.join(', ')}`] : []),
  ];
  return `${user} ${says.join(', and ')}`;
}

/** The keys of steps whose values are users who get something to do, or to read. */
const givesWork = ['owner', 'assignee', 'user', 'to'];

/** The files of rules with a step that gives a user work, each as it reads with the successor in their place. */
export type RulesGivingWork = (from: string, to?: string) => ReadonlyMap<string, string>;

export async function rulesGivingWork(writer: Writer): Promise<RulesGivingWork> {
  const { editYaml } = await import('../../store/yaml/yaml-edit.ts');
  return (from, to = from) => rulesFor(writer, editYaml, from, to);
}

function rulesFor(
  { draft, config }: Writer,
  editYaml: typeof EditYaml,
  from: string,
  to: string,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [path, text] of filesOf(draft)) {
    if (automationIn(path) === undefined) continue;
    let names = false;
    const replace = (tree: YamlTree) =>
      tree.replaceEach(['steps'], (key, value) => {
        if (!givesWork.includes(key) || !means(config, value, from)) return value;
        names = true;
        return to;
      });
    let edited: string;
    try {
      edited = editYaml(path, text, replace);
    } catch (error) {
      if (!(error instanceof CrmError) || error.kind !== 'INVALID') throw error;
      throw failed(`${path} cannot be read, and may give work to ${from}`, 'crm automation lint');
    }
    if (names) found.set(path, edited);
  }
  return found;
}

/** The lines in which a query names a user: `owner:ana`, `owner:ben,"Ana Ruiz"`. */
function queriesNaming({ draft, config }: Writer, user: string): string[] {
  const { id, name, email } = config.users[user]!;
  const names = [id, name, ...(email ? [email] : [])].map(escapePattern);
  const term = new RegExp(`[:,=]"?(${names.join('|')})(?![\\p{L}\\p{N}@.-])`, 'iu');
  return [...filesOf(draft)].flatMap(([path, text]) =>
    path.endsWith('.yaml')
      ? text
          .split('\n')
          .flatMap((line, i) =>
            !line.trimStart().startsWith('#') && term.test(line) ? `${path}:${i + 1}` : [],
          )
      : [],
  );
}

/** Whether a value of a rule is a user, by id, name or e-mail. */
function means(config: Config, value: unknown, user: string): boolean {
  if (typeof value !== 'string') return false;
  try {
    return parseUser(value, 'user', { config, me: '' }) === user;
  } catch {
    return false;
  }
}
