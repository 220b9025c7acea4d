/**
 * Finds the records that rows point to by id or natural key, or makes them in the same transaction if the mapping
 * says so.
 */
import { definitionOf } from '../../kinds/define.ts';
import type { Writer } from '../core/writer.ts';
import { readAddress } from '../../domain/email.ts';
import { CrmError } from '../../domain/errors.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Field } from '../../kinds/field.ts';

/** The known facts about a record to make. */
export interface Known {
  readonly name?: string | undefined;
  readonly account?: string | undefined;
  readonly phone?: string | undefined;
  /** Of an account: what it is known by elsewhere. */
  readonly externalId?: string | undefined;
  /** Whose it is. */
  readonly owner: () => string | null;
}

export class Relations {
  readonly #writer: Writer;
  readonly #made: readonly string[];
  /** Records of this kind are added and changed while rows are read, so earlier results may be outdated. */
  readonly #changing: Kind | undefined;
  readonly #known = new Map<Field, Map<string, string>>();

  constructor(writer: Writer, made: readonly string[], changing: Kind | undefined) {
    this.#writer = writer;
    this.#made = made;
    this.#changing = changing;
  }

  /** The id that a text means for a field; NOT_FOUND with what would make it. */
  find(field: Field, text: string, known: Known): string {
    let ids = this.#known.get(field);
    if (!ids) this.#known.set(field, (ids = new Map()));
    let id = ids.get(text);
    if (id !== undefined) return id;
    id = this.#findOrMake(field, text.trim(), known);
    if (!field.refs!.includes(this.#changing as Kind)) ids.set(text, id);
    return id;
  }

  /** Forgets what was found, since some of it may have been given up. */
  forget(): void {
    this.#known.clear();
  }

  #findOrMake(field: Field, text: string, known: Known): string {
    const { view } = this.#writer;
    const refs = field.refs!;
    const person = namedPerson(text);
    const byEmail = refs.includes('contact') ? person.email : undefined;
    const key = byEmail ?? text;
    const byId = refs.length === 1 && refs[0] === 'account' ? known.externalId : undefined;
    const withId = byId === undefined ? undefined : this.#withExternalId(byId);
    if (withId !== undefined) return withId;
    const found = (byEmail && this.#withEmail(byEmail)) ?? (byEmail ? undefined : view.lookup(refs, key));
    if (found !== undefined) return found;
    const kind = this.#kindToMake(refs, person.email !== undefined);
    const isId = view.kinds.parseId(text) !== undefined;
    if (kind === undefined || isId || !this.#made.includes(view.kinds.pluralOf(kind))) {
      try {
        return view.find(refs, key);
      } catch (error) {
        if (!(error instanceof CrmError) || kind === undefined || isId) throw error;
        throw new CrmError(
          error.kind,
          error.message,
          `--create-missing ${view.kinds.pluralOf(kind)} makes it`,
        );
      }
    }
    const owner = known.owner();
    if (kind === 'account')
      return this.#writer.insert('account', { name: text, externalId: known.externalId, owner });
    const { email, name } = person;
    return this.#writer.insert('contact', {
      email,
      name: known.name ?? name,
      phone: known.phone,
      account: known.account,
      owner,
    });
  }

  #withExternalId(id: string): string | undefined {
    const { view } = this.#writer;
    const table = view.state.table('account');
    const row = table.find('externalId', id).find(each => table.record(each).externalId === id);
    return row !== undefined && view.sees('account', row) ? table.id(row) : undefined;
  }

  /** Most contacts that an import names are new: then no other key of theirs has to be looked up. */
  #withEmail(email: string): string | undefined {
    const { view } = this.#writer;
    const table = view.state.table('contact');
    const rows = table.find('emails', email).filter(row => view.sees('contact', row));
    return rows.length === 1 ? table.id(rows[0]!) : undefined;
  }

  /** A text that may name one of several kinds makes a contact if it has an address, and else nothing. */
  #kindToMake(refs: readonly Kind[], hasAddress: boolean): Kind | undefined {
    if (hasAddress && refs.includes('contact')) return 'contact';
    const [only] = refs;
    if (only === undefined || refs.length > 1) return undefined;
    return definitionOf(this.#writer.config.kinds, only).throughDeals ? only : undefined;
  }
}

/** `jane@example.com`, `Jane Roe <jane@example.com>`, `Jane Roe (jane@example.com)` or `Jane Roe`. */
const namedPerson = (text: string): { readonly name?: string; readonly email?: string } =>
  readAddress(text) ?? (/^\S+@\S+$/.test(text) ? { email: text } : { name: text });
