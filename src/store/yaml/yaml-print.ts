/** New values as YAML text: on one line, or as the lines of an entry. */
import {
  Document,
  isScalar,
  isSeq,
  type Pair,
  type Scalar,
  type ToStringOptions,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { isMapping, type YamlMap, type YamlValue } from './yaml-tree.ts';

export interface PrintOptions {
  /** The version of YAML that the document is in. */
  readonly version: '1.1' | '1.2';
  /** Whether every text is in double quotes: where a plain one was read as something else. */
  readonly quoted: boolean;
}

export type Style = Scalar.Type | undefined;

const oneLine: ToStringOptions = {
  lineWidth: 0,
  flowCollectionPadding: true,
  blockQuote: false,
  doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
};

/** A value on one line; `inFlow` inside brackets or braces. A text is quoted as `style` says, where it can be. */
export function printValue(value: YamlValue, inFlow: boolean, options: PrintOptions, style?: Style): string {
  return inFlow
    ? print([value], true, options, style).slice(2, -2)
    : print(new Map([['k', value]]), false, options, style).slice('k: '.length);
}

/** An entry inside braces: `key: value`. */
export const printPair = (key: string, value: YamlValue, options: PrintOptions): string =>
  print(new Map([[key, value]]), true, options).slice(2, -2);

/** The lines of an entry, not indented; below a map of `blocks` those of its entries, each indented by `step`. */
export function printLines(
  key: string,
  value: YamlValue,
  blocks: WeakSet<object>,
  step: number,
  options: PrintOptions,
): string[] {
  if (!isMapping(value) || value.size === 0 || !blocks.has(value))
    return [print(new Map([[key, value]]), false, options)];
  const head = print(new Map([[key, null]]), false, options).replace(/ null$/, '');
  const below = [...(value as YamlMap)].flatMap(([name, each]) =>
    printLines(name, each, blocks, step, options),
  );
  return [head, ...below.map(line => ' '.repeat(step) + line)];
}

function print(value: YamlValue, flow: boolean, { version, quoted }: PrintOptions, style?: Style): string {
  const document = new Document(undefined, { version });
  const node = document.createNode(value, { aliasDuplicateObjects: false }) as YAMLMap | YAMLSeq;
  visit(node, {
    Collection: (_, collection) => {
      collection.flow = true;
    },
    // The printer would give each line of a text its own.
    Scalar: (_, scalar) => {
      if (/[\n\r]/.test(String(scalar.value))) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  node.flow = flow;
  const scalar: unknown = isSeq(node) ? node.items[0] : (node.items[0] as Pair).value;
  if (style && isScalar(scalar) && typeof scalar.value === 'string') scalar.type ??= style;
  document.contents = node as Document['contents'];
  return document
    .toString({
      ...oneLine,
      ...(quoted && { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE' }),
    })
    .replace(/\n$/, '')
    .replace(/^(%YAML [\d.]+\n)?---\n?/, '');
}
