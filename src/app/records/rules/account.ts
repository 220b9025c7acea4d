import { usage } from '../../../domain/errors.ts';
import { unique } from './contact.ts';
import type { Rules } from './index.ts';

export const accountRules: Rules = {
  complete(fields, before, writer) {
    const name = fields.name;
    if (typeof name === 'string') {
      fields.name = name.trim();
      unique(writer, 'account', 'name', name.trim(), before?.id);
    }
    if (typeof fields.domain === 'string') fields.domain = fields.domain.trim().toLowerCase();
    for (
      let parent = fields.parent;
      before && typeof parent === 'string';
      parent = writer.draft.get(parent)?.parent
    )
      if (parent === before.id)
        throw usage(`${before.id} cannot be a parent of itself, not even by way of others`);
  },
  restored(record, writer) {
    unique(writer, 'account', 'name', record.name, record.id);
  },
};
