import { dialect } from './dialect.ts';

/** vCards, whose properties `channels/vcard-rows.ts` makes columns of. */
export const vcard = dialect('vcard', {
  contact: {
    key: 'externalId',
    keepsExternalIds: true,
    columns: {
      UID: 'externalId',
      FN: 'name',
      EMAIL: 'emails',
      TEL: 'phones',
      ORG: 'account',
      CATEGORIES: 'tags',
    },
  },
});
