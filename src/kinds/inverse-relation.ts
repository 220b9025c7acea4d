/** The word for a relation as it reads from the other side: if Jane was `referred-by` Mia, then Mia `referred` Jane. */
const pairs: readonly (readonly [string, string])[] = [
  ['reports-to', 'manages'],
  ['parent-of', 'child-of'],
  ['parent', 'child'],
  ['works-for', 'employs'],
  ['client-of', 'supplier-of'],
  ['client', 'supplier'],
];

/** Words that are the same from both sides. */
const mutual: ReadonlySet<string> = new Set(
  'colleague knows partner spouse friend sibling relative neighbour related-to married-to'.split(' '),
);

/** Returns the word from the other side. The inverse of an inverse is the word itself. */
export const inverseRelation = (relation: string): string => known(relation) ?? bySuffix(relation);

function known(relation: string): string | undefined {
  for (const [one, other] of pairs) {
    if (relation === one) return other;
    if (relation === other) return one;
  }
  return mutual.has(relation) || relation.endsWith('-with') ? relation : undefined;
}

/** `referred` and `referred-by`, `assistant` and `assistant-of`. */
const bySuffix = (relation: string): string => withoutSuffix(relation) ?? relation + suffixOf(relation);

/**
 * Returns the word without its suffix if the word is the half of a pair that has the suffix; otherwise undefined.
 * `referred-by-of` is not such a half: its stem `referred-by` is the inverse of `referred` already.
 */
function withoutSuffix(relation: string): string | undefined {
  const stem = relation.replace(/-(?:by|of)$/, '');
  if (stem === relation || known(stem) !== undefined || stem + suffixOf(stem) !== relation) return undefined;
  return withoutSuffix(stem) === undefined ? stem : undefined;
}

const suffixOf = (word: string): string => (word.endsWith('ed') ? '-by' : '-of');
