/** Changes as lines for people: `D12 stage: proposal → follow-up`, `+ D13 title=...`, `- T4`. */
import { type Change, idOf } from '../domain/changes.ts';
import { diffOfLines } from '../domain/line-diff.ts';
import { type Json, sameJson } from '../domain/records.ts';
import type { Adjustment } from '../query/score.ts';
import { printable } from '../ui/escape.ts';

/** What stands for no value. */
const NONE = '(none)';

const derived = new Set(['id', 'createdAt', 'updatedAt', 'stageSince', 'held']);

/** How values, and lines of files, are written. */
interface Writing {
  value(value: Json | undefined): string;
  line(text: string): string;
}

/** Shortened, and escaped for a terminal. */
const forScreens: Writing = { value: short, line: printable };

/**
 * Whole and not escaped, for somebody who decides by them: what does that must escape them. Quotes are there where
 * something else would end the value; within them, a quote is doubled.
 */
const whole: Writing = {
  value: value => {
    if (value === null || value === undefined || value === '') return NONE;
    if (Array.isArray(value)) return value.map(each => whole.value(each as Json)).join(',');
    if (typeof value !== 'string') return JSON.stringify(value);
    return value === NONE || /[\s",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  },
  line: text => text,
};

/** Returns the lines of changes with all of their texts, as they are. */
export const wholeDiffLines = (changes: readonly Change[]): string[] => diffLines(changes, whole);

export function diffLines(changes: readonly Change[], writing: Writing = forScreens): string[] {
  const { value: short } = writing;
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
              ...fileLines(old as string | null, value as string | null, writing).map(line => `  ${line}`),
            ]
          : [`${idOf(change)} ${setText(name, old, value, writing)}`],
      );
  });
}

/** A file's change: the lines that go and come. */
export function fileLines(
  old: string | null,
  value: string | null,
  { line: written } = forScreens,
): string[] {
  const [before, after] = [old, value].map(text => text?.replace(/\n$/, '').split('\n') ?? []) as [
    string[],
    string[],
  ];
  return diffOfLines(before, after)
    .filter(line => line.op !== ' ')
    .map(line => `${line.op} ${written((line.op === '+' ? after[line.new] : before[line.old])!)}`);
}

/** A field's change: `stage: proposal → follow-up`; of the list of adjustments, what was adjusted. */
export function setText(name: string, old: Json, value: Json, { value: short } = forScreens): string {
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
  if (value === null || value === undefined || value === '') return NONE;
  const text =
    typeof value === 'string'
      ? value
      : Array.isArray(value)
        ? value.map(short).join(',')
        : JSON.stringify(value);
  const cut = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  return printable(/\s/.test(cut) && typeof value === 'string' ? JSON.stringify(cut) : cut);
}
