import type { OtherForm } from './other-form.ts';

/** Contacts as vCards, for address books. */
export const cards: OtherForm = {
  name: 'vcard',
  kind: 'contact',
  ending: '.vcf',
  noun: 'contact',
  bySingle: true,
  details: [],
  options: [
    {
      flags: '--vcard',
      description:
        'contacts as vCards for address books: into one FILE.vcf, or into a file each in DIRECTORY/',
    },
  ],
  async pieces({ view, rows, workspace }) {
    const { cardsOf } = await import('../../app/reading/cards.ts');
    const { vcardText } = await import('../../channels/vcard-write.ts');
    const { kinds, state } = view;
    return (function* () {
      const table = state.table('contact');
      let n = 0;
      for (const card of cardsOf(view, rows, workspace))
        yield { file: `${kinds.makeId('contact', table.number(rows[n++]!))}.vcf`, text: vcardText(card) };
    })();
  },
};
