/** What becomes of somebody's work when they leave: open deals, open tasks, customers, and rules that give them work. */
import { automationIn } from '../../domain/automation.ts';
import type { CodeColumn } from '../../domain/columns.ts';
import type { Config } from '../../domain/config.ts';
import { CrmError, failed, usage } from '../../domain/errors.ts';
import { parseUser } from '../../domain/field-types.ts';
import { type Kind, parseId } from '../../domain/kinds.ts';
import type { editYaml as EditYaml } from '../../store/yaml-edit.ts';
import type { YamlTree } from '../../store/yaml-tree.ts';
import { inTrash, setEach } from '../records/set-each.ts';
import { requireActiveUser } from '../viewer.ts';
import type { Writer } from '../writer.ts';
import { filesOf, writeFiles } from './settings.ts';

/** How many there were of each, and who has them now; undefined where nobody had to. */
export interface HandedOver {
  readonly deals: number;
  readonly tasks: number;
  readonly contacts: number;
  readonly accounts: number;
  readonly automations: number;
  readonly to: string | undefined;
  /** Where queries of views, rules and transitions name the one who leaves, `file:line`: they stay as they are. */
  readonly namedAt: readonly string[];
}

/**
 * Gives a user's work to another one. USAGE where there is open work or a rule that gives some, and nobody is named.
 * Contacts and accounts go along, but need nobody: nothing is due for them.
 */
export async function handOver(writer: Writer, from: string, to: string | undefined): Promise<HandedOver> {
  const deals = recordsOf(writer, 'deal', 'owner', from);
  const tasks = recordsOf(writer, 'task', 'assignee', from);
  const contacts = recordsOf(writer, 'contact', 'owner', from);
  const accounts = recordsOf(writer, 'account', 'owner', from);
  const rules = (await rulesGivingWork(writer))(from, to);
  const trashed = trashedOf(writer, from);
  const counts = {
    deals: deals.length,
    tasks: tasks.length,
    contacts: contacts.length,
    accounts: accounts.length,
    automations: rules.size,
    to,
    namedAt: queriesNaming(writer, from),
  };
  if (to === undefined) {
    const work = trashed.filter(({ kind }) => kind === 'deal' || kind === 'task');
    if (deals.length + tasks.length + work.length + rules.size === 0)
      return { ...counts, contacts: 0, accounts: 0 };
    throw usage(
      stillHas(from, deals.length, tasks.length, [...rules.keys()], work.length),
      '--successor USER takes them over',
    );
  }
  if (to === from) throw usage(`${to} cannot take over from ${to}`);
  requireActiveUser(writer.config, to);
  for (const ids of [deals, contacts, accounts]) setEach(writer, ids, { owner: to });
  setEach(writer, tasks, { assignee: to });
  for (const { id, field } of trashed) inTrash(writer, [id], () => setEach(writer, [id], { [field]: to }));
  if (rules.size > 0) await writeFiles(writer.draft, writer.view.viewer, rules);
  return counts;
}

/** Throws USAGE where a user has open work, or is given some by a rule, who leaves without anybody to take it over. */
export function requireNoOpenWork(writer: Writer, user: string, rules: RulesGivingWork): void {
  const deals = recordsOf(writer, 'deal', 'owner', user).length;
  const tasks = recordsOf(writer, 'task', 'assignee', user).length;
  const named = [...rules(user).keys()];
  const trashed = trashedOf(writer, user).filter(({ kind }) => kind === 'deal' || kind === 'task').length;
  if (deals + tasks + trashed + named.length > 0)
    throw usage(stillHas(user, deals, tasks, named, trashed), `crm user rm ${user} --successor USER`);
}

const stillHas = (
  user: string,
  deals: number,
  tasks: number,
  rules: readonly string[],
  trashed: number,
): string =>
  `${user} still has ${count(deals, 'open deal')} and ${count(tasks, 'open task')}${
    trashed > 0 ? `, ${trashed} more in the trash` : ''
  }${namedIn(rules)}`;

/** What would be somebody's again out of the trash; of deals and tasks the open ones. */
function trashedOf({ draft }: Writer, user: string): { id: string; kind: Kind; field: string }[] {
  return [...draft.state.trash().values()].flatMap(({ id, record }) => {
    const { kind } = parseId(id)!;
    const field = kind === 'task' ? 'assignee' : 'owner';
    const isWork = kind === 'deal' || kind === 'task';
    if (!isWork && kind !== 'contact' && kind !== 'account') return [];
    if (record[field] !== user || (isWork && record.status !== 'open')) return [];
    return [{ id, kind, field }];
  });
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

const namedIn = (paths: readonly string[]): string =>
  paths.length === 0 ? '' : `, and is given work by ${paths.join(', ')}`;

/** The ids of the records of a kind that are somebody's; of deals and tasks the open ones. */
function recordsOf({ draft }: Writer, kind: Kind, field: string, user: string): string[] {
  const table = draft.state.table(kind);
  const whose = table.column(field) as CodeColumn;
  const status = kind === 'deal' || kind === 'task' ? (table.column('status') as CodeColumn) : undefined;
  return table
    .liveRows()
    .filter(
      row => whose.words[whose.get(row)] === user && (!status || status.words[status.get(row)] === 'open'),
    )
    .map(row => table.id(row));
}

/** The keys of steps whose values are users who get something to do, or to read. */
const givesWork = ['owner', 'assignee', 'user', 'to'];

/** The files of rules with a step that gives a user work, each as it reads with the successor in their place. */
export type RulesGivingWork = (from: string, to?: string) => ReadonlyMap<string, string>;

export async function rulesGivingWork(writer: Writer): Promise<RulesGivingWork> {
  const { editYaml } = await import('../../store/yaml-edit.ts');
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
  const names = [id, name, ...(email ? [email] : [])].map(text =>
    text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'),
  );
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
