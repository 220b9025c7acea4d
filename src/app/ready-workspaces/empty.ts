import { crmYaml, gitignore } from './base.ts';
import type { ReadyWorkspace } from './ready-workspace.ts';

/** Settings and nothing else: no pipeline, no fields. */
export const empty: ReadyWorkspace = options => ({
  'crm.yaml': crmYaml(options, 'fields: {}\n'),
  '.gitignore': gitignore,
});
