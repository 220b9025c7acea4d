/**
 * Users and stages that rows would make but the settings refuse, such as a user whose id no file can have. This is
 * known only when the settings are written, after all rows: the rows are then read again, and each refused item is an
 * error of its row.
 */
import { CrmError } from '../../domain/errors.ts';
import type { Draft } from '../../state/draft.ts';

/** The rows have to be read again, on a new draft. */
class ReadAgain extends Error {}

export class Refusals {
  readonly #errors = new Map<string, CrmError>();

  /** Throws why something is refused, if it is. */
  check(key: string): void {
    const error = this.#errors.get(key);
    if (error) throw error;
  }

  /**
   * Writes settings with all items. If they are refused, finds the offending items, and makes `untilTaken` begin
   * again; rethrows an error that is not about an item, such as a missing right.
   */
  async write<T>(
    draft: Draft,
    items: readonly T[],
    keyOf: (item: T) => string,
    write: (items: readonly T[]) => Promise<void>,
  ): Promise<void> {
    const refused = await refusal(write, items);
    if (!refused) return;
    const [changes, files, { config }] = [draft.changes.length, draft.files.length, draft];
    const tried = async (some: readonly T[]) => {
      const error = await refusal(write, some);
      draft.revert(changes, {});
      draft.files.length = files;
      draft.config = config;
      return error;
    };
    if (await tried([])) throw refused;
    const rest = [...items];
    for (let error: CrmError | undefined = refused; error; error = await tried(rest)) {
      // The items before `passes` are taken together, those before `fails` are not.
      let [passes, fails] = [0, rest.length];
      while (fails - passes > 1) {
        const middle = (passes + fails) >> 1;
        const found = await tried(rest.slice(0, middle));
        if (found) [fails, error] = [middle, found];
        else passes = middle;
      }
      this.#errors.set(keyOf(rest.splice(fails - 1, 1)[0]!), error);
    }
    throw new ReadAgain();
  }
}

/** Repeats the decision until nothing more is refused. */
export async function untilTaken<T>(decide: (refusals: Refusals) => Promise<T>): Promise<T> {
  const refusals = new Refusals();
  for (;;)
    try {
      return await decide(refusals);
    } catch (error) {
      if (!(error instanceof ReadAgain)) throw error;
    }
}

async function refusal<T>(
  write: (items: readonly T[]) => Promise<void>,
  items: readonly T[],
): Promise<CrmError | undefined> {
  try {
    await write(items);
    return undefined;
  } catch (error) {
    if (error instanceof CrmError) return error;
    throw error;
  }
}
