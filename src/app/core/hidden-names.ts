/**
 * The names that a viewer may not know: of the pipelines that are closed to them, and of the stages and groups that
 * only these have. Settings are searched by structure, because a word such as `new` may have other meanings.
 */
import { escapePattern } from '../../domain/escape-pattern.ts';
import { memoBy } from '../../domain/memo.ts';
import type { Config, Pipeline } from '../../domain/config.ts';
import { CrmError } from '../../domain/errors.ts';
import type { Explanation } from '../../query/compile.ts';
import { type Node, parseQuery } from '../../query/parse.ts';
import { hasAccess, seesAll, type Viewer } from './viewer.ts';

/** Fields of queries whose values are names of pipelines, stages or groups, also of a related record. */
const namingField = /(^|\.)(pipeline|stage|closed-?stage|group)$/i;

export class HiddenNames {
  /** In lower case. */
  readonly #words: ReadonlySet<string>;
  /** Saved views that ask for one of the words. */
  readonly #views = new Set<string>();
  #pattern: RegExp | undefined;

  /** Hides the names that only `closed` pipelines have, and the saved views that ask for one, by way of other views too. */
  constructor(closed: readonly Pipeline[], open: readonly Pipeline[], views: Config['views']) {
    const shown = new Set(open.flatMap(namesIn));
    this.#words = new Set(closed.flatMap(namesIn).filter(word => !shown.has(word)));
    for (let before = -1; before !== this.#views.size; ) {
      before = this.#views.size;
      for (const { id, query } of views) if (this.inQuery(query)) this.#views.add(id);
    }
  }

  /** Whether a value is a hidden name, whatever its case. */
  has(word: unknown): boolean {
    return typeof word === 'string' && this.#words.has(word.trim().toLowerCase());
  }

  /** Whether a query asks for a hidden name, or for a view that does; a text that is not a query does not. */
  inQuery(text: string): boolean {
    try {
      return this.#inNode(parseQuery(text));
    } catch (error) {
      if (error instanceof CrmError) return false;
      throw error;
    }
  }

  #inNode(node: Node): boolean {
    switch (node.type) {
      case 'term':
        return namingField.test(node.field) && node.values.some(value => this.has(value));
      case 'view':
        return this.#views.has(node.name);
      case 'not':
        return this.#inNode(node.node);
      default:
        return node.nodes.some(each => this.#inNode(each));
    }
  }

  /** Whether one of the terms of a query that was explained asks for a hidden name. */
  inExplanation({ term, parts }: Explanation): boolean {
    return parts ? parts.some(part => this.inExplanation(part)) : this.inQuery(term);
  }

  /** Whether one of the texts inside a setting is a hidden name, a query that asks for one, or Liquid that compares with one. */
  inSetting(value: unknown): boolean {
    if (typeof value === 'string')
      return (
        value.split('/').some(part => this.has(part)) ||
        this.inQuery(value) ||
        (/\{[{%]/.test(value) &&
          [...value.matchAll(/"([^"]*)"|'([^']*)'/g)].some(q => this.has(q[1] ?? q[2])))
      );
    if (Array.isArray(value)) return value.some(each => this.inSetting(each));
    return typeof value === 'object' && value !== null && Object.values(value).some(v => this.inSetting(v));
  }

  /** Whether a text has one of the words, however it is written. */
  inText(text: string): boolean {
    return text.search(this.#anywhere) >= 0;
  }

  /** Returns a text without the words. */
  redacted(text: string): string {
    return text.replace(this.#anywhere, '(hidden)');
  }

  /** Matches each of the words, but not inside another word. */
  get #anywhere(): RegExp {
    const words = [...this.#words].sort((a, b) => b.length - a.length);
    const any = words.map(escapePattern).join('|');
    return (this.#pattern ??= new RegExp(
      `(?<![\\p{L}\\p{N}_-])(?:${any || '(?!)'})(?![\\p{L}\\p{N}_-])`,
      'giu',
    ));
  }
}

const namesIn = ({ id, name, stages }: Pipeline): string[] =>
  [id, name, ...stages.flatMap(stage => [stage.id, stage.name, stage.group ?? []])]
    .flat()
    .map(word => word.trim().toLowerCase())
    .filter(word => word !== '');

const byUserOf = memoBy((_: Config) => new Map<string, HiddenNames>());

/** Returns the names in these settings that a viewer may not know; undefined if nothing is hidden from them. */
export function hiddenNames(config: Config, viewer: Viewer): HiddenNames | undefined {
  if (seesAll(viewer) || config.pipelines.every(pipeline => hasAccess(pipeline, viewer))) return undefined;
  const byUser = byUserOf(config);
  const key = `${viewer.role} ${viewer.user}`;
  let names = byUser.get(key);
  if (!names) {
    names = new HiddenNames(
      config.pipelines.filter(pipeline => !hasAccess(pipeline, viewer)),
      config.pipelines.filter(pipeline => hasAccess(pipeline, viewer)),
      config.views,
    );
    byUser.set(key, names);
  }
  return names;
}
