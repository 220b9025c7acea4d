/** Changes as lines for people: `D12 stage: proposal → follow-up`, `+ D13 title=...`, `- T4`. */
import { type Change, idOf } from '../domain/changes.ts';
import { diffOfLines } from '../domain/line-diff.ts';
import { type Json, sameJson } from '../domain/records.ts';
import type { Adjustment } from '../query/score.ts';
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
      .flatMap(([name, [old, value]]) =>
        change.kind === 'file'
          ? [
              `${old === null ? '+' : value === null ? '-' : '~'} ${change.id}`,
              ...fileLines(old as string | null, value as string | null).map(line => `  ${line}`),
            ]
          : [`${idOf(change)} ${setText(name, old, value)}`],
      );
  });
}

/** A file's change: the lines that go and come. */
export function fileLines(old: string | null, value: string | null): string[] {
  const [before, after] = [old, value].map(text => text?.replace(/\n$/, '').split('\n') ?? []) as [
    string[],
    string[],
  ];
  return diffOfLines(before, after)
    .filter(line => line.op !== ' ')
    .map(line => `${line.op} ${printable((line.op === '+' ? after[line.new] : before[line.old])!)}`);
}

/** A field's change: `stage: proposal → follow-up`; of the list of adjustments, what was adjusted. */
export function setText(name: string, old: Json, value: Json): string {
  return name === 'adjustments'
    ? adjustmentsText(list(old), list(value))
    : `${name}: ${short(old)} → ${short(value)}`;
}

const list = (value: Json): readonly Json[] => (Array.isArray(value) ? value : []);

/** `score +10`, `score fit -5 until 2026-10-14`; those that expired and were left out meanwhile are not said. */
function adjustmentsText(old: readonly Json[], value: readonly Json[]): string {
  const missing = (from: readonly Json[], of: readonly Json[]) =>
    of.filter(each => !from.some(other => sameJson(other, each))).map(adjustmentText);
  const added = missing(old, value);
  return (added.length > 0 ? added : missing(value, old).map(text => `${text} taken back`)).join(', ');
}

function adjustmentText(adjustment: Json): string {
  const { score, by, until } = adjustment as unknown as Adjustment;
  const name = score === 'default' ? 'score' : `score ${score}`;
  return `${printable(name)} ${by < 0 ? '' : '+'}${by}${until === undefined ? '' : ` until ${until.slice(0, 10)}`}`;
}

/** Returns a value, shortened. */
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
