/** Contacts and accounts that a command made because no record had the name: a name that is misspelt makes one too. */
import { type Comparable, isComparable, type Near, nearExisting } from '../../app/records/near-names.ts';
import type { Committed } from '../../app/core/commit.ts';
import { View } from '../../app/core/view.ts';
import { type Change, idOf, kindOf } from '../../domain/changes.ts';
import { definitionOf } from '../../kinds/define.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Draft } from '../../state/draft.ts';
import type { State } from '../../state/state.ts';
import type { Context } from '../line/context.ts';

interface Made {
  readonly id: string;
  readonly kind: Comparable;
  readonly text: string;
  readonly near: Near;
}

/** Checks the names of the records that a command makes for resemblances: asks before they are saved, and reports afterwards. */
export class MadeNear {
  readonly #context: Context;
  readonly #kind: Kind;
  /** The record that each name resembles, needed before the commit and again after it. */
  readonly #known = new Map<string, Near | undefined>();

  /** `kind` is the kind of the record that the command is for. */
  constructor(context: Context, kind: Kind) {
    this.#context = context;
    this.#kind = kind;
  }

  /** Asks, if there is a terminal, before a record is made with a name that resembles another one. */
  async ask({ state, changes }: Draft): Promise<void> {
    const { globals } = this.#context;
    if (globals.dryRun || globals.yes || !this.#context.canAsk()) return;
    for (const { kind, text, near } of await this.#find(state, changes))
      await this.#context.confirm(
        `There is no ${kind} ${JSON.stringify(text)}, and ${JSON.stringify(near.name)} (${near.id}) is almost it. Make a new ${kind}?`,
      );
  }

  /** Reports the records that were made with names that resemble others. */
  async report({ state, changes }: Committed<unknown>): Promise<void> {
    if (this.#context.globals.dryRun) return;
    for (const { id, kind, text, near } of await this.#find(state, changes))
      await this.#context.message(
        `made the ${kind} ${id} ${JSON.stringify(text)}; the nearest that existed is ${JSON.stringify(near.name)} (${near.id})`,
      );
  }

  /** Returns the contacts and accounts that were made and resemble one that the viewer sees. */
  async #find(state: State, changes: readonly Change[]): Promise<Made[]> {
    const made = changes.flatMap(change => {
      const kind = kindOf(change);
      if (!('add' in change) || !isComparable(kind)) return [];
      const { knownBy, named } = definitionOf(state.kinds, kind);
      // Addresses of colleagues differ by a letter; the record that a command adds is compared by its name alone.
      if (kind === this.#kind && knownBy !== named) return [];
      const text = knownBy && change.add[knownBy];
      return typeof text === 'string' ? [{ id: idOf(change), kind, text } as const] : [];
    });
    if (made.length === 0) return [];
    const workspace = await this.#context.workspace();
    const view = new View(state, workspace.viewer, workspace.clock);
    const isNew = (id: string) => made.some(each => each.id === id);
    return made.flatMap(each => {
      const key = `${each.kind} ${each.text}`;
      if (!this.#known.has(key)) this.#known.set(key, nearExisting(view, each.kind, each.text, isNew));
      const near = this.#known.get(key);
      return near ? [{ ...each, near }] : [];
    });
  }
}
