/** Whether a query asks for a field by itself: what a list leaves out by default is then not left out. */
import type { Config } from '../../domain/config.ts';
import { type Node, parseQuery } from '../../query/parse.ts';

export interface Asked {
  /** Names of fields, also those of `has:` and `no:`. */
  readonly fields: readonly string[];
  /** Words of `is:`. */
  readonly is: readonly string[];
}

/** Returns whether a term of the query, or of a view that it names, is one of those. */
export function asksFor(node: Node, config: Config, asked: Asked, views: readonly string[] = []): boolean {
  switch (node.type) {
    case 'term': {
      const { field, values } = node;
      if (field === 'is') return values.some(value => asked.is.includes(value));
      const names = field === 'has' || field === 'no' ? values : [field];
      return names.some(name => asked.fields.includes(name));
    }
    case 'view': {
      const view = config.views.find(v => v.id === node.name);
      // One that is unknown or refers to itself is refused when the query is compiled.
      if (!view || views.includes(node.name)) return false;
      return asksFor(parseQuery(view.query), config, asked, [...views, node.name]);
    }
    case 'not':
      return asksFor(node.node, config, asked, views);
    default:
      return node.nodes.some(each => asksFor(each, config, asked, views));
  }
}
