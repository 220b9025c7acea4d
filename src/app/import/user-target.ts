/** Turns rows into users. Users are settings, so all of them are one edit of crm.yaml, made after the last row. */
import type { Refusals } from './refusals.ts';
import type { Target } from './target.ts';
import { requireNoOpenWork, type RulesGivingWork } from '../settings/hand-over.ts';
import { putSettings, type SettingValues } from '../settings/setting-keys.ts';
import { editSettings } from '../settings/settings.ts';
import { checkEmail, checkNewUser, freeUserId, keepAnAdmin, roleFor } from '../settings/users.ts';
import type { Fields, Writer } from '../core/writer.ts';
import { type Config, roles } from '../../domain/config.ts';
import { conflict, CrmError, usage } from '../../domain/errors.ts';
import type { Rec } from '../../domain/records.ts';
import { type Field, field } from '../../kinds/field.ts';
import type { Plain, YamlTree } from '../../store/yaml/yaml-tree.ts';

const userFields: readonly Field[] = [
  field('id', 'text'),
  field('name', 'text'),
  field('email', 'text'),
  field('role', 'choice', { options: () => roles }),
  field('active', 'boolean'),
  field('signature', 'text'),
];

interface Edit {
  readonly id: string;
  readonly before: Config;
  readonly values: Fields;
  readonly line: number;
}

export class UserTarget implements Target {
  readonly noun = 'users';
  readonly fields = userFields;
  readonly naturalKeys = ['id', 'email', 'name'];
  readonly #writer: Writer;
  readonly #rules: RulesGivingWork;
  readonly #before: Config;
  readonly #refusals: Refusals;
  readonly #edits: Edit[] = [];

  constructor(writer: Writer, rules: RulesGivingWork, refusals: Refusals) {
    this.#writer = writer;
    this.#refusals = refusals;
    this.#rules = rules;
    this.#before = writer.config;
  }

  field(name: string): Field | undefined {
    return this.fields.find(each => each.name === name);
  }

  find(key: Field, text: string): Rec[] {
    const lower = text.toLowerCase();
    const has = (value: unknown) => typeof value === 'string' && value.toLowerCase() === lower;
    return Object.values(this.#writer.config.users)
      .map(user => user as unknown as Rec)
      .filter(user => has(user[key.path]));
  }

  create(fields: Fields, line: number): string {
    const { draft } = this.#writer;
    const { email, name = email } = fields as { email?: string; name?: string };
    const id =
      (fields.id as string | undefined)?.trim() ??
      (name && freeUserId(draft, name.split('@')[0]!, new Set()));
    if (id === undefined) throw usage('a user needs an id, a name or an e-mail');
    const user = {
      active: true,
      role: roleFor(this.#writer.view.viewer, id),
      ...fields,
      id,
      name: name ?? id,
    };
    this.#checkNew(id, email);
    this.#keep(id, user, line);
    return id;
  }

  update(record: Rec, fields: Fields, line: number): readonly string[] {
    const changed = Object.entries(fields).filter(([path, value]) => (record[path] ?? null) !== value);
    if (changed.length === 0) return [];
    const { id } = record;
    if (changed.some(([path]) => path === 'id'))
      throw usage('the id of a user stays', `crm user add ${fields.id}`);
    const { config } = this.#writer;
    const values = Object.fromEntries(changed);
    checkEmail(config, id, values.email as string | undefined);
    if (values.active === false) requireNoOpenWork(this.#writer, id, this.#rules);
    this.#keep(id, values, line);
    return Object.keys(values);
  }

  /** Throws CONFLICT if an id or an e-mail is taken, with the line if an earlier row has it. */
  #checkNew(id: string, email: string | undefined): void {
    try {
      checkNewUser(this.#writer.config, { id, email });
    } catch (error) {
      if (!(error instanceof CrmError) || error.kind !== 'CONFLICT') throw error;
      const earlier = this.#edits.find(
        edit =>
          edit.id === id ||
          (email !== undefined && edit.values.email?.toString().toLowerCase() === email.toLowerCase()),
      );
      throw earlier ? conflict(`${error.message}, of line ${earlier.line}`, error.hint) : error;
    }
  }

  /** The user as rows that follow see them. */
  #keep(id: string, values: Fields, line: number): void {
    const { draft } = this.#writer;
    const before = draft.config;
    this.#refusals.check(keyOf({ id, values }));
    this.#edits.push({ id, before, values, line });
    const user = { ...before.users[id], ...values, id } as Config['users'][string];
    draft.config = { ...before, users: { ...before.users, [id]: user } };
  }

  mark(): number {
    return this.#edits.length;
  }

  revert(to: number): void {
    const [first] = this.#edits.splice(to);
    if (first) this.#writer.draft.config = first.before;
  }

  async finish(): Promise<void> {
    const { draft, view } = this.#writer;
    draft.config = this.#before;
    if (this.#edits.length === 0) return;
    await this.#refusals.write(draft, this.#edits, keyOf, async edits => {
      await editSettings(draft, view.viewer, 'crm.yaml', tree => {
        for (const edit of edits) put(tree, edit);
      });
      keepAnAdmin(draft.config, view.viewer);
    });
  }
}

const keyOf = ({ id, values }: Pick<Edit, 'id' | 'values'>): string => `user ${id} ${JSON.stringify(values)}`;

/** Writes a user as a row has it. */
function put(tree: YamlTree, { id, values: { id: _, ...values } }: Edit): void {
  if (tree.get(['users', id]) !== undefined) {
    const settings = Object.entries(values) as [string, string | boolean][];
    putSettings(tree, ['users', id], new Map(settings) satisfies SettingValues);
  } else {
    if (values.active === true) delete values.active;
    tree.put(['users', id], values as Plain);
  }
}
