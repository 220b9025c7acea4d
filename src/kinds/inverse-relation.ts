/** The word for a relation as it reads from the other side: who was `referred-by` somebody is one whom they `referred`. */
const pairs: readonly (readonly [string, string])[] = [
  ['reports-to', 'manages'],
  ['parent-of', 'child-of'],
  ['works-for', 'employs'],
  ['client-of', 'supplier-of'],
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
  const stem = relation.replace(/-(?:by|of)$/, '');
  if (stem !== relation && known(stem) === undefined && stem + suffixOf(stem) === relation) return stem;
  return relation + suffixOf(relation);
}

const suffixOf = (word: string): string => (word.endsWith('ed') ? '-by' : '-of');
