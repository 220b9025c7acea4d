import { usage } from '../../../domain/errors.ts';
import { isEmpty } from '../../../domain/records.ts';
import { actingUser } from './acting-user.ts';
import type { Rules } from './index.ts';

/** An address is what a mail server could take; more is for the server to say. */
const emailPattern = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/;

export const contactRules: Rules = {
  complete(fields, before, writer) {
    if (!before && fields.owner === undefined) fields.owner = actingUser(writer);
    const email = fields.email;
    if (typeof email === 'string') {
      const address = email.trim();
      if (!emailPattern.test(address))
        throw usage(`${JSON.stringify(email)} is no e-mail address`, 'for example jane@example.com');
      fields.email = address;
    }
    if (!before) fields.name ??= fields.email;
    if (!before && isEmpty(fields.name))
      throw usage('a contact needs a name or an e-mail', '--name, --email');
  },
};
