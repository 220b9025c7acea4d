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
function bySuffix(relation: string): string {
  return isWithSuffix(relation) ? relation.slice(0, -suffixLength) : relation + suffixOf(relation);
}

/**
 * Tells whether a word is the half of its pair that has the suffix. `referred-by-of` is not: its stem `referred-by` is
 * the inverse of `referred` already.
 */
function isWithSuffix(relation: string): boolean {
  const stem = stemOf(relation);
  return stem !== undefined && !isWithSuffix(stem);
}

/** Returns the word that gets this one by its suffix, or undefined where there is none or its inverse is another word. */
function stemOf(relation: string): string | undefined {
  const stem = relation.replace(/-(?:by|of)$/, '');
  return stem !== relation && known(stem) === undefined && stem + suffixOf(stem) === relation
    ? stem
    : undefined;
}

const suffixLength = '-by'.length;

const suffixOf = (word: string): string => (word.endsWith('ed') ? '-by' : '-of');
