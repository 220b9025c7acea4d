/** Changes as lines for people: `D12 stage: proposal → follow-up`, `+ D13 title=...`, `- T4`. */
import { type Change, idOf } from '../domain/changes.ts';
import type { Json } from '../domain/records.ts';
import { printable } from '../ui/escape.ts';

const derived = new Set(['id', 'createdAt', 'updatedAt', 'stageSince', 'held']);

export function diffLines(changes: readonly Change[]): string[] {
  return changes.flatMap(change => {
    if ('add' in change) {
      const fields = Object.entries(change.add).filter(([name]) => !derived.has(name));
      return [`+ ${change.add.id} ${fields.map(([name, value]) => `${name}=${short(value)}`).join(' ')}`];
    }
    if ('rm' in change) return [`- ${change.id} ${short(change.rm.title ?? change.rm.name ?? '')}`.trimEnd()];
    return Object.entries(change.set)
      .filter(([name]) => !derived.has(name))
      .map(([name, [old, value]]) =>
        change.kind === 'file'
          ? `${old === null ? '+' : value === null ? '-' : '~'} ${change.id}`
          : `${idOf(change)} ${name}: ${short(old)} → ${short(value)}`,
      );
  });
}

/** A value in a few words. */
export function short(value: Json | undefined): string {
  if (value === null || value === undefined || value === '') return '(none)';
  const text =
    typeof value === 'string'
      ? value
      : Array.isArray(value)
        ? value.map(short).join(',')
        : JSON.stringify(value);
  const cut = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  return printable(/\s/.test(cut) && typeof value === 'string' ? JSON.stringify(cut) : cut);
}
