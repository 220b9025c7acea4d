/** Finds automations whose file was removed, which `crm automation restore` brings back. */
import { idOf, kindOf } from '../../domain/changes.ts';
import { backwards, type Journal } from '../../store/journal/journal.ts';
import { seenChange } from '../core/seen-changes.ts';
import type { View } from '../core/view.ts';

export interface RemovedAutomation {
  readonly id: string;
  readonly removedAt: string;
  readonly by: string;
  /** The transaction that took the file away. */
  readonly tx: number;
}

const RULE = /^automations\/([a-z0-9-]+)\.yaml$/;

/** Returns the removed automations that the viewer may know, the latest removed first. */
export async function removedAutomations(view: View, journal: Journal): Promise<RemovedAutomation[]> {
  const files = view.state.named('file');
  const removed = new Map<string, RemovedAutomation>();
  for await (const { seq, at, by, changes } of backwards(journal))
    for (const change of changes) {
      const id = kindOf(change) === 'file' ? RULE.exec(idOf(change))?.[1] : undefined;
      if (id === undefined || removed.has(id) || !seenChange(view, change)) continue;
      if (typeof files.get(idOf(change))?.text === 'string') continue;
      removed.set(id, { id, removedAt: at, by, tx: seq });
    }
  return [...removed.values()];
}
