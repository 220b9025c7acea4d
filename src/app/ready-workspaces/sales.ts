import { crmYaml, gitignore } from './base.ts';
import type { ReadyWorkspace } from './ready-workspace.ts';

/** Three stages, moved by hand. */
export const sales: ReadyWorkspace = options => ({
  'crm.yaml': crmYaml(options, 'fields: {}\n'),
  '.gitignore': gitignore,
  'pipelines/sales.yaml': `name: Sales
currency: ${options.currency}
entry: to-contact                                # where new deals start
stages:
  - { id: to-contact, name: To contact, color: yellow, probability: 10 }
  - { id: in-contact, name: In contact, color: blue, probability: 40 }
  - { id: follow-up, name: Follow up, color: red, probability: 60 }
`,
});
