import { crmYaml, gitignore } from './base.ts';
import type { Template } from './template.ts';

/** Settings and nothing else: no pipeline, no fields. */
export const empty: Template = options => ({
  'crm.yaml': crmYaml(options, 'fields: {}\n'),
  '.gitignore': gitignore,
});
