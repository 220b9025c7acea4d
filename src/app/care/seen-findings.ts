/** The findings of `crm doctor`, as the acting user may see them. */
import type { Finding } from '../../store/site/finding.ts';
import { seenChange } from '../core/seen-changes.ts';
import type { View } from '../core/view.ts';
import { seesAll } from '../core/viewer.ts';
import { Workspace, type World } from '../core/workspace.ts';
import type { Examination } from './examination.ts';

/** The workspace as it was opened, and what the user sees of it; undefined where it cannot be read that far. */
interface Seen {
  readonly workspace: Workspace;
  readonly view: View | undefined;
}

async function openFor(world: World, { dir }: Examination): Promise<Seen | undefined> {
  try {
    const workspace = await Workspace.open({ ...world, warn: () => {} }, dir, { orLastSound: true });
    return { workspace, view: await workspace.view().catch(() => undefined) };
  } catch {
    // Broken settings cannot say what a user may see.
    return undefined;
  }
}

/** Whether the acting user sees everything in the workspace, so that they may copy it or take in edits of its files. */
export async function seesWhole(world: World, found: Examination): Promise<boolean> {
  const seen = await openFor(world, found);
  return !seen || seesAll(seen.workspace.viewer);
}

/** Returns the findings for the acting user: one about something hidden says only that it exists. */
export async function seenFindings(world: World, found: Examination): Promise<readonly Finding[]> {
  const seen = await openFor(world, found);
  if (!seen || seesAll(seen.workspace.viewer)) return found.findings;
  const { workspace, view } = seen;
  return found.findings.map(finding => {
    const { file, severity } = finding;
    const isFileHidden = workspace.files.has(file) && !workspace.visibleFiles.has(file);
    if (!view || isFileHidden) return unseen(severity, isFileHidden ? file.split('/')[0]! : file);
    const { message, fix, changes, ...rest } = finding;
    return {
      ...rest,
      message: view.redacted(message),
      ...(fix !== undefined && { fix: view.redacted(fix) }),
      ...(changes && { changes: changes.flatMap(change => seenChange(view, change) ?? []) }),
    };
  });
}

const unseen = (severity: Finding['severity'], file: string): Finding => ({
  severity,
  file,
  message: 'something is wrong that you may not see',
  fix: 'an admin sees what it is: crm doctor',
});
