/** Repeats a change that another side made to a file that people write. */
import type { SetChange } from '../../domain/changes.ts';
import { CrmError } from '../../domain/errors.ts';
import { mergeLines } from '../../domain/merge-lines.ts';
import type { Writer } from '../core/writer.ts';
import { settingsWith, writeFiles } from '../settings/settings.ts';
import { lacking } from '../settings/uses.ts';

/**
 * Applies the change of a transaction to a file; returns why the file stays as it is here, if it does. `merges`:
 * texts that both sides changed are merged by lines.
 */
export async function replayFile(
  writer: Writer,
  { id, set }: SetChange,
  merges: boolean,
): Promise<string | undefined> {
  const { draft, view } = writer;
  const [old, made] = set.text as readonly [string | null, string | null];
  const now = (draft.state.named('file').get(id)?.text as string | undefined) ?? null;
  if (now === made) return undefined;
  const step = now === old ? { text: made } : merges ? mergeLines(old, made, now) : undefined;
  if (!step) return 'was changed on both sides; it stays as it is here';
  if (step.text === now) return undefined;
  try {
    const texts = new Map([[id, step.text]]);
    const lacks = lacking(draft, await settingsWith(draft, texts));
    if (lacks !== undefined) return `stays as it is here: it ${lacks}`;
    await writeFiles(draft, view.viewer, texts);
    return undefined;
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    return `cannot be as it is there: ${error.message}`;
  }
}
