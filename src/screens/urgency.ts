/** The terms of urgencies for people: each item, and below it its terms. */
import type { NextItem } from '../app/reading/next.ts';
import { printable } from '../ui/escape.ts';
import type { Paint } from '../ui/paint.ts';
import { displayWidth, shorten } from '../ui/width.ts';

/** Returns lines that end in `\n`: `12.0 x 0.81 = 9.71  due  2 days overdue` below each title. */
export function urgencyLines(items: readonly NextItem[], width: number, paint: Paint): string[] {
  const names = items.flatMap(({ terms }) => terms.map(({ term }) => term));
  const name = Math.max(0, ...names.map(displayWidth));
  return items.flatMap(({ id, title, urgency, terms }, i) => [
    `${i > 0 ? '\n' : ''}${paint.bold(urgency.toFixed(2).padStart(5))}  ${paint.dim(id)}  ${shorten(printable(title), Math.max(12, width - id.length - 9))}\n`,
    ...terms.map(({ term, coefficient, factor, points, why }) => {
      const sum = `${coefficient.toFixed(1).padStart(4)} x ${factor.toFixed(2)} = ${points.toFixed(2).padStart(5)}`;
      const left = `       ${sum}  ${term.padEnd(name)}  `;
      return `${left}${paint.dim(shorten(printable(why), Math.max(12, width - left.length)))}\n`;
    }),
  ]);
}
