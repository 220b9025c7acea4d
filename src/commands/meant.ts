/** Which command somebody meant whose first word is none: an id, a verb before its noun, or a misspelt noun. */
import type { Kinds } from '../domain/kinds.ts';
import { nearest } from '../domain/nearest.ts';
import type { Tree } from './tree.ts';

/** Returns the command line that was probably meant, or what is similar, for a hint. `words` begin with the unknown one. */
export function commandMeant(words: readonly string[], tree: Tree, kinds: Kinds): string {
  const [first = '', ...rest] = words;
  const id = idIn(first, kinds);
  if (id) return `crm ${id.kind} show ${id.id}`;
  const verb = tree.aliases[first] ?? first;
  const nouns = Object.keys(tree.nouns).filter(noun => Object.hasOwn(tree.commands, `${noun} ${verb}`));
  if (nouns.length > 0) return asCommand(verb, nouns, rest, kinds);
  const known = [...new Set(Object.keys(tree.commands).map(path => path.split(' ')[0]!))];
  const near = nearest(first, known);
  return near ? `did you mean ${near}?` : 'crm help lists all commands';
}

/** `move D61 x` is `deal move D61 x`, `add deal X` is `deal add X`. */
function asCommand(verb: string, nouns: readonly string[], rest: readonly string[], kinds: Kinds): string {
  const line = (noun: string, args: readonly string[]) => ['crm', noun, verb, ...args].join(' ');
  const [next] = rest;
  const named = nouns.find(noun => noun === next || (kinds.has(noun) && kinds.pluralOf(noun) === next));
  if (named !== undefined) return line(named, rest.slice(1).map(quoted));
  const id = next === undefined ? undefined : idIn(next, kinds);
  if (id && nouns.includes(id.kind)) return line(id.kind, [id.id, ...rest.slice(1).map(quoted)]);
  return line(nouns[0]!, rest.map(quoted));
}

function idIn(word: string, kinds: Kinds): { kind: string; id: string } | undefined {
  const id = word.toUpperCase();
  const parsed = kinds.parseId(id);
  return parsed && { kind: parsed.kind, id };
}

/** As a shell takes it for one word. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
