import { usage } from '../../../domain/errors.ts';
import { actingUser } from './acting-user.ts';
import type { Rules } from './index.ts';

export const accountRules: Rules = {
  complete(fields, before, writer) {
    if (!before && fields.owner === undefined) fields.owner = actingUser(writer);
    if (typeof fields.name === 'string') fields.name = fields.name.trim();
    if (typeof fields.domain === 'string') fields.domain = fields.domain.trim().toLowerCase();
    for (
      let parent = fields.parent;
      before && typeof parent === 'string';
      parent = writer.draft.get(parent)?.parent
    )
      if (parent === before.id)
        throw usage(`${before.id} cannot be a parent of itself, not even by way of others`);
  },
};
