/** The identity of a workspace, which distinguishes its ids from those of another. */
import type { Store } from '../../store/store.ts';

/** The last column, or key, of an export: the origin of its ids. Imports read it and set no field by it. */
export const ORIGIN = 'crm_workspace';

/** Returns the id for other programs of a record without an external id: `ws-0a1b2c3d4e5f6071-C12`. */
export const uidOf = (workspace: string, id: string): string => `${workspace}-${id}`;

/** Returns the id in such a text, if it is one of this workspace. */
export const idInUid = (workspace: string | undefined, uid: string): string | undefined =>
  workspace !== undefined && uid.startsWith(`${workspace}-`) ? uid.slice(workspace.length + 1) : undefined;

/** Hexadecimal digits of the hash: 64 bits tell workspaces apart, and are short enough to stand in every row. */
const LENGTH = 16;

/**
 * Returns the id of a workspace: the beginning of the hash of its first transaction, which is salted, so that no two
 * are alike, and stays through purges, packs and copies. A spreadsheet does not take it for a number. Workspaces that were made earlier have it as well. Undefined
 * before the first transaction.
 */
export async function workspaceId({ journal }: Store): Promise<string | undefined> {
  const { seq } = await journal.tip();
  if (seq === 0) return undefined;
  const [first] = await journal.read(0, 1);
  return first && `ws-${Buffer.from(first.hash, 'base64').toString('hex').slice(0, LENGTH)}`;
}
