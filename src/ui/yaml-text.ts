import { Document, isScalar, Scalar, visit } from 'yaml';
import { escapeQuoted, needsEscape } from './escape.ts';

/**
 * A JSON value as YAML, exact and safe on a terminal: strings with control or bidirectional characters stand in
 * double quotes, escaped. Texts that YAML 1.1 readers would take for something else are quoted too (`no`, `1:20`).
 */
export function yamlText(value: unknown): string {
  const document = new Document(value, { compat: 'yaml-1.1', aliasDuplicateObjects: false });
  const text = document.toString({ lineWidth: 0 });
  if (isSafe(text)) return text;
  visit(document, (_, node) => {
    if (isScalar<unknown>(node) && typeof node.value === 'string' && !isSafe(node.value))
      node.type = Scalar.QUOTE_DOUBLE;
  });
  return escapeQuoted(document.toString({ lineWidth: 0 }));
}

/**
 * Block scalars are for line feeds; every other unsafe character, even a carriage return, needs quotes. So does a
 * line of only spaces, of which a block scalar may lose some.
 */
const isSafe = (text: string) => !needsEscape(text.replaceAll('\n', '')) && !/^[ \t]+$/m.test(text);
