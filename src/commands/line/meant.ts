/** Guesses the command line that was meant when the first word is not a command, or the arguments are in another order. */
import { noSettings } from '../../domain/config.ts';
import type { Kinds } from '../../domain/kinds.ts';
import { nearest } from '../../domain/nearest.ts';
import { findField } from '../../kinds/fields.ts';
import type { Arguments } from '../args/argument.ts';
import { quoted } from '../args/quoted.ts';
import type { Tree } from './tree.ts';

/** Returns the command line that was probably meant, or what is similar, for a hint. `words` begin with the unknown one. */
export function commandMeant(words: readonly string[], tree: Tree, kinds: Kinds): string {
  const [first = '', ...rest] = words;
  if (first === 'crm' && rest.length > 0) return ['crm', ...rest.map(quoted)].join(' ');
  const id = idIn(first, kinds);
  if (id) return `crm ${id.kind} show ${id.id}`;
  const verb = tree.aliases[first] ?? first;
  const nouns = Object.keys(tree.nouns).filter(noun => Object.hasOwn(tree.commands, `${noun} ${verb}`));
  if (nouns.length > 0) return asCommand(verb, nouns, rest, kinds);
  const plural = kinds.names.find(kind => kinds.pluralOf(kind) === first);
  if (plural !== undefined && Object.hasOwn(tree.commands, `${plural} list`)) {
    const verb = tree.aliases[rest[0] ?? ''] ?? rest[0];
    const isVerb = verb !== undefined && Object.hasOwn(tree.commands, `${plural} ${verb}`);
    return ['crm', plural, ...(isVerb ? [verb] : ['list']), ...rest.slice(isVerb ? 1 : 0).map(quoted)].join(
      ' ',
    );
  }
  const known = [...new Set(Object.keys(tree.commands).map(path => path.split(' ')[0]!))];
  const near = nearest(first, known);
  return near ? `did you mean ${near}?` : 'crm help lists all commands';
}

/** Returns the command that shows a record, if a noun is followed by a record instead of a verb: `deal D1`, `contact jane@example.com`. */
export function showMeant(noun: string, word: string, kinds: Kinds): string | undefined {
  const id = idIn(word, kinds);
  if (id?.kind === noun) return `crm ${noun} show ${id.id}`;
  return kinds.has(noun) && word.includes('@') ? `crm ${noun} show ${quoted(word)}` : undefined;
}

/** Returns the list command with a query term instead of an option that lists do not have: `--owner me` is `owner:me`. */
export function filterMeant(
  path: string,
  message: string,
  words: readonly string[],
  kinds: Kinds,
): string | undefined {
  const [noun = '', verb] = path.split(' ');
  const option = /^unknown option '--([\w-]+)(?:=(.*))?'$/.exec(message);
  if (verb !== 'list' || !kinds.has(noun) || !option) return undefined;
  const [written, name = '', given] = option;
  if (!findField(noSettings(kinds), noun, name) && !['tag', 'is', 'has', 'no', 'text'].includes(name))
    return undefined;
  const at = words.findIndex(word => written.includes(`'${word}'`));
  const next = words[at + 1];
  const value = given ?? (at >= 0 && next !== undefined && !next.startsWith('-') ? next : 'VALUE');
  return `crm ${path} ${quoted(`${name}:${/\s/.test(value) ? `"${value}"` : value}`)}`;
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

/**
 * Returns the line with its arguments in the order in which the command declares them, for a hint after an error;
 * undefined if the order is right. `deal move proposal D12` is `deal move D12 proposal`; `field add size deal` is
 * `field add deal size`; a last argument of several words gets its quotes.
 */
export function orderMeant(
  path: string,
  args: Arguments,
  words: readonly string[],
  kinds: Kinds,
): string | undefined {
  const [first, ...others] = Object.values(args);
  const line = (words: readonly string[]) => ['crm', path, ...words.map(quoted)].join(' ');
  const choices = first?.type === 'word' ? (first.words ?? []) : [];
  const choice = words.findIndex(word => choices.includes(word));
  if (choice > 0) return line([words[choice]!, ...words.slice(0, choice), ...words.slice(choice + 1)]);
  if (first?.type !== 'record') return undefined;
  const isId = (word: string) => idIn(word, kinds)?.kind === path.split(' ')[0];
  const ids = words.filter(isId);
  const rest = words.filter(word => !isId(word));
  if (ids.length === 0 || rest.length === 0) return undefined;
  if (!words.slice(0, ids.length).every(isId)) return line([...ids, ...rest]);
  // `deal set D1 value 5`, and `deal lose D1 price` without --reason.
  if (others[0]?.type === 'fields' && rest.length === 2 && !rest.some(word => word.includes('=')))
    return line([...ids, rest.join('=')]);
  if (path === 'deal lose') return line([...ids, '--reason', rest.join(' ')]);
  const isOneText = others.length === 1 && !others[0]!.isMany && !others[0]!.isOptional;
  return isOneText && rest.length > 1 ? line([...ids, rest.join(' ')]) : undefined;
}

function idIn(word: string, kinds: Kinds): { kind: string; id: string } | undefined {
  const id = word.toUpperCase();
  const parsed = kinds.parseId(id);
  return parsed && { kind: parsed.kind, id };
}
