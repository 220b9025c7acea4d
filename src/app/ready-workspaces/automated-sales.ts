import { crmYaml, gitignore } from './base.ts';
import type { ReadyWorkspace } from './ready-workspace.ts';

/** Statuses that keep themselves: twelve stages in four groups, and the table that moves deals between them. */
export const automatedSales: ReadyWorkspace = options => ({
  'crm.yaml': crmYaml(
    options,
    `fields:
  deal:
    qualification: { type: choice, options: [unknown, target group, not a target] }
`,
  ),
  '.gitignore': gitignore,
  'pipelines/sales.yaml': `name: Sales
currency: ${options.currency}
entry: awaiting-processing                       # where new deals start
stages:
  - { id: newsletter, name: Newsletter, group: marketing, color: cyan }
  - { id: awaiting-processing, name: Awaiting processing, group: sales, color: yellow, probability: 10 }
  - { id: awaiting-contact, name: Awaiting contact, group: sales, color: yellow, probability: 20 }
  - { id: in-progress, name: In progress, group: sales, color: blue, probability: 40 }
  - { id: serious-prospect, name: Serious prospect, group: sales, color: green, probability: 70 }
  - { id: one-time, name: One-time customer, group: customers, color: green }
  - { id: returning, name: Returning customer, group: customers, color: green }
  - { id: regular, name: Regular customer, group: customers, color: green }
  - { id: failed, name: Failed, group: not-customers, color: red }
  - { id: forgotten, name: Forgotten, group: not-customers, color: magenta }
  - { id: inactive, name: Inactive, group: not-customers, color: gray }
  - { id: unreachable, name: Unreachable, group: not-customers, color: gray }
# The first row that applies decides; if it names the present stage, the deal stays. A move by hand holds until
# the answer of this table changes. crm explain D12 shows why.
transitions:
  - { to: regular, when: 'is:won invoices.paid:>=5' }
  - { to: returning, when: 'is:won invoices.paid:>=2' }
  - { to: one-time, when: 'is:won' }
  - { to: failed, when: 'is:lost' }
  - { to: unreachable, from: [newsletter, inactive], when: 'event:email.unsubscribed or event:email.bounced' }
  - { to: inactive, from: [newsletter], when: 'stage-age.over:365d not event:email.opened@365d not event:email.clicked@365d no:task' }
  - { to: forgotten, from: [group:sales, forgotten], when: 'idle.over:30d' }
  - { to: serious-prospect, from: [group:sales, group:customers, group:not-customers, newsletter], when: 'tasks.done:>=3 qualification:"target group"' }
  - { to: in-progress, from: [group:sales, group:customers, group:not-customers, newsletter], when: 'tasks.done:>=1' }
  - { to: awaiting-contact, from: [group:sales, group:customers, group:not-customers, newsletter], when: 'has:task' }
  - { to: awaiting-processing, from: [group:sales, group:customers, forgotten, failed] }
`,
});
