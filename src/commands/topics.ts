/** The topics of `crm help`: each is a text file, or a function if the text is made from a registry. */

import type { Tree } from './line/tree.ts';

/** Returns the text of `crm help TOPIC`; for the topics automations and reports, also that of a part. */
export type Topic = (part?: string) => Promise<string>;

const text =
  (load: () => Promise<{ readonly default: string }>): Topic =>
  async () =>
    (await load()).default;

/** What `crm help NAME` prints to be kept as a file for another program: no topic, and no page of the manual. */
export const printed: Readonly<Record<string, (tree: Tree) => Promise<string>>> = {
  skill: async tree => (await import('./topics/skill.ts')).skill(tree),
};

/** The topics, in the order in which help lists them. */
export const topics: Readonly<Record<string, Topic>> = {
  options: async () => (await import('./topics/options.ts')).optionsTopic(),
  query: text(() => import('./topics/query.txt')),
  dates: text(() => import('./topics/dates.txt')),
  mapping: text(() => import('./topics/mapping.txt')),
  automations: async part => (await import('./topics/automations.ts')).automationsTopic(part),
  tests: async () => (await import('./topics/tests.ts')).testsTopic(),
  templates: async () => (await import('./topics/templates.ts')).templatesTopic(),
  webhooks: text(() => import('./topics/webhooks.txt')),
  reports: async part => (await import('./topics/reports.ts')).reportsTopic(part),
  keys: async () => (await import('./topics/keys.ts')).keysTopic(),
  roles: text(() => import('./topics/roles.txt')),
  safety: text(() => import('./topics/safety.txt')),
  scripting: text(() => import('./topics/scripting.txt')),
  cron: text(() => import('./topics/cron.txt')),
  mail: text(() => import('./topics/mail.txt')),
  trust: text(() => import('./topics/trust.txt')),
  hooks: text(() => import('./topics/hooks.txt')),
  'other-programs': text(() => import('./topics/other-programs.txt')),
  serve: text(() => import('./topics/serve.txt')),
  mcp: text(() => import('./topics/mcp.txt')),
  remotes: text(() => import('./topics/remotes.txt')),
  files: text(() => import('./topics/files.txt')),
  'exit-codes': text(() => import('./topics/exit-codes.txt')),
  environment: text(() => import('./topics/environment.txt')),
};
