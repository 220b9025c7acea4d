/** Names that people give and that become keys of objects: three of them mean something to JavaScript. */
import { usage } from './errors.ts';

const unsafe: readonly unknown[] = ['__proto__', 'constructor', 'prototype'];

/** Returns why something cannot have a name, in the one sentence for that; undefined where it can. */
export const whyNotNamed = (what: string, name: unknown): string | undefined =>
  unsafe.includes(name) ? `${JSON.stringify(name)} cannot be the name of ${what}` : undefined;

/** Throws USAGE if something cannot have a name. */
export function requireName(what: string, name: string): void {
  const why = whyNotNamed(what, name);
  if (why !== undefined) throw usage(why, 'choose another name');
}
