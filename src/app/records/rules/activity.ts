import type { Rules } from './index.ts';

/** Activities and events: they happened now, unless it is said when; an activity was done by who says so. */
export const activityRules: Rules = {
  complete(fields, before, writer) {
    if (before) return;
    fields.at ??= writer.draft.at;
    if ('type' in fields) fields.by ??= writer.view.viewer.user;
  },
};
